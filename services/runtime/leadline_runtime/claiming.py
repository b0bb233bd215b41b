"""The claim: the one path after an assignment, after being fenced, and after any doubt (loop, section 3)."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from time import monotonic

from leadline_runtime.crash import CrashPoints
from leadline_runtime.database import Database, OutboxRow, Suspect
from leadline_runtime.frames import unpack
from leadline_runtime.log import Log, Positions
from leadline_runtime.logs import logger
from leadline_runtime.metrics import RuntimeMetrics

log = logger(__name__)
FENCED_TWICE_S = 10.0


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a claim found: for which assignment, the lanes' outbox rows and suspicions, all positions."""

    generation: int
    lanes: frozenset[int]
    outbox: Mapping[int, OutboxRow]
    suspects: Mapping[int, Suspect]
    reached: Positions


class Claiming:
    """Becomes the owner of the lanes assigned, publishes what the outbox holds, reads on from its positions."""

    def __init__(self, database: Database, kafka: Log, metrics: RuntimeMetrics, crash: CrashPoints) -> None:
        self.database, self.log, self.metrics, self.crash = database, kafka, metrics, crash
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
            return Claimed(self.log.generation, frozenset(), {}, {}, {})
        generation = self.log.generation
        lanes = sorted(self.log.lanes)
        if not lanes:
            return Claimed(generation, frozenset(), {}, {}, {})
        outbox, suspects = await self.database.claim(lanes)
        self.crash.reach("in_claim")
        for lane in sorted(outbox):
            await self.log.publish(unpack(outbox[lane].frame))
        reached = await self.log.seek(
            {(t, lane): at for lane, row in outbox.items() for t, at in row.positions.items()}
        )
        self.metrics.claims.labels(self.metrics.service, self.cause).inc()
        self.metrics.lanes.labels(self.metrics.service).set(len(lanes))
        log.info("claimed", lanes=len(lanes), cause=self.cause)
        self.cause = "assigned"
        self.crash.reach("after_claim")
        return Claimed(generation, frozenset(lanes), outbox, suspects, reached)
