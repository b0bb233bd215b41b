"""The compose stack, checked as far as it can be without an engine."""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from compose_spec import PyCompose

from leadline_schemas.topics import SERVICES
from tests.deploy.tools import DEPLOY, read_yaml

FOLDER = DEPLOY / "compose"
COMPOSE = FOLDER / "compose.yaml"
STACK = read_yaml(COMPOSE)
ALL: dict[str, Any] = STACK["services"]
BESIDE = {"capture-edge", "capture-fetcher", "canary"}  # processes beside the steps
ONCE = {name for name, one in ALL.items() if one.get("restart") == "no"}
IMAGE = re.compile(r"[a-z0-9./-]+:v?\d+\.\d+(\.\d+)?")

every_service = pytest.mark.parametrize("name", ALL)


def mounts(one: dict[str, Any]) -> list[dict[str, Any]]:
    """The volumes of a service in the long form."""
    found = []
    for mount in one.get("volumes", ()):
        if isinstance(mount, str):
            source, target, *_ = mount.split(":")
            found.append({"type": "bind" if source.startswith(".") else "volume", "source": source, "target": target})
        else:
            found.append(mount)
    return found


def test_it_is_a_valid_compose_file_without_unknown_keys() -> None:
    # As JSON: the strict reader does not know YAML's merge keys, which Docker Compose does.
    parsed = PyCompose.from_yaml(json.dumps(STACK))
    assert set(parsed.service_names()) == set(ALL)


def test_a_misspelt_key_would_be_found() -> None:
    wrong = json.loads(json.dumps(STACK))
    wrong["services"]["kafka"]["helthcheck"] = wrong["services"]["kafka"].pop("healthcheck")
    with pytest.raises(ValueError, match="helthcheck"):
        PyCompose.from_yaml(json.dumps(wrong))


def test_every_service_of_ours_is_there_with_its_door() -> None:
    assert {*SERVICES, *BESIDE} <= set(ALL)


@every_service
def test_images_are_pinned_to_a_version(name: str) -> None:
    assert IMAGE.fullmatch(ALL[name]["image"]), ALL[name]["image"]


