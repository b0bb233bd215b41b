"""The small pure parts of the local stack."""

import signal
import socket
from pathlib import Path

import pytest

from leadline_local import pipeline, ports, probe, spawn
from leadline_local.commands import _duration, home
from leadline_local.endpoints import Endpoints
from leadline_local.errors import StackError
from leadline_local.java import Java
from leadline_local.kafka import Kafka
from leadline_local.spawn import Command
from leadline_local.stack import ServerStatus
from leadline_local.state import State
from tests.support.stack import choose

URLS = {"LEADLINE_KAFKA": "h:1", "LEADLINE_DATABASE_URL": "postgresql://h/d", "LEADLINE_REDIS_URL": "redis://h"}


def test_services_are_told_the_addresses_by_three_variables() -> None:
    assert Endpoints("local", "h:1", "postgresql://h/d", "redis://h").environment() == URLS


@pytest.mark.parametrize(
    "line",
    [
        "bind: Address already in use",
        "org.apache.kafka.common.KafkaException: Socket server failed to bind to 127.0.0.1:1: Address already in use.",
        'LOG:  could not bind IPv4 address "127.0.0.1": Address already in use',
        "OSError: [Errno 98] error while attempting to bind on address ('127.0.0.1', 1): address already in use",
    ],
)
def test_a_busy_port_is_recognised_in_every_servers_words(line: str) -> None:
    assert spawn.port_was_busy(f"before\n{line}\nafter")


def test_other_reasons_are_not_taken_for_a_busy_port() -> None:
    assert not spawn.port_was_busy("FATAL: lock file already exists\nNo space left on device")


def test_only_what_is_new_in_a_log_is_read_and_a_long_log_begins_anew(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    assert spawn.rotate(log) == 0
    log.write_text("old\n")
    since = spawn.rotate(log)
    with log.open("a") as file:
        file.write("new\n")
    assert spawn.said(log, since) == "new\n"
    log.write_bytes(b"x" * (spawn.LOG_LIMIT + 1))
    assert spawn.rotate(log) == 0
    assert (tmp_path / "server.log.1").exists()
    assert not log.exists()


def test_a_command_is_another_if_its_arguments_or_its_environment_are(tmp_path: Path) -> None:
    base = Command(("a", "b"), tmp_path, {"X": "1", "Y": "2"})
    same = Command(("a", "b"), tmp_path, {"Y": "2", "X": "1"})
    others = [Command(("a", "c"), tmp_path, base.environment), Command(("a", "b"), tmp_path, {"X": "1", "Y": "3"})]
    assert base.digest() == same.digest()
    assert len({base.digest(), *(other.digest() for other in others)}) == 3


def test_the_users_own_java_and_postgres_settings_do_not_reach_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-Xmx1m")
    monkeypatch.setenv("PGPORT", "1")
    assert not spawn.small_environment().keys() & {"JAVA_TOOL_OPTIONS", "PGPORT"}


@pytest.mark.parametrize(
    ("environment", "kind"),
    [
        (URLS, "external"),
        ({**URLS, "LEADLINE_TEST_STACK": "local"}, "local"),
        ({"LEADLINE_TEST_STACK": "local"}, "local"),
        ({"LEADLINE_TEST_STACK": "containers"}, "containers"),
        ({**URLS, "LEADLINE_TEST_STACK": "external"}, "external"),
    ],
)
def test_one_switch_says_whose_servers_tests_use(environment: dict[str, str], kind: str) -> None:
    assert choose(environment) == kind


@pytest.mark.parametrize("environment", [{"LEADLINE_TEST_STACK": "extrenal"}, {"LEADLINE_TEST_STACK": "external"}])
def test_a_wrong_switch_is_refused(environment: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="LEADLINE_TEST_STACK"):
        choose(environment)


@pytest.mark.parametrize(
    ("states", "healthy"),
    [
        (("up", "up", "up"), True),
        (("up", "up", "stopped"), True),
        (("up", "up", "gone"), False),
        (("up", "up", "not ready"), False),
        (("stopped", "up", "up"), False),
    ],
)
def test_all_is_well_unless_a_server_is_away_or_a_service_went_by_itself(
    states: tuple[str, ...], healthy: bool
) -> None:
    found = [
        ServerStatus(f"s{number}", "S", state, number < 2, None, None, None, Path("log"))
        for number, state in enumerate(states)
    ]
    assert pipeline.is_healthy(found) is healthy


def test_a_damaged_start_cache_is_deleted_and_other_crashes_are_not_its_fault(tmp_path: Path) -> None:
    kafka = Kafka(State(tmp_path), Java(Path("java"), 25, "build"), tmp_path)
    kafka.start_cache.write_bytes(b"damaged")
    assert not kafka.heal(1)
    assert kafka.heal(-signal.SIGSEGV)
    assert not kafka.start_cache.exists()
    assert not kafka.heal(-signal.SIGSEGV), "another try without it would end the same way"


def test_flags_that_java_17_does_not_know_are_kept_from_it() -> None:
    assert "--sun-misc-unsafe-memory-access=allow" in Java(Path("java"), 25, "b").flags
    assert "--sun-misc-unsafe-memory-access=allow" not in Java(Path("java"), 17, "b").flags
    assert not Java(Path("java"), 24, "b").has_start_cache


def test_a_port_where_no_kafka_answers_has_no_cluster() -> None:
    assert probe.kafka_cluster(1) is None


def test_the_home_is_the_projects_unless_the_user_says_otherwise(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("LEADLINE_HOME", raising=False)
    assert home() == Path(__file__).parents[3] / ".leadline"
    monkeypatch.setenv("LEADLINE_HOME", str(tmp_path))
    assert home() == tmp_path


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, ""), (-0.2, "0 s"), (59.9, "59 s"), (61, "1 min 01 s"), (7384, "2 h 03 min")]
)
def test_durations_are_short(seconds: float | None, text: str) -> None:
    assert _duration(seconds) == text


