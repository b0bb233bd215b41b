"""Rules that never count because others before take all that fits, or nothing can fit; never a false alarm."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_runtime.core.conditions import compile_condition
from leadline_runtime.core.shadowing import Row, never

FIELDS = frozenset({"country", "type", "employees", "tags"})
TEXTS = ("a", "b", "c", "d")
texts, numbers = st.sampled_from(TEXTS), st.integers(0, 4)
of_texts = st.one_of(
    texts,
    st.lists(texts, min_size=1, max_size=3).map(lambda values: {"in": values}),
    st.lists(texts, min_size=1, max_size=2).map(lambda values: {"not_in": values}),
    texts.map(lambda value: {"ne": value}),
    st.booleans().map(lambda known: {"exists": known}),
    texts.map(lambda value: {"starts_with": [value]}),
    st.tuples(texts, texts).map(lambda two: {"in": [two[0], "b"], "ne": two[1]}),
)
of_numbers = st.one_of(
    numbers,
    st.dictionaries(st.sampled_from(["gte", "gt", "lte", "lt", "ne"]), numbers, min_size=1, max_size=2),
    st.lists(numbers, min_size=1, max_size=3).map(lambda values: {"in": values}),
)
simple = st.fixed_dictionaries(
    {}, optional={"country": of_texts, "type": of_texts, "employees": of_numbers, "tags": of_texts}
)
conditions = st.recursive(
    simple,
    lambda inner: st.one_of(
        st.fixed_dictionaries({"any": st.lists(inner, min_size=1, max_size=2)}, optional={"country": of_texts}),
        st.fixed_dictionaries({"all": st.lists(inner, min_size=1, max_size=2)}),
        st.fixed_dictionaries({"not": inner}),
    ),
    max_leaves=4,
)
leads = st.fixed_dictionaries(
    {
        "country": st.none() | texts, "type": st.none() | texts, "employees": st.none() | st.integers(-1, 5),
        "tags": st.lists(texts, max_size=3, unique=True).map(tuple),
    }
)  # fmt: skip


@settings(max_examples=300)
@given(
    st.lists(st.tuples(conditions, st.booleans(), st.booleans()), min_size=1, max_size=4), st.lists(leads, max_size=30)
)
def test_no_lead_is_ever_decided_by_a_rule_that_is_said_never_to_count(
    rules: list[tuple[dict[str, Any], bool, bool]], found: list[dict[str, Any]]
) -> None:
    rows = [Row(str(n), str(n), when, ends, always) for n, (when, ends, always) in enumerate(rules)]
    said = {each.row.name for each in never(rows, {"tags"})}
    compiled = [(row, compile_condition(row.when, FIELDS, "f", "p")) for row in rows]
    for lead in found:
        for only_always in (False, True):
            for row, when in compiled:
                if (only_always and not row.always) or not when.holds(lead):
                    continue
                assert row.name not in said, lead
                if row.ends:
                    break


@pytest.mark.parametrize(
    ("narrow", "wide", "told"),
    [
        ({"country": "DE"}, [{}], True),
        ({"country": "DE", "type": "demo"}, [{"country": {"in": ["DE", "AT"]}}], True),
        ({"country": {"in": ["DE", "FR"]}}, [{"country": {"in": ["DE", "AT"]}}], False),
        ({"country": {"in": ["DE", "FR"]}}, [{"country": "DE"}, {"country": "FR"}], True),
        ({}, [{"country": "DE"}], False),
        ({"any": [{"country": "DE"}]}, [{"any": [{"country": "DE"}]}], True),
        ({"employees": {"gte": 50}}, [{"employees": {"gte": 50}}], True),
        ({"employees": {"gt": 100, "lt": 200}}, [{"employees": {"gte": 50}}], True),
        ({"employees": {"gte": 50}}, [{"employees": {"gt": 50}}], False),
        ({"employees": 7}, [{"employees": {"lte": 9}}], True),
        ({"country": "DE"}, [{"country": {"exists": True}}], True),
        ({"country": "DE"}, [{"country": {"ne": "US"}}], True),
        ({"any": [{"country": "DE"}, {"type": "demo"}]}, [{"type": "demo"}, {"country": {"exists": True}}], True),
        ({"not": {"country": "DE"}}, [{"not": {"country": "DE"}}], True),
    ],
)
def test_which_conditions_take_all_of_another(narrow: dict[str, Any], wide: list[dict[str, Any]], told: bool) -> None:
    rows = [*(Row(f"wide {n}", str(n), each) for n, each in enumerate(wide)), Row("narrow", "n", narrow)]
    assert ("narrow" in {each.row.name for each in never(rows)}) is told


@pytest.mark.parametrize(
    "when",
    [
        {"country": {"eq": "DE", "ne": "DE"}}, {"country": "DE", "all": [{"country": "FR"}]},
        {"employees": {"gte": 100, "lt": 100}}, {"employees": {"gt": 5}, "all": [{"employees": {"in": [1, 5]}}]},
        {"country": {"exists": False}, "any": [{"country": "DE"}, {"country": "FR"}]},
    ],
)  # fmt: skip
def test_conditions_that_contradict_themselves(when: dict[str, Any]) -> None:
    found = list(never([Row("no", "0", when)]))
    assert [each.words() for each in found] == ["never counts: its conditions contradict each other"]


def test_of_a_field_with_several_values_both_of_two_may_hold() -> None:
    assert list(never([Row("both", "0", {"tags": "a", "all": [{"tags": "b"}]})], {"tags"})) == []


def test_a_row_that_may_pass_on_takes_nothing() -> None:
    rows = [Row("owner", "0", {}, ends=False), Row("all", "1", {}), Row("late", "2", {"country": "DE"})]
    assert [(each.row.name, [t.name for t in each.takers]) for each in never(rows)] == [("late", ["all"])]
    assert next(never(rows)).words() == "never counts: all before it fits everything; put it after all others"


def test_several_together_are_named() -> None:
    rows = [
        Row("de", "0", {"country": "DE"}),
        Row("fr", "1", {"country": "FR"}),
        Row("both", "2", {"country": {"in": ["DE", "FR"]}}),
    ]
    told = next(never(rows)).words()
    assert told.startswith("never counts: what fits it fits ")
    assert "de and fr" in told or "fr and de" in told
