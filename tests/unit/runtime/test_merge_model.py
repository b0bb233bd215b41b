"""Every order in which a step may read a merge and an unmerge ends the same; each rule of the protocol is needed."""

from dataclasses import replace

import pytest

from tests.unit.runtime.merge_model import Fact, Rules, Script, Snapshot, explore

OF_B, LATER = ("q", "B", "B"), ("r", "B", "A")  # a request of B; one that came with B's keys when B was part of A
APART = (Snapshot("A", 1), Snapshot("B", 1, requests=(OF_B,)))
MERGED = (
    Snapshot("B", 2, into=("A", 2), requests=(OF_B,)),
    Snapshot("A", 2, "B", requests=(OF_B,)),
)
TOGETHER = (Snapshot("A", 3, "B", requests=(OF_B, LATER)), Fact("A", "y", "B", 3))
UNMERGED = (Snapshot("B", 3, requests=(OF_B,)), Snapshot("A", 3))
ANSWER = Fact("B", "x", "B", 1, answers="q")

SCRIPTS = {
    "a merge": Script((*APART, ANSWER, *MERGED, *TOGETHER), {"A": "A", "B": "A"}, frozenset("q")),
    "a merge, and no answer": Script((*APART, *MERGED, *TOGETHER), {"A": "A", "B": "A"}),
    "an answer after the merge": Script(
        (*APART, *MERGED, Fact("A", "x", "B", 2, answers="q")), {"A": "A", "B": "A"}, frozenset("q")
    ),
    "an unmerge": Script((*APART, ANSWER, *MERGED, *UNMERGED), {"A": "A", "B": "B"}, frozenset("q")),
    "an unmerge after a request together": Script(
        # A goes on telling the request that it was to begin: its revision 3 may never be read.
        (*MERGED, TOGETHER[0], Snapshot("B", 3, requests=(OF_B, LATER)), Snapshot("A", 4, requests=(LATER,))),
        {"A": "A", "B": "B"},
    ),
    "an unmerge after an act together": Script(
        (*APART, *MERGED, Fact("A", "y", "B", 2), *UNMERGED, Fact("B", "z", "B", 3)), {"A": "A", "B": "B"}
    ),
    "merged again": Script(
        (*APART, ANSWER, *MERGED, *UNMERGED, Snapshot("B", 4, into=("A", 4), requests=(OF_B,)),
         Snapshot("A", 4, "B", requests=(OF_B,))),
        {"A": "A", "B": "A"}, frozenset("q"),
    ),
}  # fmt: skip

OF_A = ("q", "A", "A")
CHAIN = (
    Snapshot("A", 1, requests=(OF_A,)),
    Fact("A", "x", "A", 1, answers="q"),
    Snapshot("A", 2, into=("B", 2), requests=(OF_A,)),
    Snapshot("B", 2, "A", requests=(OF_A,)),
    Snapshot("B", 3, "A", into=("C", 2), requests=(OF_A,)),
    Snapshot("C", 2, "AB", requests=(OF_A,)),
)
SCRIPTS["a chain"] = Script(CHAIN, {"A": "C", "B": "C", "C": "C"}, frozenset("q"))
SCRIPTS["a chain, and its end taken off"] = Script(
    (*CHAIN, Snapshot("B", 4, "A", requests=(OF_A,)), Snapshot("C", 3)), {"A": "B", "B": "B", "C": "C"}, frozenset("q")
)


@pytest.mark.parametrize("name", SCRIPTS)
def test_in_every_order_one_custodian_one_owner_and_the_same_end(name: str) -> None:
    states, violation = explore(SCRIPTS[name], Rules())
    assert violation == ""
    assert states > 100


NEEDED_FOR = {
    "moves_all": "a merge",
    "lets_go": "a merge",
    "cycle_only_by_message": "a merge",
    "begun_once": "an unmerge",
    "told_under": "a merge",
    "forwards": "a merge",
    "sends_back": "an unmerge",
    "waits_for_snapshot": "an unmerge after an act together",
    "stale_keeps": "an unmerge",
    "parting_travels": "a chain, and its end taken off",
    "one_owner": "a merge, and no answer",
}


@pytest.mark.parametrize("rule", Rules.__slots__)
def test_without_this_rule_some_order_is_wrong(rule: str) -> None:
    _, violation = explore(SCRIPTS[NEEDED_FOR[rule]], replace(Rules(), **{rule: False}))
    assert violation
