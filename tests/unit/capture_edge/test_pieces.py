"""The named functions of mappings, localised dates, and money."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_capture.core import values
from leadline_capture.core.month_names import ENGLISH, MONTHS
from leadline_capture.core.surroundings import Surroundings
from leadline_capture.core.times import instant, is_format
from leadline_capture.expressions import OURS, MappingFunctions, compiled
from leadline_capture.source_rules import build_sources
from leadline_runtime.rules import RulesError, read_yaml

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def asked(expression: str, item: Any) -> Any:
    return compiled(expression)(item, Surroundings(item))


@pytest.mark.parametrize(
    ("expression", "item", "wanted"),
    [
        ("first(a)", {"a": ["", None, "x", "y"]}, "x"),
        ("first(a)", {"a": "x"}, "x"),
        ("first(a)", {}, None),
        ("primary(a)", {"a": [{"value": "x"}, {"value": "y", "primary": True}]}, "y"),
        ("primary(a)", {"a": [{"value": ""}, {"value": "y", "primary": False}]}, "y"),
        ("primary(a)", {"a": "x"}, "x"),
        ("primary(a)", {"a": []}, None),
        ("joined([a, b, c], '-')", {"a": 2026, "b": "", "c": "x"}, "2026-x"),
        ("joined(a, ' ')", {"a": [{"x": 1}]}, None),
        ("split_name(a).last", {"a": "Dr. Ada Mary Example"}, "Example"),
        ("split_name(a).first", {"a": 5}, None),
        ("lookup(a, {won: 'deal.won', otherwise: 'x'})", {"a": "WON"}, "deal.won"),
        ("lookup(a, {won: 'deal.won', otherwise: 'x'})", {"a": None}, "x"),
        ("parse_time(a, '%d.%m.%Y', 'Europe/Berlin')", {"a": "02.03.2026"}, "2026-03-01T23:00:00+00:00"),
        ("parse_time(a, 'epoch_ms', 'UTC')", {"a": 1772449200000}, "2026-03-02T11:00:00+00:00"),
        ("parse_time(a, 'epoch_ms', 'Nowhere/Else')", {"a": 1772449200000}, None),
        ("by(a, &id, &v).\"7\"", {"a": [{"id": 7, "v": "x"}]}, "x"),
    ],
)  # fmt: skip
def test_a_function_gives_what_its_name_says(expression: str, item: Any, wanted: Any) -> None:
    assert asked(expression, item) == wanted


def test_the_functions_that_are_named_are_those_there_are() -> None:
    own = {name for name in MappingFunctions.FUNCTION_TABLE if f"_func_{name}" in vars(MappingFunctions)}
    assert own == set(OURS)


@given(a=ANYTHING, b=ANYTHING, name=st.sampled_from(OURS))
@settings(max_examples=300, deadline=None)
def test_no_function_raises_for_what_a_value_is(a: Any, b: Any, name: str) -> None:
    count = len(MappingFunctions.FUNCTION_TABLE[name]["signature"])
    arguments = ["&a, &b" if name == "by" else "b, b" if count == 3 else "b"] if count > 1 else []
    asked(f"{name}({', '.join(['a', *arguments] if count else [])})", {"a": a, "b": b})


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("2. März 2026 14:00", "%d. %B %Y %H:%M"),
        ("2 mars 2026 14:00", "%d %B %Y %H:%M"),
        ("2 de marzo de 2026, 14:00", "%d de %B de %Y, %H:%M"),
        ("2 MAR 2026 14:00", "%d %b %Y %H:%M"),
        ("2 mrt. 2026 14:00", "%d %b %Y %H:%M"),
        ("März 2, 2026 14:00", "%B %d, %Y %H:%M"),
        ("March 2nd, 2026 2:00 PM", "%B %d, %Y %I:%M %p"),
        ("2 marca 2026 14:00", "%d %B %Y %H:%M"),
        ("2. br\u030cezna 2026 14:00", "%d. %B %Y %H:%M"),
        ("02-Mar.-2026 14:00", "%d-%b.-%Y %H:%M"),
    ],
)
def test_dates_with_months_in_the_languages_of_forms(text: str, form: str) -> None:
    text = text.replace("br\u030cezna", "března")
    assert is_format(form)
    assert instant(text, [form], UTC) == datetime(2026, 3, 2, 14, tzinfo=UTC)


def test_each_name_of_a_month_is_of_one_month_alone() -> None:
    assert len(MONTHS) > 150 and set(MONTHS.values()) == set(ENGLISH)
    for name, month in MONTHS.items():
        assert instant(f"5 {name} 2026", ["%d %B %Y"], UTC) == datetime(2026, ENGLISH.index(month) + 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "wanted", "noted"),
    [
        (1200.5, "1200.5", False), (1200, "1200", False), ("1,200.50", "1200.50", False), ("1.200,5", "1200.5", False),
        ("1'200'000", "1200000", False), ("-7", "-7", False), ("0.00", "0", False), ("1,200", "1200", False),
        (["9"], "9", False),
        ("", None, False), (None, None, False), (True, None, False), ("EUR 5", None, True), ({}, None, True),
        (float("nan"), None, True), (1e300, None, True), ("9" * 40, None, True), ("1.23456789", "1.2345", False),
    ],
)  # fmt: skip
def test_money(value: Any, wanted: str | None, noted: bool) -> None:
    notes: list[str] = []
    assert (values.amount(value, notes.append), bool(notes)) == (wanted, noted)


OUTCOME = """
version: 1
sources:
  crm:
    title: CRM
    channel: crm
    authenticate: {kind: none}
    maps:
      - makes: outcome
        fields:
          kind: {from: status, map: {won: deal.won, lost: deal.lost}}
          email: email
          amount: value
          currency: currency
    examples:
      - name: won
        json: {status: won, email: a@b.example, value: "1.200,50", currency: EUR}
        gives: {activities: [{kind: deal.won, amount: "1200.50", currency: EUR}]}
"""


def test_an_outcome_names_one_of_its_few_kinds() -> None:
    assert build_sources(read_yaml("sources.yaml", OUTCOME)).sources["crm"].maps[0].makes == "activity"
    for wrong in ("map: {won: deal.one, lost: deal.lost}", "map: {}", "otherwise: email.sent, map: {won: deal.won}"):
        with pytest.raises(RulesError, match=r"an outcome is one of deal\.created"):
            build_sources(read_yaml("sources.yaml", OUTCOME.replace("map: {won: deal.won, lost: deal.lost}", wrong)))
