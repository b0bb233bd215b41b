"""Rules that never count because one before them takes all that fits, as far as the written conditions show."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline_runtime.core.conditions import compile_condition
from leadline_runtime.core.shadowing import Row, implies, shadowed, words

CONDITIONS = st.dictionaries(
    st.sampled_from(["country", "type"]),
    st.one_of(
        st.sampled_from(["a", "b"]),
        st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3).map(lambda values: {"in": values}),
        st.sampled_from(["a", "c"]).map(lambda value: {"ne": value}),
        st.booleans().map(lambda known: {"exists": known}),
    ),
)
VALUES = st.fixed_dictionaries({name: st.sampled_from(["a", "b", "c", "d", None]) for name in ("country", "type")})


@given(CONDITIONS, CONDITIONS, VALUES)
def test_what_implies_holds_of_every_lead(narrow: dict[str, Any], wide: dict[str, Any], values: dict[str, Any]) -> None:
    holds = [compile_condition(each, frozenset({"country", "type"}), "f", "p").holds(values) for each in (narrow, wide)]
    assert not (implies(narrow, wide) and holds == [True, False])


@pytest.mark.parametrize(
    ("narrow", "wide", "told"),
    [
        ({"country": "DE"}, {}, True),
        ({"country": "DE", "type": "demo"}, {"country": {"in": ["DE", "AT"]}}, True),
        ({"country": {"in": ["DE", "FR"]}}, {"country": {"in": ["DE", "AT"]}}, False),
        ({}, {"country": "DE"}, False),
        ({"any": [{"country": "DE"}]}, {"any": [{"country": "DE"}]}, True),
        ({"employees": {"gte": 50}}, {"employees": {"gte": 50}}, True),
    ],
)
def test_which_condition_takes_all_of_another(narrow: dict[str, Any], wide: dict[str, Any], told: bool) -> None:
    assert implies(narrow, wide) is told


def test_a_row_that_may_pass_on_takes_nothing() -> None:
    rows = [Row("owner", "0", {}, ends=False), Row("all", "1", {}), Row("late", "2", {"country": "DE"})]
    assert [(row.name, taker.name) for row, taker in shadowed(rows)] == [("late", "all")]
    assert words(rows[1]) == "never counts: all before it fits everything; put it after all others"
