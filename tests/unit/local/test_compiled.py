"""The compiled form of score's core: found only for the very sources it was made from, and never needed."""

import shutil
from pathlib import Path

import pytest

from leadline_local.compiled import __main__ as command
from leadline_local.compiled import forms, making
from leadline_local.compiled.modules import MODULES


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of its own: score's package as it is, nothing compiled."""
    package = tmp_path / "services" / "score" / "leadline_score"
    shutil.copytree(forms.PACKAGE, package, ignore=shutil.ignore_patterns("__pycache__"))
    for name, value in (("ROOT", tmp_path), ("PLACE", tmp_path / ".compiled"), ("PACKAGE", package), ("_READ", ()),
                        ("_PINNED", ())):  # fmt: skip
        monkeypatch.setattr(forms, name, value)
    return package


def made(place: Path) -> Path:
    folder = place / forms.digest()
    folder.mkdir(parents=True)
    return folder


def test_the_form_of_these_sources_goes_first_on_the_path(sources: Path) -> None:
    folder = made(forms.PLACE)
    assert forms.current() == folder
    assert forms.on_path({"PYTHONPATH": "mine"}) == {"PYTHONPATH": f"{folder}:mine"}
    assert forms.told() == "score's core: compiled"


@pytest.mark.parametrize("changed", ["core/decay.py", "decide.py", "rules/scoring.yaml"])
def test_any_change_of_the_package_makes_it_out_of_date_and_changing_it_back_does_not(
    sources: Path, changed: str
) -> None:
    made(forms.PLACE)
    before = (sources / changed).read_bytes()
    (sources / changed).write_bytes(before + b"\n# another\n")
    assert forms.on_path({}) == {}
    assert "the sources changed since it was compiled" in forms.told()
    (sources / changed).write_bytes(before)
    assert forms.current() is not None


def test_what_python_leaves_beside_the_sources_does_not_count(sources: Path) -> None:
    before = forms.digest()
    (sources / "core" / "__pycache__").mkdir()
    (sources / "core" / "__pycache__" / "decay.cpython-311.pyc").write_bytes(b"")
    assert forms.digest() == before


def test_what_a_killed_compiler_left_is_never_taken_for_a_form(sources: Path) -> None:
    (forms.PLACE / ".making-x" / "form" / "leadline_score").mkdir(parents=True)
    assert forms.current() is None


def test_without_a_compiler_one_sentence_says_so_and_nothing_fails(
    sources: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CC", "no-such-compiler")
    monkeypatch.setattr("sys.argv", ["compiled"])
    assert command.main() == 0
    said = capsys.readouterr().err
    assert said.startswith("score's core stays pure Python: there is no C compiler no-such-compiler here")
    assert said.count("\n") == 1
    monkeypatch.setattr("sys.argv", ["compiled", "--required"])
    assert command.main() == 1
    with pytest.raises(making.CannotCompileError):
        making.make(forms.PLACE)


def test_each_module_of_the_list_is_there_and_none_that_pydantic_reads(sources: Path) -> None:
    assert all((sources / f"{module}.py").is_file() for module in MODULES)
    assert "core/marks" not in MODULES
