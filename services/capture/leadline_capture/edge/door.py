"""What every request at the door has at hand, and the one way in: durable before it is answered."""

from collections.abc import Callable, Sequence
from dataclasses import field
from datetime import datetime
from functools import cached_property
from itertools import repeat
from typing import TYPE_CHECKING, Final, Protocol
from uuid import UUID

from aiohttp import web

from leadline_capture.core.sources import SourceRules
from leadline_capture.edge.keys import KeyRing
from leadline_capture.edge.links import Links
from leadline_capture.edge.metrics import EdgeMetrics
from leadline_capture.edge.problem import Problem, unavailable
from leadline_capture.edge.settings import EdgeSettings
from leadline_capture.writing import as_record
from leadline_runtime.core.values import dataclass
from leadline_runtime.rates import Rates
from leadline_runtime.single_records import NotDurable, Single
from leadline_runtime.spooled_records import Where
from leadline_schemas.received import LeadReceived

if TYPE_CHECKING:
    from leadline_capture.edge.import_rows import ImportRows
    from leadline_capture.edge.import_work import Imports
    from leadline_capture.edge.outcomes import CommandStatus
    from leadline_capture.edge.submissions import SubmissionStatus


WRITER: Final = "capture/edge"


class Records(Protocol):
    """Where submissions are made durable (leadline_runtime.spooled_records)."""

    @property
    def trouble(self) -> str | None:
        """Why nothing can be made durable now; None if it can."""

    async def write(self, record: Single, *, may_repeat: bool) -> Where:
        """Make a record durable. Raises NotDurable."""

    async def write_all(self, records: Sequence[Single], *, may_repeat: bool) -> list[Where | None]:
        """Make several durable; None for one that is not."""


class Remembers(Protocol):
    """Which body came with which Idempotency-Key (edge.idempotency)."""

    async def is_first_or_same(self, submission_id: UUID, body_sha256: bytes) -> bool:
        """Remember it; False if another body was remembered. Raises DatabaseTrouble."""


class Became(Protocol):
    """What the step wrote of submissions (edge.submissions)."""

    async def find(self, submission_id: UUID) -> "tuple[str | None, SubmissionStatus] | None":
        """Whose it is and what became of it; None while nothing is decided. Raises DatabaseTrouble."""


class Commands(Protocol):
    """What became of commands about assignments (edge.outcomes)."""

    async def find(self, command: UUID, source: str | None, now: datetime) -> "CommandStatus | None":
        """What became of it, asked by this system (None: by anybody); None if nothing is known (any more).

        Raises DatabaseTrouble.
        """

    async def find_change(self, change: UUID, source: str | None) -> "CommandStatus | None":
        """The same of a change of the roster."""

    async def wait(self, command: UUID, seconds: float) -> "CommandStatus | None":
        """The same as soon as it is known; None if it is not within so many seconds."""


@dataclass(frozen=True)
class Door:
    """The parts of a running door. `clock` tells the pipeline's time; `sources` gives the rules in force."""

    settings: EdgeSettings
    keys: KeyRing
    records: Records
    roster: Records
    idempotency: Remembers
    submissions: Became
    commands: Commands
    clock: Callable[[], datetime]
    sources: Callable[[], SourceRules]
    metrics: EdgeMetrics
    rates: Rates
    imports: "Imports | None" = None
    import_rows: "ImportRows | None" = None

    @cached_property
    def links(self) -> Links:
        """Seals and opens the links of consents."""
        return Links([secret.get_secret_value() for secret in self.settings.consent_link_secrets])


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

    def taken(self, where: Where, number: int = 1) -> None:
        """Count submissions that were taken in."""
        self.door.metrics.accepted.labels(self.source).inc(number)
        if where == "spool":
            self.door.metrics.spooled.labels(self.source).inc(number)


def is_named(submission: UUID) -> bool:
    """Whether its sender named it, so that it may come again; those that the door names are random."""
    return submission.version != 4


async def take_in(call: Call, received: LeadReceived, trace: str) -> None:
    """Make a submission durable: in Kafka, else in the spool. Raises Problem 503 if neither can be done in time."""
    try:
        record = as_record(received, trace, WRITER)
        where = await call.door.records.write(record, may_repeat=is_named(received.submission_id))
    except NotDurable:
        raise not_durable() from None
    if not received.canary:  # it is no lead, and must not make up for leads that do not come
        call.taken(where)


async def take_in_all(
    call: Call, received: Sequence[tuple[LeadReceived, str]], keys: Sequence[bytes] | None = None
) -> list[bool]:
    """Make several submissions of one request, each with its trace, durable together; which of them are. `keys`: of
    the records; else the submissions' ids."""
    records = [
        as_record(each, trace, WRITER, key)
        for (each, trace), key in zip(received, keys or repeat(None), strict=keys is not None)
    ]
    # Records of one key other than their own id are kept in their order, as if that id came again.
    may_repeat = keys is not None or any(is_named(each.submission_id) for each, _ in received)
    found = await call.door.records.write_all(records, may_repeat=may_repeat)
    call.taken("kafka", found.count("kafka"))
    call.taken("spool", found.count("spool"))
    return [where is not None for where in found]


def not_durable() -> Problem:
    """The answer while nothing can be made durable."""
    return unavailable("not_durable", "the submission could not be stored now; send it again")
