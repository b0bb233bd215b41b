"""The events of the lead-keyed topics, each once, in the order in which they first appeared (I3)."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from tests.load.chaos.history import Evidence, Raw, parsed
from tests.load.chaos.verdict import Verdict

WRITER = {
    "lead.captured": "capture", "lead.activity": "capture", "lead.enriched": "enrich", "lead.scored": "score",
    "lead.routed": "route", "lead.sla": "sla-monitor", "lead.stage": "sla-monitor",
}  # fmt: skip
# The monitor numbers all that it tells of a lead in one sequence, whichever of its topics takes it.
ONE_SEQUENCE = ("lead.sla", "lead.stage")
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
            if topic not in ANY_ORDER and not _follows(topic, place[1], newest.get(raw.key, 0)):
                verdict.add("other", "I3", f"{topic}: lead {raw.key}: {place[1]} came after {newest.get(raw.key, 0)}")
            newest[raw.key] = max(place[1], newest.get(raw.key, 0))
            first[place] = raw
            told[topic].append(Event(*place, body, raw.at))
    for topics in (*((topic,) for topic in WRITER if topic not in ONE_SEQUENCE), ONE_SEQUENCE):
        _whole(evidence, verdict, topics, told)
    verdict.numbers["events"] = sum(map(len, told.values()))
    verdict.numbers["repeats"] = repeats
    return told


def _repeated(verdict: Verdict, topic: str, first: Raw, again: Raw) -> None:
    if (first.value, first.headers) != (again.value, again.headers):
        verdict.add(
            "doubled", "I3", f"{topic}: lead {again.key} revision {parsed(again.value)['revision']} is two events"
        )


def _follows(topic: str, revision: int, before: int) -> bool:
    return revision > before if topic in ONE_SEQUENCE else revision == before + 1


def _whole(evidence: Evidence, verdict: Verdict, topics: tuple[str, ...], told: Told) -> None:
    """What a service decided (it counts its events in its state) is in Kafka, all of it, once, and nothing else."""
    name, found = topics[0], [event for topic in topics for event in told[topic]]
    decided: dict[str, int] = {}
    if name == "lead.activity":  # counted inside capture's state: it can be seen that none is missing in between
        for event in found:
            decided[event.lead] = max(event.revision, decided.get(event.lead, 0))
    else:
        decided = {row["lead_id"]: row["revision"] for row in evidence.tables.get(f"{WRITER[name]}.state", ())}
    there = Counter((event.lead, event.revision) for event in found)
    for lead, revision in decided.items():
        for missing in (n for n in range(1, revision + 1) if (lead, n) not in there):
            verdict.add("lost", "I6", f"{name}: lead {lead} revision {missing} was decided and is not in Kafka")
    for lead, number in (place for place, times in there.items() if times > 1):
        verdict.add("doubled", "I3", f"{' and '.join(topics)}: lead {lead} revision {number} is in both")
    if not evidence.run.get("live"):
        for event in found:
            if event.revision > decided.get(event.lead, 0):
                what = f"{name}: lead {event.lead} revision {event.revision} is in Kafka and was never decided"
                verdict.add("other", "I6", what)
    for topic in topics:
        told[topic] = [event for event in told[topic] if event.revision <= decided.get(event.lead, 0)]


def newest(told: list[Event]) -> dict[str, Event]:
    """Each lead's event of the highest revision."""
    found: dict[str, Event] = {}
    for event in told:
        if event.lead not in found or event.revision > found[event.lead].revision:
            found[event.lead] = event
    return found
