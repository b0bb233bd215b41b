"""Comparing the declared topics with what a cluster says of itself."""

from typing import Any

from leadline_console.topics import Setting, compare
from leadline_console.topics_file import DeclaredTopic

SCORED = DeclaredTopic("lead.scored", partitions=2, replication=1, config={"retention.ms": "1000"})


def described(partitions: int, copies: int = 1) -> dict[str, Any]:
    return {"partitions": [{"replica_nodes": list(range(copies))} for _ in range(partitions)]}


def test_a_topic_that_is_as_declared_differs_in_nothing_whatever_else_is_set() -> None:
    config = {"retention.ms": "1000", "segment.bytes": "77"}
    report = compare((SCORED,), {"lead.scored": described(2)}, {"lead.scored": config})
    assert report.ok
    assert report.declared == 1


def test_a_topic_that_is_not_there_is_missing() -> None:
    report = compare((SCORED,), {}, {})
    assert report.missing == ("lead.scored",)
    assert not report.ok


def test_a_setting_that_is_otherwise_is_named_with_both_values() -> None:
    report = compare((SCORED,), {"lead.scored": described(2)}, {"lead.scored": {"retention.ms": "5"}})
    assert report.differing == (Setting("lead.scored", "retention.ms", "5", "1000"),)
    assert not report.ok


def test_another_number_of_partitions_or_copies_is_left_to_a_person() -> None:
    report = compare((SCORED,), {"lead.scored": described(3, copies=2)}, {"lead.scored": SCORED.config})
    assert len(report.faults) == 2
    assert "3 partitions, declared are 2" in report.faults[0]
    assert "2 copies of a partition, declared are 1" in report.faults[1]
    assert not report.ok
