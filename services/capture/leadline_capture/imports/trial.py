"""A dry run: capture's own decision on every row, over what is stored now; nothing is written anywhere."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final, Literal
from uuid import UUID

from leadline_capture.core.csv_lead import Imported
from leadline_capture.decide import decide
from leadline_capture.imports.trial_store import TrialStore
from leadline_capture.reading import read_all
from leadline_capture.rules import CaptureRules
from leadline_capture.view import CaptureView
from leadline_runtime.core.values import dataclass
from leadline_runtime.decision import Decision, Grounds
from leadline_runtime.items import Record
from leadline_runtime.outcomes import Never
from leadline_runtime.rules import LoadedRules
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.ids import key_bytes, submission_id_of_key
from leadline_schemas.received import Authentication, LeadReceived
from leadline_schemas.topics import LEAD_RECEIVED

Kind = Literal["new", "merged", "duplicate_in_file", "known", "quarantined", "rejected"]
KINDS: Final[tuple[Kind, ...]] = Kind.__args__  # type: ignore[attr-defined]
_BATCH: Final = 300
_SAMPLES: Final = 5


@dataclass(frozen=True, slots=True)
class Sender:
    """The key with which the rows would come: whose they would be, and whether its word counts for ids and owners."""

    source: str = "import"
    key_id: str = "dry-run"
    trusted: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    """One row of a kind. `says`: in words, of no value; the reasons of a rejected row."""

    row: int
    line: int
    says: str


@dataclass
class Tally:
    """The result. `alike`: new leads that look like a stored one. `reasons`: of quarantine. `changes`: how often each
    field of a stored lead would change."""

    rows: int = 0
    noted: int = 0
    alike: int = 0
    counts: Counter[Kind] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    changes: Counter[str] = field(default_factory=Counter)
    samples: dict[Kind, list[Sample]] = field(default_factory=dict)

    def add(self, row: Imported, kind: Kind, says: str) -> None:
        """Count a row."""
        self.rows += 1
        self.counts[kind] += 1
        self.noted += kind != "rejected" and bool(row.notes)
        samples = self.samples.setdefault(kind, [])
        if len(samples) < _SAMPLES:
            samples.append(Sample(row.row, row.line, says))


class Trial:
    """A dry run of one file."""

    def __init__(self, store: TrialStore, rules: LoadedRules[CaptureRules], sender: Sender, now: datetime) -> None:
        self._store, self._rules, self._now = store, rules, now
        self._source = sender.source
        self._authentication = Authentication(method="api_key", key_id=sender.key_id, trusted=sender.trusted)
        self.tally = Tally()

    async def take(self, rows: Iterable[Imported]) -> bool:
        """The next rows; False when there are no more. Raises DatabaseTrouble."""
        batch = list(islice(rows, _BATCH))
        records = {row.row: self._record(row) for row in batch if row.payload is not None}
        parsed = read_all(records.values(), self._rules.rules, self._now)
        view = await self._store.read(parsed, self._rules.rules.tables.lookalikes, self._now)
        changed: set[UUID] = set()
        made: set[UUID] = set()
        for row in batch:
            if row.row not in records:
                self.tally.add(row, "rejected", "; ".join(row.notes))
                continue
            self._decide(row, records[row.row], view, (changed, made))
        self._store.write(view, changed, made)
        return bool(batch)

    def _decide(
        self, row: Imported, record: Record[LeadReceived], view: CaptureView, touched: tuple[set[UUID], set[UUID]]
    ) -> None:
        changed, made = touched
        rules = self._rules
        grounds = Grounds(self._now, None, rules.rules, rules.ref, "dry-run", record)
        try:
            decision = decide(record, None, view, grounds)
        except Never as never:
            self.tally.add(row, "rejected", str(never))
            return
        if decision.delta is None:
            self.tally.add(row, "known", "the same row came before: nothing would change")
            return
        view.apply(decision.delta)
        changed.update(decision.states)
        self._count(row, decision, made)

    def _count(self, row: Imported, decision: Decision[Any], made: set[UUID]) -> None:
        submitted, tally = decision.delta.submitted, self.tally
        told = next((each.event for each in decision.events if isinstance(each.event, LeadCaptured)), None)
        lead_id = submitted.lead_id
        if submitted.outcome == "created":
            made.add(lead_id)
            likened = decision.delta.likened
            known = [o for o in (likened.suggested if likened else ()) if not self._made(o.lead_id, made)]
            tally.alike += bool(known)
            tally.add(row, "new", "a new lead")
        elif submitted.outcome == "quarantined":
            tally.reasons[submitted.reason or ""] += 1
            tally.add(row, "quarantined", submitted.reason or "")
        elif lead_id is None or told is None:
            tally.add(row, "known", "nothing would change")
        elif self._made(lead_id, made):
            tally.add(row, "duplicate_in_file", f"the lead of an earlier row, by {told.match}")
        else:
            tally.changes.update(told.fields_changed)
            changes = ", ".join(told.fields_changed) or "nothing but its history"
            tally.add(row, "merged", f"lead {lead_id}, by {told.match}; changes {changes}")

    def _made(self, lead_id: UUID, made: set[UUID]) -> bool:
        return lead_id in made or self._store.made(lead_id)

    def received(self, row: Imported) -> LeadReceived:
        """The row as the door would write it."""
        assert row.payload is not None, "a row that was rejected is never sent"
        body = json.dumps(row.payload, ensure_ascii=False, separators=(",", ":"))
        return LeadReceived(
            submission_id=submission_id_of_key(self._source, row.payload["id"]),
            way="leads",
            source=self._source,
            received_at=self._now + timedelta(microseconds=row.row),  # a later row counts, as it will
            authentication=self._authentication,
            content_type="application/json",
            body=body,
            body_sha256=hashlib.sha256(body.encode()).hexdigest(),
            historical=bool(row.payload.get("historical")),
        )

    def _record(self, row: Imported) -> Record[LeadReceived]:
        received = self.received(row)
        submission = received.submission_id
        return Record(LEAD_RECEIVED, 0, row.row, key_bytes(submission), b"", received, submission)


def told(tally: Tally) -> dict[str, Any]:
    """The result for programs: counts of every kind, in their order."""
    samples: dict[str, Sequence[dict[str, Any]]] = {
        kind: [{"row": one.row, "line": one.line, "says": one.says} for one in tally.samples.get(kind, ())]
        for kind in KINDS
    }
    return {
        "rows": tally.rows,
        **{kind: tally.counts[kind] for kind in KINDS},
        "noted": tally.noted,
        "new_but_alike": tally.alike,
        "quarantined_why": dict(tally.reasons),
        "fields_changed": dict(tally.changes.most_common()),
        "samples": samples,
    }
