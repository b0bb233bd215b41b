"""One canary: sent at the door as any sender does, followed from topic to topic until its end."""

import json
from dataclasses import replace
from datetime import datetime
from time import monotonic
from typing import Any, Final
from uuid import UUID, uuid4

import aiohttp

from leadline_console.canary.way import HOPS, Way
from leadline_console.errors import UserError
from leadline_runtime.core.values import dataclass
from leadline_runtime.log import LogTrouble
from leadline_runtime.log_ends import Ends, LogEnds
from leadline_schemas.codec import Undecodable, decode
from leadline_schemas.ids import key_bytes, lead_id
from leadline_schemas.received import LeadReceived
from leadline_schemas.topics import topic_named

_ANSWER_S: Final = 10.0


@dataclass(frozen=True, slots=True)
class Canaries:
    """Where they are sent, with which key, where they are watched, and how long one is waited for."""

    door: str
    key: str
    kafka: str
    patience_s: float

    async def send(self) -> Way:
        """Send one and watch it. Whatever goes wrong is told in the way."""
        try:
            async with LogEnds(self.kafka) as log:
                ends = await log.now(HOPS)
                began = monotonic()
                submission = await self._taken()
                return await _Watch(log, ends, began, began + self.patience_s).follow(Way(submission))
        except (UserError, LogTrouble) as error:
            return Way(trouble=str(error))

    async def _taken(self) -> UUID:
        """The submission's id. Raises UserError if the door does not take it."""
        payload = {"type": "other", "email": f"{uuid4().hex}@canary.invalid"}
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=_ANSWER_S)) as session,
                session.post(
                    f"{self.door.rstrip('/')}/v1/leads", json=payload, headers={"Authorization": f"Bearer {self.key}"}
                ) as answer,
            ):
                body = await answer.read()
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise UserError(f"The door at {self.door} does not answer ({type(error).__name__}).") from None
        if answer.status != 202:
            raise UserError(f"The door at {self.door} did not take it: {answer.status} {_code(body)}".rstrip() + ".")
        try:
            return UUID(json.loads(body)["submission_id"])
        except (ValueError, KeyError, TypeError, AttributeError):
            raise UserError(f"What answers at {self.door} is no door of ours: 202 without a submission's id.") from None


def _code(body: bytes) -> str:
    """The code of the door's problem; nothing if it is the page of a proxy before it."""
    try:
        told = json.loads(body)
    except ValueError:
        return ""
    return str(told.get("code") or "") if isinstance(told, dict) else ""


@dataclass(frozen=True, slots=True)
class _Watch:
    """Reads on from where all topics ended before it was sent."""

    log: LogEnds
    ends: Ends
    began: float
    until: float

    async def follow(self, way: Way) -> Way:
        """The way with all that is seen of it in time."""
        assert way.submission_id is not None
        key = key_bytes(way.submission_id)
        for topic in HOPS:
            try:
                value = await self.log.first(topic, key, self.ends, self.until)
                if value is None:
                    return way
                event = decode(topic_named(topic), value)
            except (LogTrouble, Undecodable) as error:
                return replace(way, trouble=str(error))
            if isinstance(event, LeadReceived):
                assert event.received_at is not None, "the door stamps it"
                made, at = lead_id(event.received_at, event.submission_id), event.received_at
                way, key = replace(way, lead_id=made), key_bytes(made)
            else:
                at = _decided_at(event)
            way = replace(way, seen={**way.seen, topic: at})
        return replace(way, took_s=monotonic() - self.began)


def _decided_at(event: Any) -> datetime:
    at: datetime = event.basis.decided_at
    return at
