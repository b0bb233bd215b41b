"""The report follows from the events alone, in any order and with any repeats: as a plain walk through them has it."""

import random
from collections import Counter
from datetime import datetime
from typing import Any
from uuid import uuid5

from hypothesis import given, settings
from hypothesis import strategies as some

from leadline_schemas.sla import LeadSla
from leadline_sla_monitor.core.report import By, Report, report
from leadline_sla_monitor.core.tallies import PARTS
from leadline_sla_monitor.core.told_of import ToldOf
from tests.support.golden import instant
from tests.support.sla_reports import as_read, folded
from tests.support.sla_story import (
    DAY,
    HOUR,
    MINUTE,
    NAMES,
    SECOND,
    Story,
    act,
    captured,
    request,
    routed,
)  # fmt: skip

START = instant("2026-03-10T14:00:00Z")
TYPES = ("demo_request", "trial_signup", "referral", "content_download", "contact_sales")
KINDS = (
    "email.sent",
    "call.attempted",
    "call.connected",
    "email.bounced",
    "consent.withdrawn",
    "nurture.enrolled",
    "sla.paused",
)


def a_lead(number: int, rng: random.Random) -> list[LeadSla]:
    """What is told of one lead of whom anything may be read in any order, late or in time."""
    start = START + rng.randrange(0, 48 * 60) * MINUTE
    asked = request(f"request {number}", rng.choice(TYPES), start)
    story = Story(start, horizon_known=rng.random() < 0.8)
    story.reads(captured(start, asked))
    outcome = rng.choice(["person", "person", "held", "nurture", "disqualified"])
    owner = rng.choice(["ana", "ben"]) if outcome == "person" else None
    at = start + rng.randrange(1, 30) * SECOND
    story.reads(routed(at, asked, outcome=outcome, owner=owner, temperature=rng.choice(["hot", "warm"])), at)
    for n in range(rng.randrange(0, 4)):
        read = story.now + rng.randrange(1, 300) * MINUTE
        happened = rng.choice([read, start + rng.randrange(1, 90) * MINUTE])
        by = rng.choice(["ana", "ben", "automation", None])
        kind = rng.choice(KINDS)
        at = min(happened, read)
        more: dict[str, dict[str, Any]] = {"consent.withdrawn": {"purpose": "respond", "channel": "any"},
                "sla.paused": {"reason": "call_me_after", "until": at + rng.randrange(1, 300) * MINUTE}}  # fmt: skip
        story.reads(act(f"{number} act {n}", kind, at, by, **more.get(kind, {})), read)
    story.until(story.now + rng.choice([HOUR, 3 * DAY]))
    return [each.model_copy(update={"lead_id": uuid5(NAMES, f"lead {number}")}) for each in story.told]


def plainly(events: list[ToldOf], since: datetime, until: datetime) -> dict[str, Counter[str]]:
    """The same by a walk through everything in the order in which it was decided, one promise after the other."""
    lives: dict[object, list[ToldOf]] = {}
    once = {(each.lead_id, each.revision): each for each in events}
    for each in sorted(once.values(), key=lambda one: (one.detected_at, one.revision)):
        if each.clock == "customer":
            lives.setdefault((each.cycle, each.target), []).append(each)
    found: dict[str, Counter[str]] = {}
    for life in lives.values():
        standing, came_late = "open", False
        for each in life:
            if each.kind in {"met", "breached", "cancelled"}:
                standing, came_late = each.kind, False
            elif each.kind == "armed":
                standing, came_late = "open", False
            elif each.kind == "breach_retracted":
                standing, came_late = "open" if each.reason == "paused" else "met", False
            elif each.kind == "resolved_late":
                came_late = True
        if since <= life[-1].due_at < until and standing != "cancelled":
            found.setdefault(life[-1].policy or "", Counter())[standing] += 1
            found[life[-1].policy or ""]["late"] += came_late
    return found


def counted(found: Report) -> dict[str, Counter[str]]:
    counts: dict[str, Counter[str]] = {}
    for (policy, _), kept in found.kept.items():
        told = Counter(met=kept.met, breached=kept.breached, open=kept.open, late=kept.late)
        counts[policy] = counts.get(policy, Counter()) + told
    return counts


@settings(max_examples=25)
@given(seed=some.integers(0, 2**32))
def test_any_order_and_any_repeats_give_what_a_plain_walk_gives(seed: int) -> None:
    rng = random.Random(seed)
    events = as_read([each for number in range(rng.randrange(1, 9)) for each in a_lead(number, rng)])
    since = START + rng.randrange(0, 48) * HOUR
    until = since + rng.randrange(1, 72) * HOUR
    expected = plainly(events, since, until)
    by: By = rng.choice(["policy", "owner", "source"])
    answers = []
    for _ in range(3):
        mixed = events + rng.choices(events, k=len(events))
        rng.shuffle(mixed)
        register = folded(mixed, since)
        found = report(register, until, "policy")
        assert counted(found) == {policy: +counts for policy, counts in expected.items()}
        answers.append(report(register, until, by))
    assert _sorted(answers[0]) == _sorted(answers[1]) == _sorted(answers[2])
    for speed in answers[0].speed.values():
        assert sum(sum(speed.times[kind]) for kind in PARTS) == sum(speed.times["wall"])


def _sorted(found: Report) -> object:
    """Of lists of times the order says nothing."""
    speeds = {group: ({k: sorted(t) for k, t in s.times.items()}, s.waiting) for group, s in found.speed.items()}
    return found.kept, found.whole, speeds, found.decisions, found.lapses, found.due_later