def test_each_service_has_its_own_health_port_and_the_edge_one_for_leads(tmp_path: Path) -> None:
    every = pipeline.processes(State(tmp_path), Endpoints("local", *URLS.values()), {"LEADLINE_CLOCK": "fast"})
    variables = {one.name: [variable for _, variable in one.port_variables] for one in every}
    steps = ["capture", "enrich", "score", "route", "sla-monitor", "notify"]
    names = ["capture-edge", "capture-fetcher", *steps, "canary"]
    assert list(variables) == names
    assert variables["capture-edge"] == ["LEADLINE_EDGE_PORT", "LEADLINE_WEB_PORT"]
    assert all(variables[name] == ["LEADLINE_WEB_PORT"] for name in names[1:])
    assert len({port for one in every for port in one.ports}) == len(names) + 1
    assert all(one.environment.items() >= {**URLS, "LEADLINE_CLOCK": "fast"}.items() for one in every)


@pytest.mark.parametrize("wanted", ["eighty", "0", "65536", "-1"])
def test_a_wrong_edge_port_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: str) -> None:
    monkeypatch.setenv("LEADLINE_EDGE_PORT", wanted)
    with pytest.raises(StackError, match=r"LEADLINE_EDGE_PORT is .* from 1 to 65535"):
        pipeline.use_edge_port(State(tmp_path))


def test_a_wanted_edge_port_that_somebody_has_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server((ports.HOST, 0)) as somebody:
        port = somebody.getsockname()[1]
        monkeypatch.setenv("LEADLINE_EDGE_PORT", str(port))
        with pytest.raises(StackError, match=f"Port {port}, which LEADLINE_EDGE_PORT asks for, is in use"):
            pipeline.use_edge_port(State(tmp_path))
    state = State(tmp_path)
    pipeline.use_edge_port(state)
    assert state.port("edge") == port
