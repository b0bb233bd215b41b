"""Nothing accepted is lost, nothing has two outcomes (I1, I2, I4, I5), and what is poison is kept whole (I12)."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl
from uuid import UUID, uuid5

from tests.load.chaos.history import Evidence, Raw, parsed
from tests.load.chaos.told import Event, Told, newest
from tests.load.chaos.verdict import Verdict

# The name space of all derived ids and the ways they are made (loop.md section 1), written down here once more.
NAMESPACE = UUID("6f1a5a0e-53c1-5d0c-9a53-1ead11e0a001")
LETTER_SAYS = (
    "service", "step", "failure_class", "failure", "topic", "partition", "offset", "attempts", "code",
    "rules_version", "rules_digest", "rejected_at",
)  # fmt: skip
Submissions = dict[str, list[Raw]]


def derived(*parts: object) -> str:
    """An id that is a function of its cause."""
    return str(uuid5(NAMESPACE, "\n".join(map(str, parts))))


def submission_of(raw: Raw) -> str:
    """The id of the submission that a record of lead.received carries."""
    if raw.header("ce_type") == "leadline.lead.received":
        return raw.header("ce_id")  # its key may be another: what shall stay in order has one in common
    if raw.header("ce_id"):
        return derived("submission", raw.header("ce_source"), raw.header("ce_id"))
    body = parsed(raw.value)
    if isinstance(body, dict) and "specversion" in body and "id" in body:
        return derived("submission", body["source"], body["id"])
    return derived("position", raw.topic, raw.partition, raw.offset)


def marker_of(raw: Raw) -> str | None:
    """The marker in the body of a submission."""
    body = parsed(raw.value)
    if raw.header("ce_type") == "leadline.lead.received":
        if body["content_type"].startswith("application/x-www-form-urlencoded"):
            return dict(parse_qsl(body["body"])).get("form_name")
        body = parsed(body["body"].encode())
    elif isinstance(body, dict) and "specversion" in body:
        body = body.get("data")
    if not isinstance(body, dict):
        return None
    found = body.get("source_detail") or body.get("messageId") or body.get("name")
    return found if isinstance(found, str) else None


def check_intake(evidence: Evidence, told: Told, verdict: Verdict) -> None:
    """Every ok of the client's log, and every record of lead.received, has exactly one outcome."""
    received: Submissions = defaultdict(list)
    markers: dict[str, set[str]] = defaultdict(set)
    for raw in evidence.records.get("lead.received", ()):
        received[submission_of(raw)].append(raw)
        if marker := marker_of(raw):
            markers[marker].add(submission_of(raw))
    letters = check_letters(evidence, verdict)
    _check_journal(evidence, received, markers, verdict)
    for marker, ids in markers.items():
        if marker.startswith("op-") and len(ids) > 1:
            verdict.add("doubled", "I1", f"{marker} is {len(ids)} submissions")
    _Outcomes(evidence, told, verdict, letters).check(received)


def _check_journal(
    evidence: Evidence, received: Submissions, markers: Mapping[str, set[str]], verdict: Verdict
) -> None:
    accepted: set[str] = set()
    answers: dict[str, set[str]] = defaultdict(set)
    at = {(raw.partition, raw.offset): raw for raw in evidence.records.get("lead.received", ())}
    for line in evidence.journal:
        if line["event"] != "ok":
            continue
        if "submission" in line:
            if line["submission"] not in received:
                verdict.add("lost", "I1", f"{line['marker']} was answered 202 and is not in Kafka")
        elif line["way"] == "tracking":
            if line["marker"] not in markers:
                verdict.add("lost", "I1", f"{line['marker']} was answered 200 and is not in Kafka")
        elif (line["partition"], line["offset"]) not in at:
            verdict.add("lost", "I1", f"{line['marker']} was acknowledged by Kafka and is gone")
        if line["kind"] == "lead":
            accepted.add(line["marker"])
        if line["way"] in ("named", "batch"):
            answers[line["marker"]].add(line["submission"])
        if line["kind"] == "other_body" and _took(evidence, line["marker"]):
            verdict.add("doubled", "I4", f"{line['marker']}: one Idempotency-Key, two bodies accepted")
    for marker, ids in answers.items():
        if len(ids) > 1:
            verdict.add("doubled", "I4", f"{marker}: one Idempotency-Key, {len(ids)} answers")
    verdict.numbers["leads accepted"] = len(accepted)


def _took(evidence: Evidence, marker: str) -> bool:
    return any(e["event"] == "ok" and e["marker"] == marker and e["kind"] == "lead" for e in evidence.journal)


