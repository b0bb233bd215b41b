"""The locks that tell what lives."""

import os
import subprocess
import sys
from pathlib import Path

from leadline_local import locks


def test_a_lock_nobody_ever_took_is_free(tmp_path: Path) -> None:
    assert not locks.is_held(tmp_path / "alive.lock")
    assert not (tmp_path / "alive.lock").exists(), "looking makes no file"


def test_a_lock_is_held_until_the_last_process_that_inherited_it_has_ended(tmp_path: Path) -> None:
    path = tmp_path / "alive.lock"
    descriptor = locks.take(path)
    assert descriptor is not None
    heir = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=(descriptor,))
    os.close(descriptor)
    assert locks.is_held(path)
    assert locks.take(path, patience=0) is None
    assert not locks.wait_free(path, patience=0.05)
    heir.kill()
    assert locks.wait_free(path, patience=5)
    heir.communicate()


def test_looking_at_a_lock_does_not_hinder_others_who_look(tmp_path: Path) -> None:
    path = tmp_path / "alive.lock"
    path.touch()
    with locks.shared(path):
        assert not locks.is_held(path)


def test_who_waits_for_an_exclusive_lock_is_told_once(tmp_path: Path) -> None:
    told: list[str] = []
    path = tmp_path / "stack.lock"
    with locks.exclusive(path, lambda: told.append("waiting")):
        holder = subprocess.Popen(
            [sys.executable, "-c", _WAIT, str(path)], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True
        )
        assert holder.stdout is not None
        assert holder.stdout.readline() == "waiting\n"
    assert holder.communicate()[0] == "mine\n"
    assert told == []


_WAIT = """
import sys
from pathlib import Path
from leadline_local import locks
with locks.exclusive(Path(sys.argv[1]), lambda: print("waiting", flush=True)):
    print("mine", flush=True)
"""
