"""PostgreSQL: killed at any moment it comes back with all that it acknowledged."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import psutil
import psycopg
import pytest

from leadline_local import homes, server, spawn
from leadline_local.errors import StackError
from leadline_local.once import run_once
from leadline_local.postgres import Postgres
from leadline_local.state import State
from tests.integration.local_stack.helpers import Reports, ensure, kill, pid_of, wait_until

pytestmark = pytest.mark.stack


def test_acknowledged_commits_survive_kill_9_and_an_instant_restart(postgres: Postgres, state: State) -> None:
    ensure(postgres, state)
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("CREATE TABLE seen (n int)")
        for number in range(200):
            connection.execute("INSERT INTO seen VALUES (%s)", [number])
        psutil.Process(pid_of(postgres, state)).kill()
    assert ensure(postgres, state)
    with psycopg.connect(postgres.url) as connection:
        assert connection.execute("SELECT count(*), max(n) FROM seen").fetchone() == (200, 199)


def test_a_client_that_stays_does_not_keep_it_from_stopping(postgres: Postgres, state: State) -> None:
    ensure(postgres, state)
    with psycopg.connect(postgres.url):
        began = time.monotonic()
        assert server.stop(postgres, state)
        assert time.monotonic() - began < postgres.patience[1]


def test_a_left_over_pid_file_with_a_strangers_pid_does_not_keep_it_from_starting(
    postgres: Postgres, state: State
) -> None:
    ensure(postgres, state)
    file = postgres.workdir / "data" / "postmaster.pid"
    old = file.read_text()
    kill(pid_of(postgres, state))
    sleeper = subprocess.Popen(["sleep", "600"], cwd=postgres.workdir)
    try:
        file.write_text("\n".join([str(sleeper.pid), *old.split("\n")[1:]]))
        postgres.home.give(file)
        assert ensure(postgres, state)
        assert sleeper.poll() is None
    finally:
        sleeper.kill()
        sleeper.wait()


def test_a_first_start_that_was_cut_short_is_done_again(postgres: Postgres, state: State) -> None:
    postgres.home.prepare(state)
    postgres.workdir.mkdir(exist_ok=True)
    part = postgres.workdir / "data.part"
    part.mkdir()
    (part / "PG_VERSION").write_text("18\n")
    assert ensure(postgres, state)
    assert not part.exists()
    assert postgres.ready()


def test_another_password_file_is_told_from_a_server_that_is_not_ready(postgres: Postgres, state: State) -> None:
    ensure(postgres, state)
    state.memory.secrets["postgres"] = "another"
    with pytest.raises(StackError, match="does not take the password in"):
        postgres.ready()


def test_a_setup_that_fails_says_why(postgres: Postgres, state: State) -> None:
    log, lock = state.directory / "log", os.open(state.directory / "x.lock", os.O_CREAT)
    command = spawn.Command((sys.executable, "-c", "print('no room'); exit(3)"), state.directory)
    try:
        with pytest.raises(StackError, match=r"could not be set up .* exit code 3(.|\n)*no room"):
            run_once("PostgreSQL", command, lock, log)
    finally:
        os.close(lock)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's PostgreSQL lives elsewhere")
class TestAsRoot:
    """PostgreSQL refuses to run as root, and pytest's folders are closed to everybody else."""

    def test_it_runs_as_nobody_from_a_folder_that_is_nobodys(self, postgres: Postgres, state: State) -> None:
        ensure(postgres, state)
        process = psutil.Process(pid_of(postgres, state))
        account = spawn.Account.nobody()
        assert process.uids().effective == account.uid
        assert not process.cwd().startswith(str(state.directory))
        assert postgres.workdir.stat().st_uid == account.uid
        assert postgres.workdir.stat().st_mode & 0o777 == 0o700
        assert postgres.workdir.parent.stat().st_uid == 0

    def test_the_same_folder_has_the_same_data_in_every_run(self, postgres: Postgres, state: State) -> None:
        ensure(postgres, state)
        assert homes.find(State(state.directory)) == postgres.home

    def test_data_of_a_deleted_folder_is_not_taken_for_that_of_a_new_one(
        self, postgres: Postgres, state: State
    ) -> None:
        ensure(postgres, state)
        with psycopg.connect(postgres.url, autocommit=True) as connection:
            connection.execute("CREATE TABLE old (n int)")
        server.stop(postgres, state)
        shutil.rmtree(state.directory)
        state.directory.mkdir(mode=0o700)
        anew = State(state.directory)
        successor = Postgres(anew, homes.find(anew))
        ensure(successor, anew)
        with psycopg.connect(successor.url) as connection:
            assert connection.execute("SELECT to_regclass('old')").fetchone() == (None,)

    def test_a_folder_that_others_may_change_is_refused(self, postgres: Postgres, state: State) -> None:
        assert postgres.home.place is not None
        postgres.home.place.mkdir(parents=True)
        state.set_place("postgres", postgres.home.place)
        postgres.home.place.chmod(0o777)
        with pytest.raises(StackError, match="is not root's alone"):
            ensure(postgres, state, Reports())


def test_programs_leave_the_working_folder_as_they_found_it(postgres: Postgres, state: State) -> None:
    ensure(postgres, state)
    assert {file.name for file in postgres.workdir.iterdir()} - {"server.log", "alive.lock"} == {"data"}
    wait_until(postgres.ready)
    assert Path(psutil.Process(pid_of(postgres, state)).cwd()) == postgres.workdir / "data"
