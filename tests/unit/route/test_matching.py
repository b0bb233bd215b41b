"""Finding the rules that match by what they pin gives what asking each of them gives."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from leadline_route.core.later import Later
from leadline_route.core.rulebook import Rulebook
from tests.unit.route.test_possibilities import book

texts = st.sampled_from(["US", "DE", "AT", "de", "fr", "emea"])
conditions = st.fixed_dictionaries(
    {},
    optional={
        "country": st.one_of(texts, st.lists(texts, min_size=1, max_size=3).map(lambda each: {"in": each})),
        "language": st.one_of(texts.map(lambda each: {"eq": each, "ne": "fr"}), texts.map(lambda each: {"ne": each})),
        "veto": texts,
        "employees": st.integers(0, 3),
        "any": st.lists(texts.map(lambda each: {"country": each}), min_size=1, max_size=2),
    },
)
leads = st.fixed_dictionaries(
    {
        "country": st.none() | texts, "language": st.none() | texts, "employees": st.none() | st.integers(0, 3),
        "veto": st.lists(texts, max_size=2).map(tuple), "mql": st.just(True),
    }
)  # fmt: skip


@given(st.lists(conditions.filter(bool), min_size=1, max_size=4), st.lists(leads, max_size=8))
def test_the_same_rules_match(whens: list[dict[str, Any]], found: list[dict[str, Any]]) -> None:
    rules: Rulebook = book(*({"id": f"x{n}", "when": when, "pools": ["emea"]} for n, when in enumerate(whens)))
    for lead in [*found, *found]:  # the second time from memory
        asked = [place for place, rule in enumerate(rules.rules) if rule.when.holds(lead)]
        assert [place for place, _ in rules.matching(lead)] == asked


def test_what_is_told_later_is_made_once() -> None:
    words = iter([3, 4])
    told = Later(lambda: words)
    assert next(words) == 3, "nothing is made before somebody asks"
    assert (len(told), told[0], tuple(told), told[:1]) == (1, 4, (4,), (4,))
