"""The claim: the one path after an assignment, after being fenced, and after any doubt (loop, section 3)."""

from collections import deque
from collections.abc import Collection, Mapping
from dataclasses import field
from time import monotonic
from uuid import UUID

from leadline_runtime.core.values import dataclass
from leadline_runtime.crash import CrashPoints
from leadline_runtime.database import Database, Held, OutboxRow, Suspect
from leadline_runtime.frames import unpack
from leadline_runtime.log import Log, Positions
from leadline_runtime.logs import logger
from leadline_runtime.metrics import RuntimeMetrics
from leadline_runtime.positions import Found, settled

log = logger(__name__)
FENCED_TWICE_S = 10.0


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a claim found: for which assignment, the lanes' outbox rows and suspicions, all positions, what waits."""

    generation: int
    lanes: frozenset[int] = frozenset()
    outbox: Mapping[int, OutboxRow] = field(default_factory=dict)
    suspects: Mapping[int, Suspect] = field(default_factory=dict)
    reached: Positions = field(default_factory=dict)
    behind: frozenset[int] = frozenset()  # lanes in which records wait to be read


class Claiming:
    """Becomes the owner of the lanes assigned, publishes what the outbox holds, reads on from its positions.

    read_anew: inputs whose lost positions are given up, see positions.settled.
    """

    def __init__(
        self, database: Database, kafka: Log, metrics: RuntimeMetrics, crash: CrashPoints, read_anew: Collection[str]
    ) -> None:
        self.database, self.log, self.metrics, self.crash = database, kafka, metrics, crash
        self.read_anew = read_anew
        self.cause = "assigned"
        self._fenced: deque[float] = deque(maxlen=2)

    def fenced(self) -> None:
        """A batch was refused because another instance owns a lane."""
        self.metrics.fenced.labels(self.metrics.service).inc()
        self.cause = "fenced"
        self._fenced.append(monotonic())

    async def claim(self) -> Claimed:
        """Claim all lanes assigned now. Raises Doubt, LogTrouble, PositionLost."""
        if len(self._fenced) == 2 and self._fenced[1] - self._fenced[0] < FENCED_TWICE_S:
            self._fenced.clear()
            log.warning("fenced twice in a short time: leaving the group to join it anew")
            await self.log.rejoin()
            return Claimed(self.log.generation)
        generation = self.log.generation
        lanes = sorted(self.log.lanes)
        if not lanes:
            return Claimed(generation)
        # Kafka is asked first: one that cannot reach it must not take the lanes from an owner that can.
        # And a topic made anew from here on has another id at the next claim.
        ids = await self.log.topic_ids()
        held = await self.database.claim(lanes)
        self.crash.reach("in_claim")
        await self.log.publish([event for lane in sorted(held.outbox) for event in unpack(held.outbox[lane].frame)])
        held = await self._settled(held, ids)
        reached = await self.log.seek(
            {(t, lane): at for lane, row in held.outbox.items() for t, at in row.positions.items()}
        )
        self.metrics.claims.labels(self.metrics.service, self.cause).inc()
        self.metrics.lanes.labels(self.metrics.service).set(len(lanes))
        log.info("claimed", lanes=len(lanes), cause=self.cause)
        self.cause = "assigned"
        self.crash.reach("after_claim")
        behind = await self._behind(lanes, reached)
        return Claimed(generation, frozenset(lanes), held.outbox, held.suspects, reached, behind)

    async def _settled(self, held: Held, ids: Mapping[str, UUID]) -> Held:
        topics = {topic for row in held.outbox.values() for topic in row.positions}
        ends = {topic: await self.log.ends(topic, sorted(held.topics)) for topic in sorted(topics)}
        found = settled(held, Found(ids, ends), self.read_anew)
        if found != held:
            if found.outbox != held.outbox:
                log.warning("lost positions are given up, as the settings say", read_anew=list(self.read_anew))
            await self.database.settle(found)
        return found

    async def _behind(self, lanes: list[int], reached: Positions) -> frozenset[int]:
        waiting: set[int] = set()
        for topic in {topic for topic, _ in reached}:
            ends = await self.log.ends(topic, lanes)
            waiting |= {lane for lane in lanes if ends[lane] > reached.get((topic, lane), 0)}
        return frozenset(waiting)
