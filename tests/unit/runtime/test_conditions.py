"""Conditions in rules files: what they hold for, how they are said, and what a mistake in one is told."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline_runtime.core.conditions import Condition, compile_condition
from leadline_runtime.rules import RulesError, read_yaml

FIELDS = frozenset({"country", "employees", "title", "hand_raise", "vetoes", "total"})


def condition(yaml: str) -> Condition:
    return compile_condition(read_yaml("routing.yaml", yaml), FIELDS, "routing.yaml", "rules.0.when")


@pytest.mark.parametrize(
    ("yaml", "values", "holds"),
    [
        ("{country: DE}", {"country": "DE"}, True),
        ("{country: DE}", {"country": "AT"}, False),
        ("{country: NO}", {"country": "NO"}, True),  # YAML 1.2: Norway is not false
        ("{country: {in: [DE, AT]}, employees: {gte: 1000}}", {"country": "AT", "employees": 1000}, True),
        ("{country: {in: [DE, AT]}, employees: {gte: 1000}}", {"country": "AT", "employees": 999}, False),
        ("{employees: {gt: 19, lte: 49}}", {"employees": 49}, True),
        ("{employees: {gt: 19, lte: 49}}", {"employees": 19}, False),
        ("{employees: {lt: 20}}", {"employees": 19}, True),
        ("{total: {gte: 70}}", {"total": Decimal("69.999")}, False),
        ("{total: {gte: 70}}", {"total": Decimal("70.000")}, True),
        ("{employees: {gte: 5}}", {"employees": "many"}, False),
        ("{employees: {gte: 1}}", {"employees": True}, False),
        ("{hand_raise: true}", {"hand_raise": True}, True),
        ("{hand_raise: true}", {"hand_raise": 1}, False),
        ("{employees: 1}", {"employees": True}, False),
        ("{vetoes: competitor}", {"vetoes": ("student", "competitor")}, True),
        ("{vetoes: {not_in: [competitor]}}", {"vetoes": ("student",)}, True),
        ("{vetoes: {exists: true}}", {"vetoes": ()}, False),
        ("{vetoes: {exists: false}}", {"vetoes": ()}, True),
        ("{title: {contains_word: [vp, head of]}}", {"title": "Head  of Logistics"}, True),
        ("{title: {contains_word: [vp, head of]}}", {"title": "Interim VP, Operations"}, True),
        ("{title: {contains_word: [vp, head of]}}", {"title": "VPN engineer"}, False),
        ("{title: {contains_word: [job seeker]}}", {"title": "Job-seeker (open to work)"}, True),
        ("{title: {contains_word: [GESCHÄFTSFÜHRER]}}", {"title": "geschäftsführer"}, True),
        ("{title: {contains_word: [vp]}}", {"title": 5}, False),
        ("{title: {starts_with: [SW1, EC]}}", {"title": "EC2A 4PB"}, True),
        ("{title: {starts_with: [SW1, EC]}}", {"title": "SE1 9SG"}, False),
        ("{title: {between: ['80000', '81999']}}", {"title": "80331"}, True),
        ("{title: {between: ['021', '024']}}", {"title": "02134-1000"}, True),
        ("{title: {between: ['021', '024']}}", {"title": "02534"}, False),
        ("{title: {between: ['021', '024']}}", {"title": 22}, False),
        ("{any: [{country: US}, {employees: {gte: 500}}]}", {"country": "DE", "employees": 500}, True),
        ("{any: [{country: US}, {employees: {gte: 500}}]}", {"country": "DE", "employees": 499}, False),
        ("{all: [{country: DE}, {not: {employees: 5}}]}", {"country": "DE", "employees": 6}, True),
        ("{}", {}, True),
    ],
)
def test_a_condition_holds_for_what_it_says(yaml: str, values: dict[str, Any], holds: bool) -> None:
    assert condition(yaml).holds(values) is holds


@pytest.mark.parametrize(
    "matcher",
    ["DE", "{eq: DE}", "{ne: DE}", "{in: [DE]}", "{not_in: [DE]}", "{gte: 1}", "{gt: 1}", "{lte: 1}", "{lt: 1}",
     "{exists: true}", "{contains_word: [DE]}",
     "{starts_with: [D]}", "{between: [AA, ZZ]}"],
)  # fmt: skip
def test_what_is_unknown_matches_nothing_but_its_absence(matcher: str) -> None:
    asked = condition(f"{{country: {matcher}}}")
    assert not asked.holds({"country": None})
    assert not asked.holds({})
    assert condition("{country: {exists: false}}").holds({})


@pytest.mark.parametrize(
    ("yaml", "words"),
    [
        ("{country: {in: [DE, AT, CH]}, employees: {gte: 1000}}",
         "country is DE, AT or CH and employees is at least 1,000"),
        ("{any: [{country: US}, {all: [{country: CA}, {hand_raise: true}]}]}",
         "country is US or (country is CA and hand raise is yes)"),
        ("{country: DE, any: [{employees: 1}, {employees: 2}]}",
         "country is DE and (employees is 1 or employees is 2)"),
        ("{not: {title: {exists: true}}}", "not (title is known)"),
        ("{country: {in: [A, B, C, D, E, F, G]}}", "country is one of A, B, C, D, E and 2 more"),
        ("{}", "always"),
    ],
)  # fmt: skip
def test_a_condition_says_itself_in_plain_words(yaml: str, words: str) -> None:
    assert condition(yaml).words() == words


@pytest.mark.parametrize(
    ("yaml", "says"),
    [
        ("{contry: DE}", "rules.0.when.contry: 'contry' is no field that can be asked here; did you mean country?"),
        ("{employees: {at_least: 5}}", "rules.0.when.employees.at_least: 'at_least' is no matcher; known: "),
        ("{employees: {gte: many}}", "rules.0.when.employees.gte: needs a number, got str, e.g. 1000"),
        ("{country: {in: []}}", "rules.0.when.country.in: needs a list with at least one value"),
        ("{country: {in: DE}}", "rules.0.when.country.in: needs a list with at least one value, got str"),
        ("{country: {in: [DE, [AT]]}}", "rules.0.when.country.in.1: needs a text, a number, true or false, got list"),
        ("{country: [DE]}", "rules.0.when.country: needs a value or a matcher, got list"),
        ("{country: {}}", "rules.0.when.country: needs a value or a matcher, got dict"),
        ("{country: {exists: maybe}}", "rules.0.when.country.exists: needs true or false, got str"),
        ("{any: {country: DE}}", "rules.0.when.any: needs a list of conditions, got dict"),
        ("{any: [DE]}", "rules.0.when.any.0: needs conditions by field, got str"),
        ("{not: [DE]}", "rules.0.when.not: needs conditions by field, got list"),
        ("[{country: DE}]", "rules.0.when: needs conditions by field, got list"),
        ("{title: {contains_word: ['']}}", "rules.0.when.title.contains_word.0: needs a word, got ''"),
        ("{total: {gte: .nan}}", "rules.0.when.total.gte: needs a number"),
    ],
)
def test_a_mistake_is_told_with_its_file_its_path_and_what_would_be_right(yaml: str, says: str) -> None:
    with pytest.raises(RulesError) as told:
        condition(yaml)
    assert str(told.value).startswith(f"routing.yaml: {says}")


@given(st.sampled_from(["DE", "US", None]), st.one_of(st.none(), st.integers(0, 5000)))
def test_the_laws_of_logic(country: str | None, employees: int | None) -> None:
    values = {"country": country, "employees": employees}
    a, b = "{country: DE}", "{employees: {gte: 1000}}"
    first, second = condition(a).holds(values), condition(b).holds(values)
    assert condition(f"{{all: [{a}, {b}]}}").holds(values) is (first and second)
    assert condition(f"{{any: [{a}, {b}]}}").holds(values) is (first or second)
    assert condition(f"{{not: {a}}}").holds(values) is (not first)
    assert condition(f"{{not: {{any: [{a}, {b}]}}}}").holds(values) is condition(
        f"{{all: [{{not: {a}}}, {{not: {b}}}]}}"
    ).holds(values)
