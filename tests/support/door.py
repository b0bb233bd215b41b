"""A door that really listens, with Kafka and PostgreSQL replaced at their boundary, for tests of what it answers."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from aiohttp import ClientSession, web
from prometheus_client import CollectorRegistry
from pydantic import SecretStr

from leadline_capture.core.sources import SourceRules
from leadline_capture.edge.door import Door
from leadline_capture.edge.keys import FORMS, PREFIX, PUBLISHABLE, Key, KeyRing, new_key
from leadline_capture.edge.metrics import EdgeMetrics
from leadline_capture.edge.outcomes import CommandStatus
from leadline_capture.edge.server import DoorServer
from leadline_capture.edge.settings import EdgeSettings
from leadline_capture.edge.submissions import SubmissionStatus
from leadline_runtime.rates import Rates
from leadline_runtime.single_records import NotDurable, Single
from leadline_runtime.spooled_records import Where
from leadline_runtime.sql import DatabaseTrouble
from leadline_schemas.codec import decode
from leadline_schemas.received import LeadReceived
from leadline_schemas.roster import ROSTER_KEY, RosterChange
from leadline_schemas.topics import LEAD_RECEIVED, ROSTER_RECEIVED
from tests.support.submissions import NOON, shipped_sources


@dataclass
class Log:
    """What was written in place of Kafka. `away` makes every write fail; `slow` holds writes back until it is set."""

    written: list[tuple[bytes, LeadReceived, dict[str, bytes]]] = field(default_factory=list)
    away: bool = False
    slow: asyncio.Event | None = None

    @property
    def trouble(self) -> str | None:
        return "no connection to Kafka" if self.away else None

    async def write(self, record: Single, *, may_repeat: bool) -> Where:
        if self.away:
            raise NotDurable("no connection to Kafka")
        if self.slow is not None:
            await self.slow.wait()
        self.written.append((record.key, decode(LEAD_RECEIVED, record.value), dict(record.headers)))
        return "kafka"

    async def write_all(self, records: Sequence[Single], *, may_repeat: bool) -> list[Where | None]:
        if self.away:
            return [None] * len(records)
        return [await self.write(record, may_repeat=may_repeat) for record in records]


@dataclass
class RosterLog(Log):
    """Changes of the roster, in place of Kafka."""

    changes: list[RosterChange] = field(default_factory=list)

    async def write(self, record: Single, *, may_repeat: bool) -> Where:
        if self.away:
            raise NotDurable("no connection to Kafka")
        assert record.key == ROSTER_KEY, "all in one order"
        self.changes.append(decode(ROSTER_RECEIVED, record.value))
        return "kafka"


@dataclass
class Memory:
    """Which body came with which key, in place of PostgreSQL."""

    kept: dict[UUID, bytes] = field(default_factory=dict)
    away: bool = False

    async def is_first_or_same(self, submission_id: UUID, body_sha256: bytes) -> bool:
        if self.away:
            raise DatabaseTrouble("PostgreSQL: away")
        return self.kept.setdefault(submission_id, body_sha256) == body_sha256


@dataclass
class Decided:
    """What became of submissions, in place of PostgreSQL."""

    known: dict[UUID, tuple[str | None, SubmissionStatus]] = field(default_factory=dict)
    away: bool = False

    async def find(self, submission_id: UUID) -> tuple[str | None, SubmissionStatus] | None:
        if self.away:
            raise DatabaseTrouble("PostgreSQL: away")
        return self.known.get(submission_id)


@dataclass
class Commanded:
    """What became of commands, in place of what route wrote. `becomes` answers who waits; None: not decided in time."""

    known: dict[UUID, tuple[str, CommandStatus]] = field(default_factory=dict)
    becomes: Callable[[UUID], CommandStatus | None] = lambda command: None
    waited: list[float] = field(default_factory=list)
    away: bool = False

    async def find(self, command: UUID, source: str | None, now: datetime) -> CommandStatus | None:
        if self.away:
            raise DatabaseTrouble("PostgreSQL: away")
        owner, status = self.known.get(command, ("", None))
        return status if source in (None, owner) else None

    async def find_change(self, change: UUID, source: str | None) -> CommandStatus | None:
        return await self.find(change, source, NOON)

    async def wait(self, command: UUID, seconds: float) -> CommandStatus | None:
        self.waited.append(seconds)
        return self.becomes(command)


class Wire(asyncio.Protocol):
    """A connection that keeps all it was sent, also if it ends by a reset."""

    def __init__(self) -> None:
        self.received = bytearray()
        self._lost = asyncio.get_running_loop().create_future()
        self._dripping: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.received += data

    def connection_lost(self, exc: Exception | None) -> None:
        if self._dripping is not None:
            self._dripping.cancel()
        self._lost.set_result(None)

    @property
    def lost(self) -> bool:
        """Whether the other side has closed."""
        return self._lost.done()

    def write(self, data: bytes) -> None:
        self.transport.write(data)

    def drip(self, part: bytes) -> None:
        """Send `part` again and again, as a slow client does."""
        self.write(part)
        self._dripping = asyncio.get_running_loop().call_later(0.02, self.drip, part)

    async def ended(self) -> bytes:
        """All that was received when the other side has closed."""
        await asyncio.wait_for(asyncio.shield(self._lost), 5)
        self.transport.close()
        return bytes(self.received)


@dataclass
class Visitor:
    """Somebody before the door, with a key in hand."""

    url: str
    port: int
    log: Log
    memory: Memory
    key: str
    keys: KeyRing
    registry: CollectorRegistry
    decided: "Decided"
    commanded: "Commanded"
    roster: "RosterLog"
    session: ClientSession
    server: DoorServer

    async def post(self, path: str, json: Any = None, **more: Any) -> tuple[int, Any]:
        """Status and JSON of a POST with the key; `headers` are added, None takes one away."""
        given = {"Authorization": f"Bearer {self.key}", **(more.pop("headers", None) or {})}
        headers = {name: value for name, value in given.items() if value is not None}
        async with self.session.post(f"{self.url}{path}", json=json, headers=headers, **more) as response:
            assert response.content_type in ("application/json", "application/problem+json")
            return response.status, await response.json(content_type=None)

    async def get(self, path: str, **more: Any) -> tuple[int, Any]:
        """Status and JSON of a GET with the key; `headers` are added, None takes one away."""
        given = {"Authorization": f"Bearer {self.key}", **(more.pop("headers", None) or {})}
        headers = {name: value for name, value in given.items() if value is not None}
        async with self.session.get(f"{self.url}{path}", headers=headers, **more) as response:
            assert response.content_type in ("application/json", "application/problem+json")
            return response.status, await response.json(content_type=None)

    async def wire(self) -> "Wire":
        """A bare connection."""
        _, made = await asyncio.get_running_loop().create_connection(Wire, "127.0.0.1", self.port)
        return made

    async def raw(self, request: bytes) -> bytes:
        """Everything that comes back for these bytes until the connection is closed."""
        wire = await self.wire()
        wire.write(request)
        return await wire.ended()

    def in_hand(self) -> int:
        """How many requests are being answered."""
        return self.server.in_hand

    def counted(self, name: str, **labels: str) -> float | None:
        """The value of a metric."""
        return self.registry.get_sample_value(name, labels)

    @property
    def taken(self) -> LeadReceived:
        """The one submission that was taken in."""
        ((_, received, _),) = self.log.written
        return received


def made_key(**more: Any) -> tuple[str, Key]:
    """A key as it is given away, and as it is stored."""
    key_id, text, secret = new_key(PUBLISHABLE if FORMS in more.get("scopes", ()) else PREFIX)
    stored = {
        "name": "test",
        "source": "website",
        "scopes": frozenset({"leads:write"}),
        "trusted": False,
        "created_at": datetime(2026, 1, 1, tzinfo=UTC),
    }
    return text, Key(key_id, secret, **{**stored, **more})


def publishable_key(*origins: str, **more: Any) -> tuple[str, Key]:
    """A key for pages of these origins."""
    return made_key(
        **{"source": "website_form", "scopes": frozenset({FORMS}), "origins": origins, "pages": origins, **more}
    )


@asynccontextmanager
async def open_door(
    clock: Callable[[], datetime] = lambda: NOON,
    extra_keys: Sequence[Key] = (),
    sources: Callable[[], SourceRules] = shipped_sources,
    **settings: Any,
) -> AsyncIterator[Visitor]:
    """A door on a free port for as long as the block runs. `settings`: those of EdgeSettings that differ."""
    text, key = made_key()
    log, memory, decided, registry = Log(), Memory(), Decided(), CollectorRegistry()
    commanded, roster = Commanded(), RosterLog()
    keys = KeyRing([key, *extra_keys])
    door = Door(
        settings=EdgeSettings(
            database_url=SecretStr("postgresql://nowhere"),
            **{"source_secrets": {"google_ads": ("google-key",), "typeform": ("old-secret", "secret")}, **settings},
        ),
        keys=keys,
        records=log,
        roster=roster,
        idempotency=memory,
        submissions=decided,
        commands=commanded,
        clock=clock,
        sources=sources,
        metrics=EdgeMetrics(registry),
        rates=Rates(None),
    )
    server = DoorServer(door)
    runner = web.ServerRunner(server, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        async with ClientSession() as session:
            url = f"http://127.0.0.1:{port}"
            yield Visitor(url, port, log, memory, text, keys, registry, decided, commanded, roster, session, server)
    finally:
        await runner.cleanup()