@every_service
def test_what_goes_on_running_is_looked_after(name: str) -> None:
    one = ALL[name]
    if name in ONCE:
        assert one["healthcheck"] == {"disable": True}, "it ends by itself"
    else:
        assert one["restart"] == "unless-stopped"
        assert one["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}
        assert {"interval", "timeout", "retries", "start_period"} <= set(one["healthcheck"])


@every_service
def test_no_port_can_be_reached_from_another_machine(name: str) -> None:
    assert "network_mode" not in ALL[name]
    for port in ALL[name].get("ports", ()):
        assert re.fullmatch(r"127\.0\.0\.1:\d+:\d+", port), port


@every_service
def test_nothing_runs_as_root_or_with_more_rights_than_it_needs(name: str) -> None:
    one = ALL[name]
    assert not one.get("privileged")
    assert "cap_add" not in one
    if "build" in one:
        assert one["read_only"]
        assert one["cap_drop"] == ["ALL"]
        assert one["security_opt"] == ["no-new-privileges:true"]
    else:
        # apache/kafka's image has a user of its own; the others would begin as root, or leave it open.
        assert name == "kafka" or not re.match(r"(root|0)(:|$)", one["user"])


@every_service
def test_no_secret_stands_in_the_file(name: str) -> None:
    for variable, value in (ALL[name].get("environment") or {}).items():
        if re.search(r"PASSWORD|SECRET|TOKEN|KEY", variable):
            assert value.startswith("/run/secrets"), variable
        assert "://" not in value or "@" not in value, f"{variable} holds a password"


@every_service
def test_what_it_waits_for_exists_and_can_come_true(name: str) -> None:
    for other, how in ALL[name].get("depends_on", {}).items():
        condition = how["condition"]
        assert condition == ("service_completed_successfully" if other in ONCE else "service_healthy")


def test_every_volume_and_file_that_is_mounted_exists() -> None:
    used = set()
    for one in ALL.values():
        for mount in mounts(one):
            if mount["type"] == "bind":
                assert (FOLDER / mount["source"]).resolve().exists(), mount["source"]
                assert mount["read_only"], "files of the project are only read"
            else:
                used.add(mount["source"])
    assert used == set(STACK["volumes"])


def test_secrets_are_written_by_one_and_only_read_by_those_who_need_them() -> None:
    for name, one in ALL.items():
        for mount in mounts(one):
            if mount["source"].startswith("secrets-") and name != "secrets":
                assert mount["read_only"]
                waits = one.get("depends_on", {})
                assert "profiles" in one or "secrets" in waits or "postgres" in waits


def test_secrets_are_made_once_and_fit_each_other(tmp_path: Path) -> None:
    for folder in ("services", "postgres", "valkey", "grafana"):
        (tmp_path / folder).mkdir()

    def made() -> dict[str, str]:
        subprocess.run([sys.executable, FOLDER / "make_secrets.py", tmp_path], check=True)
        files = (file for file in tmp_path.rglob("*") if file.is_file())
        return {str(file.relative_to(tmp_path)): file.read_text() for file in files}

    first = made()
    assert made() == first
    assert first["postgres/password"] in first["services/leadline_database_url"]
    assert first["valkey/password"] in first["services/leadline_redis_url"]
    assert f"requirepass {first['valkey/password']}\n" in first["valkey/valkey.conf"]
    assert len({first[f"{name}/password"] for name in ("postgres", "valkey", "grafana")}) == 3


def test_who_is_to_be_told_can_be_said_without_committing_it() -> None:
    (file,) = ALL["notify"]["env_file"]
    assert file == {"path": "notify.env", "required": False}
    assert "deploy/compose/notify.env" in (DEPLOY.parent / ".gitignore").read_text().splitlines()
    assert "`deploy/compose/notify.env`" in (DEPLOY.parent / "docs" / "notices.md").read_text()


def test_a_command_of_a_person_finds_what_the_services_go_by(tmp_path: Path) -> None:
    """The container's own words are run, with secrets that are made and a `leadline` that tells what it was given."""
    for folder in ("services", "postgres", "valkey", "grafana", "bin"):
        (tmp_path / folder).mkdir()
    subprocess.run([sys.executable, FOLDER / "make_secrets.py", tmp_path], check=True)
    program = tmp_path / "bin" / "leadline"
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$LEADLINE_DATABASE_URL" "$LEADLINE_CANARY_KEY" "$@"\n')
    program.chmod(0o755)
    words = [word.replace("$$", "$") for word in ALL["console"]["entrypoint"]]
    words[2] = words[2].replace("/run/secrets", str(tmp_path / "services"))
    done = subprocess.run(
        [*words, "canary", "send"], env={"PATH": f"{program.parent}:/usr/bin:/bin"}, capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    made = [(tmp_path / "services" / f"leadline_{name}").read_text() for name in ("database_url", "canary_key")]
    assert done.stdout.splitlines() == [*made, "canary", "send"]
    rules = [mount for mount in mounts(ALL["route"]) if mount["target"] == "/etc/leadline/rules"]
    assert rules and rules[0] in mounts(ALL["console"]), "it would go by the rules that ship"


def test_each_service_runs_a_module_that_exists() -> None:
    for name, one in ALL.items():
        command = one.get("command") or []
        if command and command[0].startswith("leadline_"):
            package = (
                name.removesuffix("-edge").removesuffix("-fetcher") if command[0] != "leadline_console" else "console"
            )
            assert (DEPLOY.parent / "services" / package / command[0] / "__main__.py").is_file()


def test_prometheus_asks_every_instance_of_a_service_at_the_port_where_services_answer() -> None:
    jobs = {job["job_name"]: job for job in read_yaml(DEPLOY / "prometheus" / "prometheus.yml")["scrape_configs"]}
    del jobs["prometheus"]
    looked_for = {name: job["dns_sd_configs"] for name, job in jobs.items()}
    assert looked_for == {
        name: [{"names": [name], "type": "A", "port": 9100, "refresh_interval": "10s"}] for name in (*SERVICES, *BESIDE)
    }
    assert "LEADLINE_WEB_PORT=9100" in (DEPLOY / "docker" / "Dockerfile").read_text()


def test_the_health_check_asks_without_any_tool_in_the_image() -> None:
    kind, python, flag, program = ALL["score"]["healthcheck"]["test"]
    assert (kind, python, flag) == ("CMD", "python", "-c")
    ast.parse(program)
    assert "/healthz" in program
    assert program in (DEPLOY / "docker" / "Dockerfile").read_text(), "the image has the same"