def check_letters(evidence: Evidence, verdict: Verdict) -> set[tuple[str, int, int]]:
    """Dead letters say all they must, are the records they say they are, and are only those that had to be."""
    poison = {
        ("lead.received", e["partition"], e["offset"])
        for e in evidence.journal
        if e["event"] == "ok" and e["kind"] == "poison"
    }
    unsure = any(e["event"] == "unknown" and e["kind"] == "poison" for e in evidence.journal)
    places = {(r.topic, r.partition, r.offset): r for name in evidence.records for r in evidence.records[name]}
    found: dict[tuple[str, int, int], Raw] = {}
    for letter in (r for name, records in evidence.records.items() if name.startswith("dlq.") for r in records):
        missing = [name for name in LETTER_SAYS if not letter.header(f"dl_{name}")]
        if missing:
            verdict.add("other", "I12", f"a letter in {letter.topic} does not say {', '.join(missing)}")
            continue
        place = (letter.header("dl_topic"), int(letter.header("dl_partition")), int(letter.header("dl_offset")))
        original = places.get(place)
        if original is None or (original.value, original.key) != (letter.value, letter.key):
            verdict.add("other", "I12", f"the letter of {place} is not that record")
        elif letter.headers[: len(original.headers)] != original.headers:
            verdict.add("other", "I12", f"the letter of {place} lost headers")
        if place in found and found[place].headers != letter.headers:
            verdict.add("doubled", "I12", f"{place} has two letters")
        nameless = place[0] == "lead.received" and original is not None and marker_of(original) is None
        if place not in poison and not (unsure and nameless):
            verdict.add("unexpected dead letters", "I12", f"{place}: {letter.header('dl_failure_class')}")
        found[place] = letter
    for place in poison - set(found):
        verdict.add("lost", "I12", f"poison at {place} is no dead letter")
    verdict.numbers["dead letters"] = len(found)
    return set(found)


class _Outcomes:
    """From a submission to what became of it."""

    def __init__(self, evidence: Evidence, told: Told, verdict: Verdict, letters: set[tuple[str, int, int]]) -> None:
        self.verdict, self.letters = verdict, letters
        self.rows = {row["submission_id"]: row for row in evidence.tables.get("submission", ())}
        self.captured: dict[str, list[Event]] = defaultdict(list)
        for event in told["lead.captured"]:
            self.captured[event.body.get("submission_id", "")].append(event)
        self.acts: dict[str, list[Event]] = defaultdict(list)
        for event in told["lead.activity"]:
            self.acts[event.body["activity"]["id"]].append(event)
        self.held = {row["act_id"] for row in evidence.tables.get("held", ())}
        self.routed = {
            lead: {r["id"] for r in event.body.get("requests", ())}
            for lead, event in newest(told["lead.routed"]).items()
        }
        self.apart = {lead for lead, e in newest(told["lead.captured"]).items() if "quarantine" in e.body}

    def check(self, received: Submissions) -> None:
        """Each submission has one outcome, each person is one lead."""
        people: dict[str, set[str]] = defaultdict(set)
        for submission, records in received.items():
            row = self.rows.get(submission)
            dead = [r for r in records if (r.topic, r.partition, r.offset) in self.letters]
            name = f"{marker_of(records[0])} ({submission})"
            if row is None and not dead:
                self.verdict.add("lost", "I1", f"{name} has no outcome")
            elif row is not None and len(dead) == len(records):
                self.verdict.add("doubled", "I1", f"{name} has an outcome and is a dead letter")
            elif row is not None:
                self._outcome(submission, row, name)
        for event in (e for events in self.captured.values() for e in events):
            lead = event.body["lead"]
            if "email" in lead and event.lead not in self.apart:
                people[lead["email"]].add(event.lead)
        for leads in (leads for leads in people.values() if len(leads) > 1):
            self.verdict.add("doubled", "I4", f"one person is {len(leads)} leads: {', '.join(sorted(leads))}")
        for lead in self.apart & set(self.routed):
            self.verdict.add("other", "I1", f"lead {lead} is kept apart and routed")
        self.verdict.numbers["leads"] = len({e.lead for events in self.captured.values() for e in events})

    def _outcome(self, submission: str, row: Any, name: str) -> None:
        outcome, lead = row["outcome"], row["lead_id"]
        if outcome in ("created", "merged_into", "quarantined"):
            self._captured(submission, lead, name)
        elif outcome in ("attached", "held"):
            told = self.acts.get(submission, [])
            if len(told) > 1:
                self.verdict.add("doubled", "I1", f"{name} is {len(told)} acts")
            elif not told and (outcome == "attached" or submission not in self.held):
                self.verdict.add("lost", "I1", f"{name} was {outcome} and is no act")

    def _captured(self, submission: str, lead: str, name: str) -> None:
        told = [e for e in self.captured.get(submission, ()) if e.body["outcome"] != "updated"]
        if len(told) > 1:
            self.verdict.add("doubled", "I1", f"{name} was captured {len(told)} times")
        elif not told or told[0].lead != lead:
            self.verdict.add("lost", "I1", f"{name} was decided and never captured")
        elif lead not in self.apart and derived("request", submission) not in self.routed.get(lead, ()):
            self.verdict.add("lost", "I1", f"{name} was captured and has no outcome of routing")
