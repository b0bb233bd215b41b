"""What the stack remembers."""

import json
import os
from pathlib import Path

import pytest

from leadline_local.errors import StackError
from leadline_local.state import Running, State, at_work


def silent(line: str) -> None:
    raise AssertionError(f"nobody else is at work here, yet it said: {line}")


def test_what_was_chosen_once_is_remembered(tmp_path: Path) -> None:
    with at_work(tmp_path / "s", silent) as first:
        port, secret = first.port("kafka"), first.secret("postgres")
        first.set_running("kafka", Running(pid=1, created=2.5, command="c"))
        first.set_place("postgres", tmp_path)
    again = State(tmp_path / "s")
    assert (again.port("kafka"), again.secret("postgres")) == (port, secret)
    assert again.memory.running == {"kafka": Running(pid=1, created=2.5, command="c")}
    assert again.memory.places == {"postgres": str(tmp_path)}


def test_no_two_names_share_a_port_or_a_secret(tmp_path: Path) -> None:
    with at_work(tmp_path, silent) as one:
        assert len({one.port(name) for name in "abcdef"}) == 6
        assert len({one.secret(name) for name in "abcdef"}) == 6


def test_a_forgotten_port_is_chosen_anew(tmp_path: Path) -> None:
    with at_work(tmp_path, silent) as one:
        one.set_port("edge", 20_001)
        assert State(tmp_path).port("edge") == 20_001
        one.set_port("edge", None)
        assert "edge" not in State(tmp_path).memory.ports


def test_folder_and_file_are_for_their_owner_only(tmp_path: Path) -> None:
    open_to_all = tmp_path / "s"
    open_to_all.mkdir(mode=0o777)
    with at_work(open_to_all, silent) as one:
        one.secret("postgres")
    assert open_to_all.stat().st_mode & 0o777 == 0o700
    assert (open_to_all / "stack.json").stat().st_mode & 0o777 == 0o600


def test_looking_makes_nothing(tmp_path: Path) -> None:
    assert State(tmp_path / "s").memory.ports == {}
    assert not (tmp_path / "s").exists()


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("{", "its top"),
        ("[]", "its top"),
        (json.dumps({"ports": {"kafka": "many"}}), "ports.kafka"),
        (json.dumps({"prots": {}}), "prots"),
    ],
)
def test_a_damaged_file_is_named_with_the_place_and_a_way_out(tmp_path: Path, text: str, where: str) -> None:
    (tmp_path / "stack.json").write_text(text)
    with pytest.raises(
        StackError, match=rf"stack\.json is damaged \(at {where}: .*`leadline down` and delete"
    ) as error:
        State(tmp_path)
    assert "many" not in str(error.value)
    assert State(tmp_path, forgiving=True).memory.ports == {}, "stopping needs no memory"


def test_data_without_its_passwords_is_not_taken_for_a_new_stack(tmp_path: Path) -> None:
    (tmp_path / "postgres" / "data").mkdir(parents=True)
    with pytest.raises(StackError, match="is missing, and with it the passwords"):
        State(tmp_path)


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StackError, match=r"cannot be used .* set LEADLINE_HOME"), at_work(tmp_path / "file", silent):
        pass


def test_a_full_disk_leaves_the_old_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with at_work(tmp_path, silent) as one:
        port = one.port("kafka")

        def full(descriptor: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(StackError, match=r"No space left on device.*free some disk space"):
            one.set_port("kafka", port + 1)
    assert State(tmp_path).port("kafka") == port
    assert {file.name for file in tmp_path.iterdir()} == {"stack.json", "stack.lock"}
