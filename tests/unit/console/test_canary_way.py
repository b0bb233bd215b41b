"""How far a canary came, in words and numbers; what is counted of it."""

from datetime import timedelta
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from leadline_console.canary.metrics import CanaryMetrics
from leadline_console.canary.way import DOOR, HOPS, LAST_SEEN, NOWHERE, Way
from tests.support.golden import instant

NOON = instant("2026-03-10T12:00:00Z")


def way(hops: int, took_s: float | None = None) -> Way:
    """A canary that was seen in the first hops, a second apart."""
    seen = {topic: NOON + timedelta(seconds=n) for n, topic in enumerate(HOPS[:hops])}
    return Way(uuid4(), uuid4() if hops else None, seen, took_s)


def test_where_it_was_seen_last_is_told() -> None:
    assert [Way().last_seen, *(way(hops).last_seen for hops in range(len(HOPS)))] == list(LAST_SEEN)
    assert LAST_SEEN[:3] == (NOWHERE, DOOR, "lead.received")
    assert way(3).why() == "it was seen in lead.enriched and nowhere after"
    assert way(0).why() == "the door took it, and it is not in lead.received"
    assert Way(trouble="The door is shut.").why() == "The door is shut."
    assert way(6, 1.5).why() == "it came through"


@given(gaps=st.lists(st.floats(0, 30), min_size=5, max_size=5))
def test_the_hops_sum_to_the_way_from_receipt_to_end(gaps: list[float]) -> None:
    at, seen = NOON, {HOPS[0]: NOON}
    for topic, gap in zip(HOPS[1:], gaps, strict=True):
        at += timedelta(seconds=gap)
        seen[topic] = at
    hops = Way(uuid4(), uuid4(), seen, 1.0).hops()
    assert list(hops) == list(HOPS[1:])
    assert abs(sum(hops.values()) - (at - NOON).total_seconds()) < 1e-5


def test_what_arrives_moves_the_time_that_is_alarmed_and_what_does_not_is_counted_where_it_was_lost() -> None:
    registry = CollectorRegistry()
    metrics = CanaryMetrics(registry)

    def told(name: str, **labels: str) -> float:
        value = registry.get_sample_value(f"leadline_canary_{name}", labels)
        assert value is not None, "shown before the first"
        return value

    for place in LAST_SEEN:
        assert told("missed_total", last_seen=place) == 0
    metrics.tell(way(4))
    assert (told("sent_total"), told("arrived_total"), told("missed_total", last_seen="lead.scored")) == (1, 0, 1)
    assert told("last_seen_timestamp_seconds") == 0
    metrics.tell(way(6, 0.4))
    assert (told("sent_total"), told("arrived_total"), told("seconds_count")) == (2, 1, 1)
    assert told("last_seen_timestamp_seconds") > 0
    assert told("hop_seconds_sum", topic="lead.sla") == 1
