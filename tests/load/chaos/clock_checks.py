"""What must have been told of many armed clocks (I3, I8-I10): by the plan of who answered when, and raw records alone.

A verdict may be provisional only after the grace. While what is accepted has not all been read (a lag), none is final.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.load.chaos.history import Raw, parsed
from tests.load.chaos.verdict import Verdict

BROKEN = {"breached", "lapsed"}
APART_S = 0.005  # Kafka's times are whole milliseconds
Life = list[tuple[float, dict[str, Any]]]


@dataclass(frozen=True)
class Planned:
    """A promise of a lead: when it is due, and when it was answered, if ever."""

    due: datetime
    answered: datetime | None = None

    @property
    def in_time(self) -> bool:
        """Was it answered by its due time?"""
        return self.answered is not None and self.answered <= self.due


@dataclass(frozen=True)
class ClockRun:
    """What the run knows of itself. `plan`: by lead and clock. `settings`: how far the pipeline's time was ahead of the
    machine's from when on (both in seconds). `lags`: from when until when, by the pipeline's time, something accepted
    was kept from being read. `base`: the revision of the leads before the run."""

    plan: Mapping[tuple[str, str], Planned]
    settings: tuple[tuple[float, float], ...]
    lags: tuple[tuple[datetime, datetime], ...]
    grace_s: float
    base: int


def check_clocks(run: ClockRun, records: Iterable[Raw], verdict: Verdict) -> None:
    """Every planned promise, and that nothing else was told."""
    lives: dict[tuple[str, str], Life] = defaultdict(list)
    for at, body in _once(run, records, verdict):
        lives[body["lead_id"], body["clock"]].append((at, body))
    for key, planned in run.plan.items():
        _judge(run, " ".join(key), planned, lives.pop(key, []), verdict)
    for key in lives:
        verdict.add("other", "I9", f"{' '.join(key)} was never planned")
    verdict.numbers["promises"] = len(run.plan)


def _once(run: ClockRun, records: Iterable[Raw], verdict: Verdict) -> Iterable[tuple[float, dict[str, Any]]]:
    first: dict[tuple[str, int], Raw] = {}
    newest: dict[str, int] = {}
    repeats = 0
    for raw in records:
        body = parsed(raw.value)
        place = (raw.key, int(body["revision"]))
        if place in first:
            repeats += 1
            if (first[place].value, first[place].headers) != (raw.value, raw.headers):
                verdict.add("doubled", "I3", f"lead {raw.key} revision {place[1]} is two events")
            continue
        if place[1] != newest.get(raw.key, run.base) + 1:
            verdict.add("other", "I3", f"lead {raw.key}: {place[1]} came after {newest.get(raw.key, run.base)}")
        newest[raw.key] = place[1]
        first[place] = raw
        yield raw.at, body
    verdict.numbers["events"], verdict.numbers["repeats"] = len(first), repeats


def _judge(run: ClockRun, name: str, planned: Planned, life: Life, verdict: Verdict) -> None:
    broken = [(at, body) for at, body in life if body["kind"] in BROKEN]
    taken_back = [body for _, body in life if body["kind"] == "breach_retracted"]
    for what in ("breaches", "retractions", "provisional"):
        verdict.numbers.setdefault(what, 0)
    verdict.numbers["breaches"] += len(broken)
    verdict.numbers["retractions"] += len(taken_back)
    verdict.numbers["provisional"] += sum(body.get("provisional", False) for _, body in broken)
    if len(broken) > 1:
        verdict.add("breaches doubled", "I8", name)
    for at, body in broken:
        _allowed(run, name, planned, at, body, verdict)
    if planned.in_time:
        if len(taken_back) != len(broken):
            verdict.add("other", "I9", f"{name} was answered in time: broken {len(broken)} times, taken back"
                        f" {len(taken_back)} times")  # fmt: skip
        if not broken and not any(body["kind"] == "met" for _, body in life):
            verdict.add("breaches missed", "I9", f"{name} was answered in time, and that was never told")
    elif not broken:
        verdict.add("breaches missed", "I9", f"{name}, due {planned.due}")
    elif taken_back:
        verdict.add("breaches missed", "I9", f"{name} was not answered in time, and its breach was taken back")


def _allowed(
    run: ClockRun, name: str, planned: Planned, at: float, body: Mapping[str, Any], verdict: Verdict
) -> None:  # fmt: skip
    due, detected = datetime.fromisoformat(body["due_at"]), datetime.fromisoformat(body["detected_at"])
    if due != planned.due:
        verdict.add("other", "I9", f"{name} is due {planned.due}, and was broken as due {due}")
    ahead = max((ahead for since, ahead in run.settings if since <= at + APART_S), default=0.0)
    if detected < due or at + ahead < due.timestamp() - APART_S:
        verdict.add("breaches early", "I10", f"{name}: due {due}, detected {detected}")
    if body.get("provisional", False):
        if (detected - due).total_seconds() < run.grace_s:
            verdict.add("breaches early", "I10", f"{name} is provisional {detected - due} after it was due")
    elif any(begun <= due and detected < ended for begun, ended in run.lags):
        verdict.add("breaches early", "I10", f"{name} is final while not all was read that was accepted before {due}")
