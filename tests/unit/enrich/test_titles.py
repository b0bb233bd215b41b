"""Job titles: what they say of seniority and function, in eight languages, and how often that is right."""

import csv
import unicodedata
from collections import Counter
from importlib.resources import files
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline_enrich.core.titles import Role
from leadline_enrich.titles_file import FILE, FUNCTIONS, build_titles
from leadline_runtime.rules import RulesError, read_yaml
from tests.unit.house.sources import ROOT

LABELLED = ROOT / "tests" / "data" / "titles" / "labelled.csv"
SHIPPED = {
    name: read_yaml(name, (files("leadline_enrich") / "rules" / name).read_text("utf-8")) for name in (FILE, FUNCTIONS)
}
TITLES = build_titles(SHIPPED)


class Labelled(NamedTuple):
    """A title and what a person read in it; the words were written in sight of the `tuned` ones only."""

    title: str
    language: str
    seniority: str
    function: str
    set: str


def labelled() -> list[Labelled]:
    with LABELLED.open(encoding="utf-8", newline="") as lines:
        return [Labelled(**row) for row in csv.DictReader(lines)]


@pytest.mark.parametrize("kind", ["tuned", "held_out"])
@pytest.mark.parametrize("field", ["seniority", "function"])
def test_nine_of_ten_titles_are_understood(kind: str, field: str) -> None:
    asked = [each for each in labelled() if each.set == kind]
    right = [(getattr(TITLES.role(each.title), field) or "") == getattr(each, field) for each in asked]
    print(f"{field}, {kind}: {sum(right) / len(right):.1%} of {len(right)} titles")
    assert sum(right) / len(right) >= 0.9


def test_the_labelled_titles_are_many_and_of_all_languages() -> None:
    found = labelled()
    assert len({each.title for each in found}) >= 400
    assert len(Counter(each.language for each in found)) == 8
    assert all(TITLES.role(each.title) == TITLES.role(each.title) for each in found)


@pytest.mark.parametrize(
    ("title", "role"),
    [
        ("Assistant to the CEO", Role("practitioner", "administration")),
        ("Assistant Vice President", Role("vp", None)),
        ("Associate Director, Marketing", Role("director", "marketing")),
        ("Marketing Assistant", Role("practitioner", "marketing")),
        ("Student Advisor", Role("practitioner", "education")),
        ("Management Trainee", Role("student", None)),
        ("Internal Communications Manager", Role("manager", "marketing")),
        ("HR Business Partner", Role("practitioner", "hr")),
        ("Head of Ownership Relations", Role("head", None)),
        ("Retired CEO", Role(None, None, True)),
        ("Early Stage Investor", Role(None, None)),
        ("Overhead Crane Operator", Role("practitioner", None)),
        ("Asistente de Marketing", Role("practitioner", "marketing")),
        ("Asistente de gerencia general", Role("practitioner", "administration")),
        ("Future Mobility Manager", Role("manager", None)),
        ("Hausmeister", Role("practitioner", None)),
        ("Design Engineer", Role("practitioner", "engineering")),
        ("Ex-CTO, Founder", Role("c_level", "management")),
        ("", Role(None, None, True)),
        ("???", Role(None, None, True)),
    ],
)
def test_words_that_mislead(title: str, role: Role) -> None:
    found = TITLES.role(title)
    assert (found.seniority, found.function) == (role.seniority, role.function)


titles = st.sampled_from([each.title for each in labelled()])


@given(titles, st.sampled_from([str.upper, str.lower, str.title, str.casefold]))
def test_case_changes_nothing(title: str, cased: Any) -> None:
    assert TITLES.role(cased(title)) == TITLES.role(title)


@given(titles)
def test_accents_change_nothing(title: str) -> None:
    bare = "".join(c for c in unicodedata.normalize("NFKD", title) if not unicodedata.combining(c))
    assert TITLES.role(bare) == TITLES.role(title)
    assert TITLES.role(unicodedata.normalize("NFD", title)) == TITLES.role(title)


@given(titles, st.integers(1, 4), st.sampled_from([" ", "\t", "\u00a0"]))
def test_blanks_change_nothing(title: str, number: int, blank: str) -> None:
    wide = blank + (blank * number).join(title.split()) + blank
    assert TITLES.role(wide) == TITLES.role(title)


@given(st.text(max_size=200))
def test_any_text_is_read(text: str) -> None:
    role = TITLES.role(text)
    assert role.seniority in (None, *TITLES.ranks)


@pytest.mark.parametrize(
    ("name", "key", "value", "message"),
    [
        (FILE, "seniority", {"head": ["head"], "director": ["Head"]}, "director: 'head' also stands under head"),
        (FILE, "seniority", {"boss": ["boss"]}, "seniority.boss"),
        (FUNCTIONS, "functions", {"sales": ["a, b"]}, "title_functions.yaml: functions.sales.0: 'a, b' must be words"),
        (FUNCTIONS, "functions", {"sales": ["sales man*"]}, "may have one star at the beginning or end of a single"),
        (FILE, "examples", [{"title": "CEO", "seniority": "vp", "function": None}], "'CEO' comes out as 'c_level'"),
    ],
)
def test_faults_name_their_place(name: str, key: str, value: Any, message: str) -> None:
    with pytest.raises(RulesError, match=message):
        build_titles({**SHIPPED, name: {**SHIPPED[name], key: value}})
