"""Promises: armed for every request, broken at most once, never early, never forgotten, kept if answered (I8-I10)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from tests.load.chaos.history import Evidence
from tests.load.chaos.told import Event, Told, newest
from tests.load.chaos.verdict import Verdict

BROKEN = {"breached", "lapsed"}
ENDS = {"met", "cancelled", "resolved_late", "breach_retracted", *BROKEN}
SLACK_S = 3.0  # how long after due (and its grace) a verdict may take while a machine is busy
CLOCKS_APART_S = 0.005  # Kafka's times are whole milliseconds
Key = tuple[Any, ...]


def instant(text: str) -> datetime:
    """An instant of an event."""
    return datetime.fromisoformat(text)


def check_promises(evidence: Evidence, told: Told, verdict: Verdict) -> None:
    """Every promise by itself, and that each request that reached somebody was promised something."""
    lives: dict[Key, list[Event]] = defaultdict(list)
    for event in told["lead.sla"]:
        lives[_key(event)].append(event)
    answers: dict[str, list[datetime]] = defaultdict(list)
    for event in told["lead.activity"]:
        act = event.body["activity"]
        # All answers of a run are e-mails of a person, which answer every promise of the run's rules.
        if act["kind"] == "email.sent" and act["actor"]["kind"] == "person" and not act.get("automated"):
            answers[event.lead].append(instant(act["occurred_at"]))
    check = _Promises(evidence, verdict, answers)
    for life in lives.values():
        check.life(sorted(life, key=lambda event: event.revision))
    _check_armed(told, set(lives), verdict)
    verdict.numbers["promises"] = len(lives)
    verdict.numbers["breaches"] = sum(e.body["kind"] in BROKEN for e in told["lead.sla"])
    verdict.numbers["retractions"] = sum(e.body["kind"] == "breach_retracted" for e in told["lead.sla"])


def _key(event: Event) -> Key:
    body = event.body
    owners = body["clock"] == "owner"
    return (event.lead, body["clock"], body["target"], body.get("assignment") if owners else body["cycle"])


def _check_armed(told: Told, keys: set[Key], verdict: Verdict) -> None:
    """Each request has a clock of the system; each lead that is somebody's to answer has one of the customer."""
    with_customer = {(key[0], key[3]) for key in keys if key[1] == "customer"}
    with_decision = {(key[0], key[3]) for key in keys if key[1] == "decision"}
    for lead, event in newest(told["lead.captured"]).items():
        if "quarantine" in event.body:
            continue
        for request in event.body.get("requests", ()):
            if (lead, request["id"]) not in with_decision:
                verdict.add("breaches missed", "I9", f"lead {lead}: request {request['id']} has no decision clock")
    leads_with_customer = {lead for lead, _ in with_customer}
    for lead, event in newest(told["lead.routed"]).items():
        if event.body["outcome"] in ("person", "queue", "held") and lead not in leads_with_customer:
            verdict.add("breaches missed", "I9", f"lead {lead} is {event.body['outcome']} and promised nothing")


class _Promises:
    """Judges the life of one promise after the other."""

    def __init__(self, evidence: Evidence, verdict: Verdict, answers: dict[str, list[datetime]]) -> None:
        self.verdict, self.answers, self.grace = verdict, answers, float(evidence.run.get("grace_s", 0))
        row = next(iter(evidence.tables.get("clock", ())), None)
        self.ahead = row["at"] - row["set_at"] if row else 0.0  # the pipeline's time less the machine's
        self.over_at = evidence.run.get("over_at", float("inf"))  # when the monitor stopped, by the machine's time

    def life(self, life: list[Event]) -> None:
        """All events of one promise, by revision."""
        broken = [event for event in life if event.body["kind"] in BROKEN]
        name = " ".join(map(str, _key(life[0])))
        if len(broken) > 1:
            self.verdict.add("breaches doubled", "I8", name)
        for event in broken:
            self._not_early(event, name)
        if life[0].body["kind"] != "armed":
            self.verdict.add("other", "I9", f"{name} was never armed")
            return
        self._ended(life, name)
        if life[0].body["clock"] == "customer":
            self._true(life, name)

    def _not_early(self, event: Event, name: str) -> None:
        body = event.body
        due = instant(body["due_at"])
        if instant(body["detected_at"]) < due or instant(body["occurred_at"]) != due:
            self.verdict.add("breaches early", "I10", f"{name}: due {due}, detected {body['detected_at']}")
        if event.at < due.timestamp() - self.ahead - CLOCKS_APART_S:
            early = due.timestamp() - self.ahead - event.at
            self.verdict.add("breaches early", "I10", f"{name}: in Kafka {early:.3f} s before it was due")

    def _ended(self, life: list[Event], name: str) -> None:
        due = max(instant(event.body["due_at"]) for event in life).timestamp() - self.ahead
        if life[-1].body["kind"] not in ENDS and due + self.grace + SLACK_S < self.over_at:
            self.verdict.add("breaches missed", "I9", f"{name}: due {self.over_at - due:.1f} s before the end")

    def _true(self, life: list[Event], name: str) -> None:
        """An answer in time and a breach that stands, or no answer and a kept promise: both are lies."""
        kinds = [event.body["kind"] for event in life]
        if any(kind == "cancelled" for kind in kinds):
            return
        start, due = instant(life[0].body["start"]), instant(life[0].body["due_at"])
        answered = _any_between(self.answers.get(life[0].lead, ()), start, due)
        stands = kinds[-1] if kinds[-1] in ENDS else None
        if answered and stands in ("breached", "resolved_late"):
            self.verdict.add("other", "I9", f"{name} was answered in time and {stands}")
        if not answered and stands in ("met", "breach_retracted"):
            self.verdict.add("breaches missed", "I9", f"{name} was not answered in time and {stands}")


def _any_between(instants: Iterable[datetime], start: datetime, due: datetime) -> bool:
    return any(start <= at <= due for at in instants)
