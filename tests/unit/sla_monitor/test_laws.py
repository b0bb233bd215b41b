"""What holds of every story: order and repetition change no verdict, none is early, none is given twice."""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_schemas.activity import Activity
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.routed import LeadRouted
from leadline_sla_monitor.core.waiting import STALE_AFTER
from tests.support.golden import instant
from tests.support.sla_story import DAY, MINUTE, SECOND, Story, act, captured, request, routed

EXAMPLES = int(os.environ.get("LEADLINE_SLA_EXAMPLES", "25"))
START = instant("2026-03-10T14:00:00Z")  # a Tuesday, 10:00 in New York
TYPES = ("demo_request", "pricing_inquiry", "trial_signup", "content_download", "webinar_attended", "referral", "other")
KINDS = ("email.sent", "call.attempted", "call.connected", "chat.message", "meeting.booked", "meeting.no_show",
         "nurture.enrolled", "email.bounced", "stage.changed", "page.viewed")  # fmt: skip
Happened = LeadCaptured | LeadRouted | Activity
laws = settings(max_examples=EXAMPLES, deadline=None)
seconds = st.integers(0, 240).map(lambda n: n * 60) | st.integers(0, 600)


@dataclass(frozen=True)
class Done:
    """An act of a script: what, how long after the start, by whom."""

    kind: str
    after_s: int
    by: str | None


@dataclass(frozen=True)
class Script:
    """One lead: one or two requests, what routing made of them, what was done."""

    first: str
    second: str | None
    second_after_s: int
    outcome: str
    temperature: str
    grade: str
    done: tuple[Done, ...]

    def events(self) -> list[Happened]:
        """As events. Both snapshots hold all requests, as the newest do when older ones were read long ago."""
        requests = [request("r1", self.first, START)]
        if self.second is not None:
            requests.append(request("r2", self.second, START + self.second_after_s * SECOND))
        at = requests[-1].start + 2 * SECOND
        route: dict[str, Any] = {"outcome": self.outcome, "temperature": self.temperature, "grade": self.grade}
        found: list[Happened] = [captured(at, *requests, revision=2), routed(at, *requests, revision=2, **route)]
        for number, each in enumerate(self.done):
            more = {"stage": "disqualified"} if each.kind == "stage.changed" else {}
            found.append(act(f"act {number}", each.kind, START + each.after_s * SECOND, each.by, **more))
        return found


scripts = st.builds(
    Script,
    first=st.sampled_from(TYPES),
    second=st.none() | st.sampled_from(TYPES),
    second_after_s=seconds,
    outcome=st.sampled_from(["person", "person", "held", "nurture", "disqualified"]),
    temperature=st.sampled_from(["hot", "warm"]),
    grade=st.sampled_from(["A1", "C2"]),
    done=st.lists(
        st.builds(Done, st.sampled_from(KINDS), seconds, st.sampled_from(["ana", "ben", "automation", None])),
        max_size=5,
    ).map(tuple),
)


def read_at_once(events: Sequence[Happened]) -> Story:
    """All is read before anything can be judged; then time passes."""
    story = Story(START, horizon_at=START - SECOND)
    for event in events:
        story.reads(event)
    story.horizon_at = None
    story.until(START + 10 * DAY)
    return story


@laws
@given(scripts, st.data())
def test_order_and_repetition_before_judging_change_no_verdict(script: Script, data: st.DataObject) -> None:
    events = script.events()
    numbers = range(len(events))
    order = data.draw(st.permutations(numbers)) + data.draw(st.lists(st.sampled_from(numbers), max_size=4))
    assert read_at_once([events[n] for n in order]).verdicts() == read_at_once(events).verdicts()


@st.composite
def delays(draw: st.DrawFn) -> list[int]:
    """How many minutes after it happened each event of a script is read."""
    return draw(st.lists(st.integers(0, 90), min_size=7, max_size=7))


def read_as_it_comes(script: Script, delayed: list[int], horizon_known: bool = True) -> Story:
    """Each event is read some time after it happened, so in nearly any order."""
    timed = []
    for number, event in enumerate(script.events()):
        happened = event.occurred_at if isinstance(event, Activity) else event.basis.decided_at
        timed.append((happened + delayed[number] * MINUTE, number, event))
    story = Story(START, horizon_known=horizon_known)
    for at, _, event in sorted(timed, key=lambda each: each[:2]):
        story.reads(event, max(at, story.now))
    story.until(story.now + 10 * DAY)
    return story


@laws
@given(scripts, delays(), st.booleans())
def test_no_breach_is_early_or_doubled_and_each_is_taken_back_once_at_most(
    script: Script, delayed: list[int], horizon_known: bool
) -> None:
    story = read_as_it_comes(script, delayed, horizon_known)
    broken = [e for e in story.told if e.kind in {"breached", "lapsed"}]
    for breach in broken:
        assert breach.detected_at >= breach.due_at == breach.occurred_at
        assert horizon_known or breach.detected_at >= breach.due_at + MINUTE
        assert breach.provisional is not horizon_known
    assert max(Counter((e.clock, e.cycle, e.assignment, e.target, e.level) for e in broken).values(), default=1) == 1
    undone = Counter(e.supersedes for e in story.told if e.kind == "breach_retracted")
    assert max(undone.values(), default=1) == 1
    assert set(undone) <= {e.sla_id for e in broken}


@laws
@given(scripts, delays())
def test_every_promise_ends_and_every_event_is_told_once(script: Script, delayed: list[int]) -> None:
    story = read_as_it_comes(script, delayed)
    last = {(e.clock, e.cycle if e.clock != "owner" else e.assignment, e.target): e.kind for e in story.told}
    assert not {"armed", "warned"} & set(last.values())
    assert story.state.judge_at is None
    story.until(story.now + STALE_AFTER)
    assert story.state.timer_at is None
    assert len({e.sla_id for e in story.told}) == len(story.told)
    assert [e.revision for e in story.told] == list(range(1, len(story.told) + 1))


@laws
@given(scripts, delays())
def test_a_warning_is_never_after_the_due_time_nor_sent_twice(script: Script, delayed: list[int]) -> None:
    warned = [e for e in read_as_it_comes(script, delayed).told if e.kind == "warned"]
    assert all(e.start <= e.occurred_at <= e.detected_at < e.due_at for e in warned)
    assert max(Counter((e.cycle, e.target, e.level) for e in warned).values(), default=1) == 1
