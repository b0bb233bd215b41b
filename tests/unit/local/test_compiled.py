"""The compiled form of two cores: found only for the very sources it was made from, and never needed."""

import ast
import shutil
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from leadline_local.compiled import __main__ as command
from leadline_local.compiled import forms, making
from leadline_local.compiled.modules import SCORE, SLA_MONITOR
from leadline_local.compiled.writing import written_out
from leadline_runtime.core.values import replace


@pytest.fixture
def sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of its own: both packages as they are, nothing compiled."""
    packages = {tmp_path / "services" / package.name: modules for package, modules in forms.PACKAGES.items()}
    for package, copied in zip(forms.PACKAGES, packages, strict=True):
        shutil.copytree(package, copied, ignore=shutil.ignore_patterns("__pycache__"))
    for name, value in (("ROOT", tmp_path), ("PLACE", tmp_path / ".compiled"), ("PACKAGES", packages), ("_READ", ()),
                        ("_PINNED", ())):  # fmt: skip
        monkeypatch.setattr(forms, name, value)
    return tmp_path / "services"


def made(place: Path) -> Path:
    folder = place / forms.digest()
    folder.mkdir(parents=True)
    return folder


def test_the_form_of_these_sources_goes_first_on_the_path(sources: Path) -> None:
    folder = made(forms.PLACE)
    assert forms.current() == folder
    assert forms.on_path({"PYTHONPATH": "mine"}) == {"PYTHONPATH": f"{folder}:mine"}
    assert forms.told() == "cores of score and the SLA monitor: compiled"


@pytest.mark.parametrize(
    "changed",
    ["leadline_score/core/decay.py", "leadline_score/rules/scoring.yaml", "leadline_sla_monitor/decide.py"],
)
def test_any_change_of_the_package_makes_it_out_of_date_and_changing_it_back_does_not(
    sources: Path, changed: str
) -> None:
    made(forms.PLACE)
    before = (sources / changed).read_bytes()
    (sources / changed).write_bytes(before + b"\n# another\n")
    assert forms.on_path({}) == {}
    assert "the sources changed since they were compiled" in forms.told()
    (sources / changed).write_bytes(before)
    assert forms.current() is not None


def test_what_python_leaves_beside_the_sources_does_not_count(sources: Path) -> None:
    before = forms.digest()
    (sources / "leadline_score" / "core" / "__pycache__").mkdir()
    (sources / "leadline_score" / "core" / "__pycache__" / "decay.cpython-311.pyc").write_bytes(b"")
    assert forms.digest() == before


def test_what_a_killed_compiler_left_is_never_taken_for_a_form(sources: Path) -> None:
    (forms.PLACE / ".making-x" / "form" / "leadline_score").mkdir(parents=True)
    assert forms.current() is None


def test_what_the_compilers_leave_between_is_no_part_of_the_form(
    sources: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compile_(made: Path, what: tuple[Path, object]) -> None:
        (made / "build").mkdir(exist_ok=True)
        (made / "build" / f"{what[0].name}.c").write_bytes(b"")

    monkeypatch.setattr(making, "missing", lambda: None)
    monkeypatch.setattr(making, "_compile", compile_)
    found = making.make(forms.PLACE)
    assert sorted(each.name for each in found.iterdir()) == sorted(package.name for package in forms.PACKAGES)


def test_without_a_compiler_one_sentence_says_so_and_nothing_fails(
    sources: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CC", "no-such-compiler")
    monkeypatch.setattr("sys.argv", ["compiled"])
    assert command.main() == 0
    said = capsys.readouterr().err
    assert said.startswith(f"{forms.CORES}: they stay pure Python: there is no C compiler no-such-compiler here")
    assert said.count("\n") == 1
    monkeypatch.setattr("sys.argv", ["compiled", "--required"])
    assert command.main() == 1
    with pytest.raises(making.CannotCompileError):
        making.make(forms.PLACE)


def test_each_module_of_the_lists_is_there_and_none_that_holds_a_model_of_pydantic() -> None:
    for package, modules in forms.PACKAGES.items():
        for module in modules:
            text = (package / f"{module}.py").read_text("utf-8")
            kinds = [each for each in ast.walk(ast.parse(text)) if isinstance(each, ast.ClassDef)]
            assert not [each.name for each in kinds if any("Model" in ast.unparse(base) for base in each.bases)]
    assert "core/marks" not in SCORE


def test_a_new_module_of_the_monitors_core_is_in_its_list_unless_only_reports_need_it(sources: Path) -> None:
    core = sources / "leadline_sla_monitor" / "core"
    left = {each.stem for each in core.glob("*.py")} - {module.removeprefix("core/") for module in SLA_MONITOR}
    assert left == {"__init__", "contact", "register", "report", "tallies", "told_of"}


VALUE = '''
from leadline_runtime.core.values import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """Where it is."""

    x: int
    names: tuple[str, ...] = ()

    @property
    def twice(self) -> int:
        return 2 * self.x
'''


def test_the_values_of_a_module_are_written_out_and_stay_what_they_are() -> None:
    plain, written = dict[str, Any](__name__="plain"), dict[str, Any](__name__="written")
    exec(VALUE, plain)
    exec(written_out(VALUE), written)
    one, other = plain["Point"](1, names=("a",)), written["Point"](1, names=("a",))
    assert repr(one) == repr(other)
    assert (one.twice, hash(one)) == (other.twice, hash(other))
    assert (other, other.copied()) == (written["Point"](1, ("a",)), other)
    assert other.copied() is not other
    assert replace(other, x=2) == written["Point"](2, ("a",))
    assert [each.type for each in fields(other)] == ["int", "tuple[str, ...]"], "as it is declared"


@pytest.mark.parametrize(
    "kind",
    [
        VALUE.replace("slots=True", "slots=True, eq=False"),
        VALUE.replace("= ()", "= field(default=())"),
        VALUE.replace("    @property", "    def __post_init__(self) -> None:\n        pass\n\n    @property"),
        VALUE.replace("class Point:", "class Point(Base):"),
        VALUE.replace("@dataclass", "@kept\n@dataclass"),
    ],
)
def test_a_class_that_makes_more_of_its_fields_stays_as_it_is(kind: str) -> None:
    assert written_out(kind).split() == kind.split()
