"""One server, started once, adopted while it lives, and the only thing ever stopped. Told on Valkey: it is quick."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import redis

from leadline_local import ports, server, stack
from leadline_local.errors import StackError
from leadline_local.state import Running, State, at_work
from leadline_local.valkey import Valkey
from tests.integration.local_stack.helpers import Reports, ensure, kill, pid_of, wait_until

pytestmark = pytest.mark.stack


@contextmanager
def stranger(folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """A process of the same user that works in our folder, a shell say, and is none of our business."""
    process = subprocess.Popen(["sleep", "600"], cwd=folder, start_new_session=True)
    try:
        yield process
        assert process.poll() is None, "a stranger was stopped"
    finally:
        process.kill()
        process.wait()


def test_a_second_start_adopts_what_lives(valkey: Valkey, state: State) -> None:
    assert ensure(valkey, state)
    pid, again = pid_of(valkey, state), Reports()
    assert not ensure(valkey, state, again)
    assert "already up" in again
    assert pid_of(valkey, state) == pid


def test_a_server_whose_up_was_killed_before_it_could_remember_it_is_recognised(valkey: Valkey, state: State) -> None:
    ensure(valkey, state)
    pid = pid_of(valkey, state)
    state.set_running("valkey", None)
    assert stack.look(valkey, state, vital=True).state == "up"
    assert not ensure(valkey, state)
    assert pid_of(valkey, state) == pid


def test_what_was_written_survives_kill_9(valkey: Valkey, state: State) -> None:
    ensure(valkey, state)
    with redis.Redis.from_url(valkey.url) as client:
        client.set("kept", "yes")
    port = state.port("valkey")
    kill(pid_of(valkey, state))
    assert ensure(valkey, state)
    assert state.port("valkey") == port
    with redis.Redis.from_url(valkey.url) as client:
        assert client.get("kept") == b"yes"


def test_stopping_twice_stops_once(valkey: Valkey, state: State) -> None:
    ensure(valkey, state)
    assert server.stop(valkey, state)
    assert not server.stop(valkey, state)
    assert not server.is_alive(valkey, state)
    assert state.memory.running == {}


def test_a_strangers_pid_in_the_file_is_left_alone_and_ours_is_found_without_it(valkey: Valkey, state: State) -> None:
    ensure(valkey, state)
    ours = psutil.Process(pid_of(valkey, state))
    with stranger(valkey.workdir) as other:
        state.set_running("valkey", Running(pid=other.pid, created=time.time()))
        assert server.stop(valkey, state)
    wait_until(lambda: not ours.is_running() or ours.status() == psutil.STATUS_ZOMBIE)


def test_a_strangers_pid_does_not_pass_for_a_living_server(valkey: Valkey, state: State) -> None:
    ensure(valkey, state)
    kill(pid_of(valkey, state))
    with stranger(valkey.workdir) as other:
        state.set_running("valkey", Running(pid=other.pid, created=time.time()))
        assert not server.stop(valkey, state)
        state.set_running("valkey", Running(pid=other.pid, created=time.time()))
        assert ensure(valkey, state)


def test_down_stops_its_own_and_not_the_server_of_another_folder(valkey: Valkey, state: State, tmp_path: Path) -> None:
    with at_work(tmp_path / "other", Reports()) as elsewhere:
        other = Valkey(elsewhere)
        ensure(valkey, state)
        ensure(other, elsewhere)
        assert server.stop(valkey, state)
        assert other.ready()
        assert server.stop(other, elsewhere)


def test_a_busy_port_is_left_to_whoever_has_it(valkey: Valkey, state: State) -> None:
    port = state.port("valkey")
    with socket.create_server((ports.HOST, port)):
        assert ensure(valkey, state)
        assert state.port("valkey") != port
        assert State(state.directory).port("valkey") == state.port("valkey"), "the new one is remembered"


def test_a_port_that_is_taken_between_the_look_and_the_start_is_changed_too(
    valkey: Valkey, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = state.port("valkey")
    monkeypatch.setattr(ports, "is_free", lambda number: True)
    with socket.create_server((ports.HOST, port)):
        assert ensure(valkey, state)
        assert state.port("valkey") != port


def test_a_server_that_dies_at_its_start_is_reported_with_its_last_words(
    valkey: Valkey, state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADLINE_REDIS_SERVER", str(_script(state, "echo the disk is upside down; exit 7")))
    with pytest.raises(StackError, match=r"Valkey ended with exit code 7 while starting(.|\n)*the disk is upside down"):
        ensure(valkey, state)
    assert not server.is_alive(valkey, state)


def test_a_server_that_ignores_the_signal_is_killed_with_its_children(
    state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    stubborn = _Stubborn(state)
    monkeypatch.setenv("LEADLINE_REDIS_SERVER", str(_script(state, "trap '' TERM; sleep 600 & wait; sleep 600")))
    ensure(stubborn, state)
    family = [psutil.Process(pid_of(stubborn, state))]
    wait_until(lambda: bool(family[0].children()))
    family += family[0].children()
    assert server.stop(stubborn, state)
    assert not server.is_alive(stubborn, state)
    wait_until(lambda: not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in family))


def test_a_server_whose_folder_was_deleted_is_found_and_ended(valkey: Valkey, state: State, home: Path) -> None:
    ensure(valkey, state)
    orphan = psutil.Process(pid_of(valkey, state))
    shutil.rmtree(home)
    with at_work(home, Reports()) as anew, stranger(home):
        assert ensure(Valkey(anew), anew)
        wait_until(lambda: not orphan.is_running() or orphan.status() == psutil.STATUS_ZOMBIE)


def test_a_server_does_not_hear_the_terminals_ctrl_c(valkey: Valkey, state: State) -> None:
    ensure(valkey, state)
    pid = pid_of(valkey, state)
    assert os.getsid(pid) == os.getpgid(pid) == pid
    assert os.getsid(pid) != os.getsid(0)


class _Stubborn(Valkey):
    patience = (10.0, 0.2)

    def ready(self) -> bool:
        return True


def _script(state: State, text: str) -> Path:
    script = state.directory / "server.sh"
    script.write_text(f"#!/bin/sh\n{text}\n")
    script.chmod(0o700)
    return script
