"""How far each service is behind what was written for it."""

from collections.abc import Sequence
from datetime import datetime

from leadline_console import cluster
from leadline_console.cluster import Places
from leadline_console.records import reader
from leadline_runtime.core.values import dataclass
from leadline_schemas.topics import TOPICS


@dataclass(frozen=True)
class TopicLag:
    """One service on one topic.

    records: not yet read, or read so recently that Kafka was not told. oldest: when the first of them was written,
    None if there is none. committed: whether the service ever told Kafka a position. members: instances at work.
    """

    service: str
    topic: str
    records: int
    oldest: datetime | None
    seconds: float
    committed: bool
    members: int


def group_of(service: str) -> str:
    """The consumer group of a service's step."""
    return f"leadline.{service}"


def reads(services: Sequence[str]) -> list[tuple[str, str]]:
    """Which topics these services read, as pairs of service and topic."""
    return [(service, topic.name) for service in services for topic in TOPICS if service in topic.readers]


def read_lag(bootstrap: str, now: datetime, pairs: Sequence[tuple[str, str]]) -> list[TopicLag]:
    """Lag of each pair of service and topic. now: to measure seconds against. Raises UserError."""
    groups = sorted({group_of(service) for service, _ in pairs})
    with cluster.admin(bootstrap) as client:
        first, last = cluster.bounds(client, cluster.partition_counts(client, [topic for _, topic in pairs]))
        positions = cluster.committed(client, groups)
        members = cluster.member_counts(client, groups)
    found = []
    for service, topic in pairs:
        group = group_of(service)
        told = {place: offset for place, offset in positions[group].items() if place[0] == topic}
        unread = behind(topic, told, first, last)
        oldest = _oldest(bootstrap, unread)
        seconds = max(0.0, (now - oldest).total_seconds()) if oldest else 0.0
        records = sum(last[place] - offset for place, offset in unread.items())
        found.append(TopicLag(service, topic, records, oldest, seconds, bool(told), members[group]))
    return found


def behind(topic: str, told: Places, first: Places, last: Places) -> Places:
    """Where the first unread record of each partition lies, for partitions that have one."""
    starts = {place: max(told.get(place, 0), offset) for place, offset in first.items() if place[0] == topic}
    return {place: offset for place, offset in starts.items() if offset < last[place]}


def _oldest(bootstrap: str, unread: Places) -> datetime | None:
    if not unread:
        return None
    with reader(bootstrap) as records:
        return min((one.at for one in records.until(unread, {p: o + 1 for p, o in unread.items()})), default=None)
