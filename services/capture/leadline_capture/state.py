"""Capture's state of a lead as bytes: JSON in which each submission is named once and its values point to it."""

from base64 import b64decode, b64encode
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from pydantic_core import to_json

from leadline_capture.core.consent import Sent, Statement
from leadline_capture.core.known_lead import Beginning, KnownLead
from leadline_capture.core.merging import given_away, recomputed
from leadline_capture.core.survivorship import Contribution, Evidence, Fields, Shown
from leadline_schemas.activity import Activity
from leadline_schemas.event import Model
from leadline_schemas.lead import ExternalId, PossibleDuplicate, Quarantine, Request, Touch

# form, shown (None: as its form), index of the first and the best evidence, original
Stored = tuple[str, Shown | None, int, int, str | None]


class Body(Model):
    """The stored form of a KnownLead. Short names: there is one of these per lead, for ever."""

    begun: Beginning
    evidence: tuple[Evidence, ...] = ()
    fields: dict[str, tuple[Stored, ...]] = {}
    external: tuple[ExternalId, ...] = ()
    requests: tuple[Request, ...] = ()
    acts: tuple[Activity, ...] = ()
    known: str = ""
    marketing: tuple[Sent, ...] = ()
    said: tuple[Statement, ...] = ()
    first: Touch | None = None
    last: Touch | None = None
    suspects: tuple[PossibleDuplicate, ...] = ()
    aliases: tuple[UUID, ...] = ()
    quarantine: Quarantine | None = None
    activity_revision: int = 0
    parts: tuple[tuple[UUID, "Body"], ...] = ()
    apart: tuple[UUID, ...] = ()
    passed: tuple[Request, ...] = ()
    parted: datetime | None = None


_BODY: TypeAdapter[Body] = TypeAdapter(Body)


class LeadCodec:
    """KnownLead to bytes and back."""

    def encode(self, body: KnownLead) -> bytes:
        """The bytes: the same lead always gives the same. Of a merged lead only its parts: the rest follows."""
        if not body.parts:
            return to_json(self._told(body), exclude_none=True)
        shell = self._told(replace(given_away(body), quarantine=body.quarantine))
        parts = [(origin, self._told(part)) for origin, part in body.parts]
        return to_json({**shell, "parts": parts}, exclude_none=True)

    def _told(self, body: KnownLead) -> dict[str, Any]:
        evidence: dict[int, tuple[int, Evidence]] = {}  # by identity: one submission's values share their evidence
        stored: dict[str, Any] = {
            "begun": body.beginning,
            "fields": {name: [_stored(c, evidence) for c in values] for name, values in body.fields.items()},
            "evidence": None,
            "external": body.external_ids,
            "requests": body.requests,
            "acts": body.acts,
            "known": b64encode(b"".join(each.bytes for each in body.known_acts)).decode(),
            "marketing": body.marketing,
            "said": body.statements,
            "first": body.first_touch,
            "last": body.last_touch,
            "suspects": body.possible_duplicates,
            "aliases": body.aliases,
            "quarantine": body.quarantine,
            "activity_revision": body.activity_revision,
            "apart": body.apart,
            "passed": body.passed_on,
            "parted": body.parted_at,
        }
        stored["evidence"] = [each for _, each in evidence.values()]
        return {key: value for key, value in stored.items() if value}

    def decode(self, data: bytes) -> KnownLead:
        """The lead in `data`. Raises pydantic's ValidationError if they are not capture's own bytes."""
        return recomputed(self._read(_BODY.validate_json(data)))

    def _read(self, body: Body) -> KnownLead:
        ids = b64decode(body.known)
        return KnownLead(
            beginning=body.begun,
            fields=_fields(body),
            external_ids=body.external,
            requests=body.requests,
            acts=body.acts,
            known_acts=tuple(UUID(bytes=ids[i : i + 16]) for i in range(0, len(ids), 16)),
            marketing=body.marketing,
            statements=body.said,
            first_touch=body.first,
            last_touch=body.last,
            possible_duplicates=body.suspects,
            aliases=body.aliases,
            quarantine=body.quarantine,
            activity_revision=body.activity_revision,
            parts=tuple((origin, self._read(part)) for origin, part in body.parts),
            apart=body.apart,
            passed_on=body.passed,
            parted_at=body.parted,
        )


def _stored(value: Contribution, evidence: dict[int, tuple[int, Evidence]]) -> list[Any]:
    first = evidence.setdefault(id(value.first), (len(evidence), value.first))[0]
    best = evidence.setdefault(id(value.best), (len(evidence), value.best))[0]
    return [value.form, None if value.shown == value.form else value.shown, first, best, value.original]


def _fields(body: Body) -> Fields:
    return {
        name: tuple(
            Contribution(form, form if shown is None else shown, body.evidence[first], body.evidence[best], original)
            for form, shown, first, best, original in values
        )
        for name, values in body.fields.items()
    }
