"""`leadline canary`: what it says when there is no key, no Kafka, and what a watcher may not be set to."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from leadline_console.app import build
from leadline_console.canary.sending import Canaries
from leadline_console.errors import Exit

KEY = "ll_canary_" + "0123456789abcdef" * 3
NOBODY = "127.0.0.1:1"


@pytest.fixture(autouse=True)
def no_stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is taken from a stack that happens to run here."""
    monkeypatch.setenv("LEADLINE_HOME", str(tmp_path))
    for name in ("LEADLINE_CANARY_KEY", "LEADLINE_EDGE_URL", "LEADLINE_KAFKA"):
        monkeypatch.delenv(name, raising=False)


def run(*words: str) -> Any:
    return CliRunner().invoke(build(), ["canary", *words])


@pytest.mark.parametrize("command", ["send", "watch"])
def test_without_a_key_it_says_which_and_where_it_belongs(command: str) -> None:
    done = run(command)
    assert done.exit_code == Exit.USAGE
    assert "LEADLINE_CANARY_KEY is not set" in done.output and "the same for the door" in done.output


def test_without_kafka_none_is_sent_and_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADLINE_CANARY_KEY", KEY)
    done = run("send", "--json", "--kafka", NOBODY, "--edge", f"http://{NOBODY}")
    assert done.exit_code == Exit.FAILED
    said = json.loads(done.stdout)
    assert (said["arrived"], said["last_seen"]) == (False, "nowhere")
    assert said["why"].startswith(f"Kafka at {NOBODY} does not answer")
    assert KEY not in done.output


async def test_whatever_is_wrong_a_watcher_goes_on() -> None:
    way = await Canaries(f"http://{NOBODY}", KEY, NOBODY, patience_s=1).send()
    assert not way.arrived and way.trouble is not None


def test_one_is_not_waited_for_longer_than_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADLINE_CANARY_KEY", KEY)
    monkeypatch.setenv("LEADLINE_CANARY_EVERY_S", "30")
    done = run("watch")
    assert done.exit_code == Exit.USAGE
    assert "LEADLINE_CANARY_PATIENCE_S must be less than LEADLINE_CANARY_EVERY_S" in done.output
