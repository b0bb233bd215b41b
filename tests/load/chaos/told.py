"""The events of the lead-keyed topics, each once, in the order in which they first appeared (I3)."""

from dataclasses import dataclass
from typing import Any

from tests.load.chaos.history import Evidence, Raw, parsed
from tests.load.chaos.verdict import Verdict

WRITER = {
    "lead.captured": "capture", "lead.activity": "capture", "lead.enriched": "enrich", "lead.scored": "score",
    "lead.routed": "route", "lead.sla": "sla-monitor",
}  # fmt: skip
# Capture writes a lead from any lane under the lock of its row, so what it publishes may appear out of order.
ANY_ORDER = {"lead.captured", "lead.activity"}


@dataclass(frozen=True, slots=True)
class Event:
    """An event: the lead, its revision, the decoded body, and Kafka's time of its first appearance."""

    lead: str
    revision: int
    body: dict[str, Any]
    at: float


Told = dict[str, list[Event]]


def events_of(evidence: Evidence, verdict: Verdict) -> Told:
    """Every event once; what contradicts I3 goes into the verdict."""
    told: Told = {}
    lanes: dict[str, int] = {}
    repeats = 0
    for topic in WRITER:
        first: dict[tuple[str, int], Raw] = {}
        newest: dict[str, int] = {}
        told[topic] = []
        for raw in evidence.records.get(topic, ()):
            body = parsed(raw.value)
            place = (raw.key, int(body["revision"]))
            if lanes.setdefault(raw.key, raw.partition) != raw.partition:
                verdict.add(
                    "other", "I3", f"{topic}: lead {raw.key} is in partitions {lanes[raw.key]}, {raw.partition}"
                )
            if place in first:
                repeats += 1
                _repeated(verdict, topic, first[place], raw)
                continue
            if topic not in ANY_ORDER and place[1] != newest.get(raw.key, 0) + 1:
                verdict.add("other", "I3", f"{topic}: lead {raw.key}: {place[1]} came after {newest.get(raw.key, 0)}")
            newest[raw.key] = max(place[1], newest.get(raw.key, 0))
            first[place] = raw
            told[topic].append(Event(*place, body, raw.at))
        told[topic] = _whole(evidence, verdict, topic, told[topic])
    verdict.numbers["events"] = sum(map(len, told.values()))
    verdict.numbers["repeats"] = repeats
    return told


def _repeated(verdict: Verdict, topic: str, first: Raw, again: Raw) -> None:
    if (first.value, first.headers) != (again.value, again.headers):
        verdict.add(
            "doubled", "I3", f"{topic}: lead {again.key} revision {parsed(again.value)['revision']} is two events"
        )


def _whole(evidence: Evidence, verdict: Verdict, topic: str, found: list[Event]) -> list[Event]:
    """What a service decided (it counts its events in its state) is in Kafka, all of it, and nothing else."""
    decided: dict[str, int] = {}
    if topic == "lead.activity":  # counted inside capture's state: it can be seen that none is missing in between
        for event in found:
            decided[event.lead] = max(event.revision, decided.get(event.lead, 0))
    else:
        decided = {row["lead_id"]: row["revision"] for row in evidence.tables.get(f"{WRITER[topic]}.state", ())}
    there = {(event.lead, event.revision) for event in found}
    for lead, revision in decided.items():
        for missing in (n for n in range(1, revision + 1) if (lead, n) not in there):
            verdict.add("lost", "I6", f"{topic}: lead {lead} revision {missing} was decided and is not in Kafka")
    known = [event for event in found if event.revision <= decided.get(event.lead, 0)]
    if not evidence.run.get("live"):
        for event in found:
            if event.revision > decided.get(event.lead, 0):
                what = f"{topic}: lead {event.lead} revision {event.revision} is in Kafka and was never decided"
                verdict.add("other", "I6", what)
    return known


def newest(told: list[Event]) -> dict[str, Event]:
    """Each lead's event of the highest revision."""
    found: dict[str, Event] = {}
    for event in told:
        if event.lead not in found or event.revision > found[event.lead].revision:
            found[event.lead] = event
    return found
