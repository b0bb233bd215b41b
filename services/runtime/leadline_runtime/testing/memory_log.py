"""Kafka in memory: topics as lists, groups with committed offsets, instances with lanes given by the test."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from uuid import UUID, uuid4

from leadline_runtime.consumed import Consumed
from leadline_runtime.frames import Outgoing
from leadline_runtime.log import LogTrouble, Positions


class MemoryTopics:
    """What survives a crash: the records of all topics and the committed offsets of all groups."""

    def __init__(self, partitions: int = 4) -> None:
        self.partition_count = partitions
        self.records: dict[tuple[str, int], list[Consumed]] = defaultdict(list)
        self.groups: dict[str, dict[tuple[str, int], int]] = defaultdict(dict)
        self.ids: dict[str, UUID] = defaultdict(uuid4)
        self.lose_next_acknowledgement = False
        self.away = False

    def append(self, event: Outgoing) -> None:
        """Write one record at the end of its partition."""
        place = (event.topic, event.partition % self.partition_count)
        offset = len(self.records[place])
        self.records[place].append(Consumed(*place, offset, event.key, event.value, event.headers))

    def make_anew(self, topic: str) -> None:
        """Delete a topic and make it anew: its records and the groups' offsets are gone, its id is another."""
        for number in range(self.partition_count):
            self.records.pop((topic, number), None)
            for offsets in self.groups.values():
                offsets.pop((topic, number), None)
        self.ids[topic] = uuid4()

    def all(self, topic: str) -> list[Consumed]:
        """Every record of a topic, partition by partition."""
        return [r for (name, _), rs in sorted(self.records.items()) if name == topic for r in rs]


class MemoryLog:
    """One instance's view of the topics, as the port `Log` asks for."""

    def __init__(self, topics: MemoryTopics, group: str, reads: Iterable[str], lanes: Iterable[int] = ()) -> None:
        self.topics, self.group, self.reads = topics, group, list(reads)
        self.generation, self.lanes = 1, frozenset(lanes)
        self.at_rest: Callable[[], Awaitable[None]] = self.stop
        self._at: dict[tuple[str, int], int] = {}

    def assign(self, lanes: Iterable[int]) -> None:
        """A rebalance gives this instance these lanes."""
        self.lanes = frozenset(lanes)
        self.generation += 1

    def _reachable(self) -> None:
        if self.topics.away:
            raise LogTrouble("the memory log is away")

    async def start(self) -> None:
        """See Log.start."""
        self._reachable()

    async def stop(self) -> None:
        """See Log.stop."""

    async def rejoin(self) -> None:
        """See Log.rejoin."""
        self.generation += 1

    async def fetch(self, wait_s: float, limit: int) -> Sequence[Consumed]:
        """See Log.fetch. Never waits: a test drives the turns."""
        self._reachable()
        found: list[Consumed] = []
        for place in [(t, lane) for t in self.reads for lane in sorted(self.lanes)]:
            at = self._at.get(place, 0)
            more = self.topics.records[place][at : at + limit - len(found)]
            self._at[place] = at + len(more)
            found.extend(more)
        return found

    async def seek(self, positions: Positions) -> Positions:
        """See Log.seek."""
        self._reachable()
        committed = self.topics.groups[self.group]
        for place in [(t, lane) for t in self.reads for lane in self.lanes]:
            self._at[place] = positions.get(place, committed.get(place, 0))
        return dict(self._at)

    async def topic_ids(self) -> Mapping[str, UUID]:
        """See Log.topic_ids."""
        self._reachable()
        return {topic: self.topics.ids[topic] for topic in self.reads}

    async def ends(self, topic: str, partitions: Sequence[int]) -> Mapping[int, int]:
        """See Log.ends."""
        self._reachable()
        return {p: len(self.topics.records[topic, p]) for p in partitions}

    async def committed(self, group: str, topic: str) -> Mapping[int, int]:
        """See Log.committed."""
        self._reachable()
        return {p: at for (name, p), at in self.topics.groups[group].items() if name == topic}

    async def commit(self, positions: Positions) -> None:
        """See Log.commit."""
        self._reachable()
        self.topics.groups[self.group].update(positions)

    async def publish(self, events: Sequence[Outgoing]) -> None:
        """See Log.publish."""
        self._reachable()
        for event in events:
            self.topics.append(event)
        if self.topics.lose_next_acknowledgement:
            self.topics.lose_next_acknowledgement = False
            raise LogTrouble("the acknowledgement was lost")

    def partitions(self, topic: str) -> int:
        """See Log.partitions."""
        return self.topics.partition_count

    def behind(self) -> Mapping[tuple[str, int], int]:
        """See Log.behind."""
        places = [(t, lane) for t in self.reads for lane in self.lanes]
        return {p: len(self.topics.records[p]) - self._at.get(p, 0) for p in places}
