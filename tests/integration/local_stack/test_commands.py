"""`leadline up | down | status | run` as people use them, and as machines end them."""

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from leadline_local import homes, jars
from leadline_local.state import State
from tests.integration.local_stack.helpers import PROJECT, Reports, finish, leadline, survivors, wait_until

pytestmark = pytest.mark.stack
UP = ("up", "--stack-only")


def nothing_runs(home: Path) -> bool:
    place = homes.find(State(home)).place
    return not survivors(home) and not (place and survivors(place))


def wait_for_line(process: "subprocess.Popen[str]", text: str) -> None:
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        if text in line:
            return
    raise AssertionError(f"it ended without saying {text!r}:\n{said}")


def test_up_is_killed_then_three_ups_come_at_once_and_one_down_ends_it(home: Path) -> None:
    with leadline(home, *UP) as first:
        wait_for_line(first, "PostgreSQL: starting")
        os.kill(first.pid, signal.SIGKILL)
    with leadline(home, *UP, "--json") as a, leadline(home, *UP, "--json") as b, leadline(home, *UP, "--json") as c:
        answers = [json.loads(finish(one).strip().splitlines()[-1]) for one in (a, b, c)]
    assert answers[0] == answers[1] == answers[2]
    told = dict(line.split("=", 1) for line in (home / "stack.env").read_text().splitlines())
    assert told["LEADLINE_KAFKA"] == answers[0]["kafka"]
    assert told["LEADLINE_DATABASE_URL"] == answers[0]["database_url"]
    with leadline(home, "status", "--json") as well:
        assert json.loads(finish(well))["healthy"] is True
    with leadline(home, "down") as down:
        assert "PostgreSQL: stopped" in finish(down)
    assert nothing_runs(home)
    with leadline(home, "status") as after:
        assert "stopped" in finish(after, code=3)


def test_ctrl_c_at_any_moment_stops_all_that_was_started(home: Path) -> None:
    with leadline(home, *UP) as hasty:
        wait_for_line(hasty, "Valkey: ready")
        hasty.send_signal(signal.SIGINT)
        finish(hasty, code=130)
    assert nothing_runs(home)
    with leadline(home, "run", "--stack-only") as patient:
        wait_for_line(patient, "Ctrl-C stops it all")
        patient.send_signal(signal.SIGTERM)
        finish(patient)
    assert nothing_runs(home)


def test_what_a_user_got_wrong_is_one_sentence(home: Path) -> None:
    home.mkdir(parents=True)
    (home / "stack.json").write_text("{")
    with leadline(home, *UP) as process:
        said = finish(process, code=1)
    assert "stack.json is damaged" in said
    assert "Traceback" not in said
    with leadline(home, "down") as down:
        finish(down)
    (home / "stack.json").unlink()


def test_a_test_run_that_is_killed_leaves_nothing(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from tests.support.stack import opened\n"
        "with opened('local', pathlib.Path(sys.argv[1]), alone=True): print('open', flush=True); sys.stdin.read()"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    wait_for_line(run, "open")
    stack = tmp_path / "leadline-stack"
    place = homes.find(State(stack)).place
    run.kill()
    run.communicate()
    wait_until(lambda: not survivors(stack))
    assert not stack.exists()
    assert place is None or not place.exists()


class TestAsAnOrdinaryUser:
    """Most people are no root. Where the tests run as root, one of them has to be somebody else."""

    @pytest.fixture
    def user_home(self) -> Iterator[Path]:
        if os.geteuid() != 0:
            pytest.skip("all other tests have just run as an ordinary user")
        account = pwd.getpwnam("nobody")
        folder = Path(tempfile.mkdtemp(prefix="leadline-user-"))
        shutil.copytree(jars.ensure(Reports()), folder / ".cache" / "leadline" / jars.cache().name)
        for path in (folder, *folder.rglob("*")):
            os.chown(path, account.pw_uid, account.pw_gid)
        yield folder
        shutil.rmtree(folder)

    def test_up_status_and_down(self, user_home: Path) -> None:
        python = self._python(user_home)
        account = pwd.getpwnam("nobody")

        def start(argv: list[str], **options: object) -> "subprocess.Popen[str]":
            environment = {
                "HOME": str(user_home),
                "LEADLINE_HOME": str(user_home / "stack"),
                "PATH": os.defpath,
                "PYTHONPATH": self._path(),
            }
            told = {**options, "env": environment, "cwd": user_home}
            popen = partial(subprocess.Popen, user=account.pw_uid, group=account.pw_gid, extra_groups=[])
            return popen([python, *argv[1:]], **told)

        home = user_home / "stack"
        with leadline(home, *UP, "--json", start=start) as up:
            answer = json.loads(finish(up).strip().splitlines()[-1])
        assert answer["kind"] == "local"
        assert homes_outside(home) == []
        with leadline(home, "status", start=start) as status:
            finish(status)
        with leadline(home, "down", start=start) as down:
            finish(down)
        assert not survivors(home)

    def _python(self, user_home: Path) -> str:
        """A Python that this user can run; the one of these tests may lie in root's home."""
        account = pwd.getpwnam("nobody")
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        for candidate in (sys.executable, shutil.which(version, path=os.defpath), f"/usr/local/bin/{version}"):
            if candidate is None:
                continue
            try:
                done = subprocess.run(
                    [candidate, "-c", "import psutil, psycopg, leadline_local.commands"],
                    user=account.pw_uid,
                    group=account.pw_gid,
                    extra_groups=[],
                    cwd=user_home,
                    env={"PYTHONPATH": self._path(), "HOME": str(user_home)},
                    capture_output=True,
                    check=False,
                )
            except OSError:
                continue
            if done.returncode == 0:
                return candidate
        pytest.skip(f"an ordinary user can read neither a {version} nor the project here")

    def _path(self) -> str:
        packages = next(path for path in sys.path if path.endswith("site-packages"))
        ours = ("deploy/local", "schemas", "services/runtime", "services/console")
        return os.pathsep.join([packages, *(str(PROJECT / folder) for folder in ours)])


def homes_outside(home: Path) -> list[str]:
    """Folders of a stack's data that lie elsewhere."""
    return list(State(home).memory.places.values())
