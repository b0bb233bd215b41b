"""What every request at the door has at hand, and the one way in: written to `lead.received`, acknowledged by Kafka."""

from collections.abc import Callable, Sequence
from dataclasses import field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from aiohttp import web

from leadline_capture.core.sources import SourceRules
from leadline_capture.edge.keys import KeyRing
from leadline_capture.edge.metrics import EdgeMetrics
from leadline_capture.edge.problem import Problem, unavailable
from leadline_capture.edge.settings import EdgeSettings
from leadline_runtime.core.values import dataclass
from leadline_runtime.envelope import headers
from leadline_runtime.single_records import NotDurable
from leadline_schemas.codec import encode
from leadline_schemas.ids import key_bytes
from leadline_schemas.received import LeadReceived
from leadline_schemas.topics import LEAD_RECEIVED

if TYPE_CHECKING:
    from leadline_capture.edge.submissions import SubmissionStatus


class Records(Protocol):
    """Where submissions are written (leadline_runtime.single_records)."""

    @property
    def trouble(self) -> str | None:
        """Why nothing can be written now; None if it can."""

    async def write(self, key: bytes, value: bytes, headers: Sequence[tuple[str, bytes]]) -> None:
        """Write a record and wait for its acknowledgement. Raises NotDurable."""


class Remembers(Protocol):
    """Which body came with which Idempotency-Key (edge.idempotency)."""

    async def is_first_or_same(self, submission_id: UUID, body_sha256: bytes) -> bool:
        """Remember it; False if another body was remembered. Raises DatabaseTrouble."""


class Became(Protocol):
    """What the step wrote of submissions (edge.submissions)."""

    async def find(self, submission_id: UUID) -> "tuple[str | None, SubmissionStatus] | None":
        """Whose it is and what became of it; None while nothing is decided. Raises DatabaseTrouble."""


@dataclass(frozen=True)
class Door:
    """The parts of a running door. `clock` tells the pipeline's time; `sources` gives the rules in force."""

    settings: EdgeSettings
    keys: KeyRing
    records: Records
    idempotency: Remembers
    submissions: Became
    clock: Callable[[], datetime]
    sources: Callable[[], SourceRules]
    metrics: EdgeMetrics


@dataclass
class Call:
    """One request in hand. `source` becomes known on the way, for the metrics; `headers` go with any answer to it."""

    door: Door
    request: web.BaseRequest
    source: str = "unknown"
    headers: dict[str, str] = field(default_factory=dict)

    def refuse(self, code: str) -> None:
        """Count a submission that was not taken in."""
        self.door.metrics.refused.labels(self.source, code).inc()


async def take_in(call: Call, received: LeadReceived, trace: str) -> None:
    """Write a submission to Kafka. Raises Problem 503 if it is not acknowledged in time."""
    submission, at = received.submission_id, received.received_at
    assert at is not None, "the door knows when it was"
    told = headers("capture/edge", LEAD_RECEIVED.event_type, submission, at, trace)
    try:
        await call.door.records.write(key_bytes(submission), encode(LEAD_RECEIVED, received), told)
    except NotDurable:
        raise not_durable() from None
    call.door.metrics.accepted.labels(call.source).inc()


def not_durable() -> Problem:
    """The answer while Kafka does not acknowledge."""
    return unavailable("not_durable", "the submission could not be stored now; send it again")
