"""A small company for notify's tests: its rules, its leads' events, and what is decided on them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from leadline_notify.core.book import NotifyRules
from leadline_notify.core.known import Known
from leadline_notify.core.notices import Notice, Told
from leadline_notify.decide import decide
from leadline_notify.rules import SPEC, build
from leadline_notify.rules_file import FILE
from leadline_runtime.decision import Decision, Grounds, LeadState
from leadline_runtime.items import Record
from leadline_runtime.rules import read_yaml, rules_files
from leadline_schemas.codec import decode
from leadline_schemas.event import RulesRef
from leadline_schemas.ids import derived_id
from leadline_schemas.topics import LEAD_SLA, LEAD_STAGE
from leadline_schemas.views import ROUTED_TOLD

EXAMPLES = Path(__file__).parents[3] / "schemas" / "examples"
MONDAY = datetime(2026, 3, 9, 14, 0, tzinfo=UTC)  # ten o'clock in New York
NIGHT = datetime(2026, 3, 10, 3, 0, tzinfo=UTC)
LEAD = UUID("019cc545-9e40-828a-988d-2606b7e7acb1")
CONTACTS: Mapping[str, Any] = {
    "ana": {"mail": "ana@fieldline.example", "chat": "sales", "calendar": "us_east"},
    "ben": {"mail": "ben@fieldline.example", "calendar": "us_east"},
    "mia": {"mail": "mia@fieldline.example", "calendar": "us_east"},
    "crm": {"webhook": "crm", "calendar": "always"},
}
ENDPOINTS: Mapping[str, Any] = {
    "sales": {"channel": "chat", "url_secret": "sales"},
    "crm": {"channel": "webhook", "url": "https://crm.fieldline.example/hook", "secret": "crm"},
}


def contents() -> dict[str, Any]:
    """The files that ship, with the company's contacts."""
    found: dict[str, Any] = {
        name: read_yaml(name, path.read_text("utf-8")) for name, path in rules_files(SPEC, None).items()
    }
    found[FILE] |= {"contacts": dict(CONTACTS), "endpoints": dict(ENDPOINTS)}
    return found


@cache
def rules() -> NotifyRules:
    """Compiled."""
    return build(contents())


def changed(**parts: Any) -> NotifyRules:
    """The company's rules with some parts of notify.yaml replaced."""
    found = contents()
    found[FILE] = {**found[FILE], **parts}
    return build(found)


@dataclass
class Story:
    """One lead's events, one after the other, each decided as it comes."""

    rules: NotifyRules = field(default_factory=rules)
    now: datetime = MONDAY
    lead: UUID = LEAD
    state: LeadState[Known] | None = None
    revision: int = 0

    def routed(self, **fields: Any) -> Told:
        """A routed event; what is not given is as in the example of G3."""
        value = self._event("lead.routed/g3_round_robin", fields)
        return self.told(self.decided(ROUTED_TOLD, value))

    def sla(self, example: str, **fields: Any) -> Told:
        """What became of a promise."""
        return self.told(self.decided(LEAD_SLA, self._event(f"lead.sla/{example}", fields)))

    def stage(self, example: str, **fields: Any) -> Told:
        """What became of its stage."""
        return self.told(self.decided(LEAD_STAGE, self._event(f"lead.stage/{example}", fields)))

    def decided(self, topic: Any, value: bytes) -> Decision[Known]:
        """The decision on an event, whose state is kept."""
        record = self.record(topic, value)
        grounds = Grounds(self.now, None, self.rules, RulesRef(version="1", digest="1"), "test", record)
        made = decide(record, self.state, None, grounds)
        self.state = made.states.get(self.lead, self.state)
        return made

    def record(self, topic: Any, value: bytes) -> Record[Any]:
        """As it comes from Kafka; its event id is a function of its bytes."""
        return Record(topic, 0, self.revision, b"", value, decode(topic, value), derived_id("test", value))

    @staticmethod
    def told(decision: Decision[Known]) -> Told:
        assert isinstance(decision.delta, Told)
        return decision.delta

    def later(self, **time: float) -> None:
        """Time goes by."""
        self.now += timedelta(**time)

    def _event(self, example: str, fields: Mapping[str, Any]) -> bytes:
        self.revision += 1
        event = json.loads((EXAMPLES / f"{example}.json").read_text("utf-8"))
        event |= {"lead_id": str(self.lead), "revision": self.revision, **fields}
        event["basis"]["decided_at"] = fields.get("decided_at", self.now).isoformat()
        return json.dumps(event, default=str).encode()


def sent_to(told: Told | tuple[Notice, ...]) -> set[tuple[str, str, str]]:
    """Who is told what by which channel."""
    notices = told.notices if isinstance(told, Told) else told
    return {(each.recipient, each.channel, each.content.kind) for each in notices}
