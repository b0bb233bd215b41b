"""Leads told of by the SLA monitor's own decision, a line for each: a digest of the bytes said and kept of it.

Run as `python -m tests.support.told_clocks LEADS SEED`; the first line tells the form of the core that decided.
"""

import random
import sys
from collections.abc import Iterator
from datetime import datetime
from hashlib import sha256

from leadline_runtime.forms import core_form
from leadline_schemas.activity import Activity
from leadline_schemas.codec import encode
from leadline_sla_monitor.app import STEP
from tests.support.golden import instant
from tests.support.sla_story import DAY, MINUTE, Story, act, captured, quarantine, request, routed

START = instant("2026-03-10T14:00:00Z")  # a Tuesday, 10:00 in New York
TYPES = ("demo_request", "contact_sales", "content_download", "other", "inbound_call", "webinar_attended")
OUTCOMES = ("person", "person", "queue", "nurture", "disqualified")
BY_LEAD = ("email.replied", "page.viewed", "meeting.booked", "call.inbound_answered")
BY_US = ("email.sent", "call.attempted", "call.connected", "meeting.held", "nurture.enrolled", "assignment.accepted")
STAGES = ("SAL", "SQL", "opportunity", "customer", "nurture", "disqualified")
MINUTES_AT_MOST = 7 * 24 * 60


def main() -> None:
    """Tell of so many leads."""
    leads, seed = map(int, sys.argv[1:3])
    rng = random.Random(seed)
    stories = [_told(rng) for _ in range(leads)]
    print(core_form("leadline_sla_monitor"))
    for story in stories:
        digest = sha256()
        for at, state, _ in story.history:
            digest.update(STEP.body.encode(state.body))
            digest.update(repr((at, state.timer_at, state.judge_at, state.revision)).encode())
        for emit in story.emitted:
            digest.update(encode(emit.topic, emit.event, emit.carried))
        digest.update(repr(story.outcomes).encode())
        print(digest.hexdigest())


def _told(rng: random.Random) -> Story:
    """What it asked, how it was routed, what people and it did, read in any order; then a year passes."""
    story = Story(START)
    asked = request("r", rng.choice(TYPES), START)
    story.reads(captured(START, asked))
    outcome = rng.choice(OUTCOMES)
    story.reads(routed(START + MINUTE, asked, outcome=outcome, temperature=rng.choice(("hot", "warm", "cold"))))
    for event in _acts(rng):
        story.reads(event, story.now + rng.randrange(600) * MINUTE)
    if rng.random() < 0.2:
        story.reads(captured(story.now, asked, revision=2, quarantine=quarantine(story.now)))
    if rng.random() < 0.5:
        again = request("again", rng.choice(TYPES), story.now)
        story.reads(captured(story.now, asked, again, revision=3))
        story.reads(routed(story.now, asked, again, revision=2, assignment=2, owner="ben"))
    if rng.random() < 0.1:
        story.reads(captured(story.now, revision=4, outcome="tombstone"))
    story.until(START + 365 * DAY)
    return story


def _acts(rng: random.Random) -> Iterator[Activity]:
    for number in range(rng.randrange(7)):
        at, by = START + rng.randrange(MINUTES_AT_MOST) * MINUTE, rng.choice(("ana", "mia", "automation"))
        chosen = rng.randrange(5)
        if chosen == 0:
            yield act(f"{number}", rng.choice(BY_LEAD), at)
        elif chosen == 1:
            yield act(f"{number}", "stage.changed", at, by, stage=rng.choice(STAGES), reason="bad_timing")
        elif chosen == 2:
            yield act(f"{number}", "sla.paused", at, by, until=_later(rng, at), reason="call_me_after")
        else:
            yield act(f"{number}", rng.choice(BY_US), at, by)


def _later(rng: random.Random, at: datetime) -> datetime:
    return at + rng.randrange(1, 48) * 60 * MINUTE


if __name__ == "__main__":
    main()
