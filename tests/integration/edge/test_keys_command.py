"""`leadline keys`: made, shown and ended from the terminal."""

import json
from collections.abc import Callable

import pytest
import typer
from typer.testing import CliRunner

from leadline_capture import commands
from leadline_local.endpoints import Endpoints

Run = Callable[..., str]


@pytest.fixture
def run(stack: Endpoints, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `leadline keys ...` and gives what it printed."""
    monkeypatch.setenv("LEADLINE_DATABASE_URL", stack.database_url)
    app = typer.Typer()
    commands.register(app)

    def invoke(*arguments: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, ["keys", *arguments])
        found = getattr(result.exception, "exit_code", result.exit_code) if result.exception else 0
        assert found == code, result
        return str(result.exception) if code else result.stdout

    return invoke


@pytest.mark.stack
def test_a_key_is_shown_once_and_kept_as_a_hash(run: Run) -> None:
    made = json.loads(run("create", "--name", "crm sync", "--source", "crm", "--trusted", "--days", "30", "--json"))
    secret = made["key"].split("_", 2)[2]
    assert made["trusted"] and made["scopes"] == ["leads:write"] and made["expires_at"]
    for listed in (run("list", "--json"), run("list")):
        assert made["id"] in listed and secret not in listed
    assert "live until" in run("list")


@pytest.mark.stack
def test_a_key_is_ended_by_its_id_or_by_itself(run: Run) -> None:
    for named_by in ("id", "key"):
        made = json.loads(run("create", "--name", "t", "--source", "website", "--json"))
        assert "revoked" in run("revoke", made[named_by])
        (listed,) = [each for each in json.loads(run("list", "--json")) if each["id"] == made["id"]]
        assert listed["revoked_at"]
    assert "There is no key nobody" in run("revoke", "nobody", code=4)


@pytest.mark.stack
def test_what_cannot_be_made_is_said(run: Run) -> None:
    assert "There is no scope 'all'" in run("create", "--name", "x", "--source", "x", "--scope", "all", code=2)
    assert "--source must be" in run("create", "--name", "x", "--source", "My Site", code=2)


def test_a_database_that_is_not_there_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADLINE_DATABASE_URL", "postgresql://nobody:canary@127.0.0.1:1/none")
    said = run("list", code=3)
    assert "Does it run?" in said and "canary" not in said


@pytest.mark.stack
def test_a_publishable_key_is_bound_to_a_source_and_to_pages(run: Run) -> None:
    asked = ["--name", "site", "--source", "website_form", "--publishable", "--json"]
    site = ["--origin", "https://WWW.works.example/", "--origin", "https://shop.example:443"]
    made = json.loads(run("create", *asked, *site))
    assert made["key"].startswith("lp_") and made["scopes"] == ["forms:write"]
    assert made["origins"] == made["pages"] == ["https://www.works.example", "https://shop.example"]
    page = "https://www.works.example/thanks"
    made = json.loads(run("create", *asked, *site, "--return-to", page))
    assert made["pages"] == [page]
    assert "revoked" in run("revoke", made["key"])


@pytest.mark.stack
def test_what_no_publishable_key_may_be_is_said(run: Run) -> None:
    asked = ["create", "--name", "x", "--source", "website_form"]
    site = ["--origin", "https://www.works.example"]
    assert "--origin https://" in run(*asked, "--publishable", code=2)
    assert "belong to --publishable" in run(*asked, *site, code=2)
    assert "neither --scope" in run(*asked, *site, "--publishable", "--trusted", code=2)
    assert "neither --scope" in run(*asked, *site, "--publishable", "--scope", "admin", code=2)
    assert "--origin *" in run(*asked, "--publishable", "--origin", "*", code=2)
    assert "--return-to /x" in run(*asked, *site, "--publishable", "--return-to", "/x", code=2)
    assert "There is no scope" in run(*asked, "--scope", "forms:write", code=2)


@pytest.mark.stack
def test_a_rotated_key_keeps_its_id_and_both_secrets_for_a_while(run: Run) -> None:
    made = json.loads(run("create", "--name", "t", "--source", "website", "--json"))
    turned = json.loads(run("rotate", made["key"], "--overlap-hours", "2", "--json"))
    assert turned["id"] == made["id"] and turned["key"] != made["key"] and turned["former_until"]
    assert "its former secret until" in run("list")
    assert "two secrets already" in run("rotate", made["id"], code=2)
    third = run("rotate", made["id"], "--force", "--overlap-hours", "0").strip()
    assert third.startswith(f"ll_{made['id']}_")
    assert "former_sha256" not in run("list", "--json")
    run("revoke", made["id"])
    assert "has ended" in run("rotate", made["id"], code=2)
    assert "There is no key" in run("rotate", "nobody", code=4)


@pytest.mark.stack
def test_a_key_may_have_limits_of_its_own(run: Run) -> None:
    made = json.loads(run("create", "--name", "t", "--source", "website", "--rate", "50", "--json"))
    assert (made["rate"], made["burst"]) == (50, 100)
    assert "5 a second, 7 at once" in run("limit", made["id"], "--rate", "5", "--burst", "7")
    assert "as the settings say" in run("limit", made["id"], "--default")
    assert "Give --rate" in run("limit", made["id"], code=2)
    assert "--burst belongs" in run("create", "--name", "t", "--source", "website", "--burst", "5", code=2)
    assert "There is no key" in run("limit", "nobody", "--rate", "1", code=4)
