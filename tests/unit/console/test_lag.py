"""What a service has not read yet."""

from leadline_console.lag import behind, reads

FIRST = {("lead.scored", 0): 10, ("lead.scored", 1): 0, ("lead.sla", 0): 0}
LAST = {("lead.scored", 0): 20, ("lead.scored", 1): 5, ("lead.sla", 0): 9}


def test_what_was_never_told_to_kafka_is_unread_from_the_first_kept_record() -> None:
    assert behind("lead.scored", {}, FIRST, LAST) == {("lead.scored", 0): 10, ("lead.scored", 1): 0}


def test_a_partition_that_was_read_to_its_end_is_not_behind() -> None:
    told = {("lead.scored", 0): 20, ("lead.scored", 1): 4}
    assert behind("lead.scored", told, FIRST, LAST) == {("lead.scored", 1): 4}


def test_a_position_before_what_is_still_kept_counts_from_what_is_kept() -> None:
    assert behind("lead.scored", {("lead.scored", 0): 3, ("lead.scored", 1): 5}, FIRST, LAST) == {
        ("lead.scored", 0): 10
    }


def test_each_service_is_looked_at_on_all_it_reads() -> None:
    topics = ("lead.scored", "lead.activity", "lead.sla", "lead.stage", "roster.received")
    assert set(reads(["route"])) == {("route", topic) for topic in topics}
