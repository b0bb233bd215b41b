"""The `leadline` command as a whole: where settings come from, what errors look like."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from leadline_console.app import build, exit_code
from leadline_console.errors import Exit, UserError
from leadline_runtime.command_settings import setting
from leadline_runtime.rules import RulesError
from leadline_runtime.settings import SettingsError


class OfAnotherPackage(Exception):
    exit_code = 7


@pytest.fixture(autouse=True)
def nothing_around(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LEADLINE_KAFKA", "LEADLINE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_without_arguments_the_commands_are_listed() -> None:
    result = CliRunner().invoke(build(), [])
    assert {"topics", "lag", "dlq"} <= set(result.output.split())


def test_a_mistake_of_the_user_is_one_sentence_without_a_stack_trace() -> None:
    result = CliRunner().invoke(build(), ["dlq", "show", "nonsense"])
    assert result.exit_code == Exit.USAGE
    assert "looks like capture/2/15" in result.stderr
    assert "Traceback" not in result.output


def test_an_unknown_service_is_answered_with_those_there_are() -> None:
    result = CliRunner().invoke(build(), ["lag", "rout"])
    assert result.exit_code == Exit.USAGE
    assert "capture, enrich, score, route, sla-monitor, notify" in result.stderr


def test_letters_are_named_or_all_taken_but_not_both() -> None:
    for arguments in ([], ["route/1/1", "--all", "route"]):
        result = CliRunner().invoke(build(), ["dlq", "discard", *arguments])
        assert result.exit_code == Exit.USAGE


def test_a_server_that_is_not_there_gives_its_own_exit_code_and_says_what_to_do() -> None:
    result = CliRunner().invoke(build(), ["topics", "check", "--kafka", "127.0.0.1:1", "--wait", "0"])
    assert result.exit_code == Exit.UNREACHABLE
    assert "leadline up" in result.stderr


def test_an_address_without_a_port_is_refused() -> None:
    result = CliRunner().invoke(build(), ["topics", "check", "--kafka", "nowhere", "--wait", "0"])
    assert result.exit_code == Exit.USAGE
    assert "host:port" in result.stderr


def test_which_errors_are_for_people() -> None:
    assert exit_code(UserError("x", Exit.NOT_FOUND)) == 4
    assert exit_code(RulesError("f", "p", "x")) == Exit.USAGE
    assert exit_code(SettingsError("x")) == Exit.USAGE
    assert exit_code(OfAnotherPackage("x")) == 7
    assert exit_code(ValueError("a fault of ours")) is None


def test_a_setting_comes_from_the_environment_then_from_the_local_stack_then_from_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert setting("LEADLINE_KAFKA", "default:1") == "default:1"

    (tmp_path / ".leadline").mkdir()
    (tmp_path / ".leadline" / "stack.env").write_text("# addresses\nLEADLINE_KAFKA=local:2\n")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert setting("LEADLINE_KAFKA", "default:1") == "local:2"

    monkeypatch.setenv("LEADLINE_KAFKA", "given:3")
    assert setting("LEADLINE_KAFKA", "default:1") == "given:3"


def test_the_stack_may_have_its_home_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "services.env").write_text("LEADLINE_EDGE_URL=http://127.0.0.1:8080\n")
    monkeypatch.setenv("LEADLINE_HOME", str(tmp_path))
    assert setting("LEADLINE_EDGE_URL") == "http://127.0.0.1:8080"


@pytest.mark.parametrize(
    ("words", "offered"),
    [("leadline dl", "dlq"), ("leadline tail lead.sc", "lead.scored"), ("leadline lag ro", "route")],
)
def test_the_shell_can_complete_commands_topics_and_services(words: str, offered: str) -> None:
    asked = {
        "_LEADLINE_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
    }
    result = CliRunner().invoke(build(), [], prog_name="leadline", env=asked)
    assert offered in result.output.split()
