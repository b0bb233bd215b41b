"""What holds of every story: order and repetition change no verdict, none is early, none is given twice."""

import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from leadline_runtime.core.pauses import due_with_pauses
from leadline_schemas.activity import Activity
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.routed import LeadRouted
from leadline_schemas.sla import LeadSla
from tests.support.golden import instant
from tests.support.sla_story import DAY, HOUR, MINUTE, SECOND, Story, act, captured, request, routed, shipped_rules

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
    """An act of a script: what, how long after the start, by whom; of an order to pause for how long and why."""

    kind: str
    after_s: int
    by: str | None
    for_s: int = 0
    reason: str | None = None

    def event(self, name: str) -> Activity:
        """The activity."""
        at, more = START + self.after_s * SECOND, dict[str, Any]()
        if self.kind == "stage.changed":
            more |= {"stage": "disqualified", "reason": "wrong_fit"}
        if self.kind == "sla.paused":
            more |= {"until": at + self.for_s * SECOND, "reason": self.reason}
        return act(name, self.kind, at, self.by, **more)


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
            found.append(each.event(f"act {number}"))
        return found


pauses = st.builds(
    Done,
    st.just("sla.paused"),
    seconds,
    st.sampled_from(["ana", "mia", "automation"]),
    st.integers(1, 48).map(lambda n: n * 1800),
    st.sampled_from(["call_me_after", "manager", "pending_opt_in", "busy"]),
)
resumes = st.builds(Done, st.just("sla.resumed"), seconds, st.just("ana"))
acts = st.builds(Done, st.sampled_from(KINDS), seconds, st.sampled_from(["ana", "ben", "automation", None]))
scripts = st.builds(
    Script,
    first=st.sampled_from(TYPES),
    second=st.none() | st.sampled_from(TYPES),
    second_after_s=seconds,
    outcome=st.sampled_from(["person", "person", "held", "nurture", "disqualified"]),
    temperature=st.sampled_from(["hot", "warm"]),
    grade=st.sampled_from(["A1", "C2"]),
    done=st.lists(acts | acts | pauses | resumes, max_size=5).map(tuple),
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
    assert verdicts(read_at_once([events[n] for n in order])) == verdicts(read_at_once(events))


def verdicts(story: Story) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """The last verdict on each promise. Of one that was kept the due time does not matter any more: it is that of when
    the answer was read, whatever is read of pauses before it."""
    kept = {"met", "breach_retracted"}
    return {
        key: (kind, at, None if kind in kept else due, act) for key, (kind, at, due, act) in story.verdicts().items()
    }


TAKEN_BACK = "breach_retracted"


@st.composite
def delays(draw: st.DrawFn) -> list[int]:
    """How many minutes after it happened each event of a script is read."""
    return draw(st.lists(st.integers(0, 90), min_size=8, max_size=8))


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
    undone = Counter(e.supersedes for e in story.told if e.kind == "breach_retracted")
    assert max(undone.values(), default=1) == 1
    assert set(undone) <= {e.sla_id for e in broken}
    standing: Counter[tuple[Any, ...]] = Counter()
    for e in story.told:  # one that a pause proved wrong may be followed by one at the due time that it moved
        if e.kind in {"breached", "lapsed", "breach_retracted"}:
            standing[e.clock, e.cycle, e.assignment, e.target] += 1 if e.kind != "breach_retracted" else -1
            assert set(standing.values()) <= {0, 1}
    again = Counter((e.clock, e.cycle, e.assignment, e.target) for e in broken)
    late = sum(e.kind == "breach_retracted" and e.reason == "paused" for e in story.told)
    assert sum(again.values()) - len(again) <= late


@laws
@given(scripts, delays())
def test_every_promise_ends_and_every_event_is_told_once(script: Script, delayed: list[int]) -> None:
    story = read_as_it_comes(script, delayed)
    events: list[LeadSla] = [each.event for each in story.emitted if isinstance(each.event, LeadSla)]
    last = {(e.clock, e.cycle if e.clock != "owner" else e.assignment, e.target): e.kind for e in story.told}
    assert not {"armed", "warned", "paused", "resumed"} & set(last.values())
    assert story.state.judge_at is None
    assert len({each.sla_id for each in events}) == len(events)
    whole: list[Any] = [each.event for each in story.emitted]
    assert [each.revision for each in whole] == list(range(1, len(whole) + 1))
    story.until(story.now + 400 * DAY)
    stands = story.state.body.life
    listed = stands.reachable and (stands.grade or "D")[0] in "AB"
    assert (story.state.timer_at is None) != listed, "archived, and looked at again for the quarter's list alone"


@laws
@given(scripts, delays())
def test_a_warning_is_never_after_the_due_time_nor_sent_twice(script: Script, delayed: list[int]) -> None:
    warned = [e for e in read_as_it_comes(script, delayed).told if e.kind == "warned"]
    assert all(e.start <= e.occurred_at <= e.detected_at < e.due_at for e in warned)
    assert max(Counter((e.cycle, e.target, e.level) for e in warned).values(), default=1) == 1


@laws
@given(st.lists(acts, max_size=2), st.lists(pauses | resumes, min_size=1, max_size=4), delays())
@example(
    [Done("email.sent", 0, "ana", 0, None), Done("email.sent", 181, "ana", 0, None)],
    [Done("sla.resumed", 0, "ana", 0, None)],
    [0, 0, 61, 57, 0, 0, 0, 0],
)
def test_what_becomes_of_a_promise_is_the_same_however_late_its_pauses_are_read(
    answers: list[Done], orders: list[Done], delayed: list[int]
) -> None:
    """Kept or broken, by which act: the truth of when all is read at once. A breach that was told by then stands only
    if it was one; what took it back is told once, and is not told anew if an earlier act is read after it."""
    done = tuple(each for each in (*answers, *orders) if each.kind not in {"stage.changed", "meeting.no_show"})
    script = Script("other", None, 0, "person", "hot", "C2", done)
    late, truth = (became(story) for story in (read_as_it_comes(script, delayed), read_at_once(script.events())))
    assert {key: kept for key, (kept, _) in late.items()} == {key: kept for key, (kept, _) in truth.items()}
    assert [key for key, (_, act) in late.items() if act not in (truth[key][1], TAKEN_BACK)] == []


def became(story: Story) -> dict[tuple[Any, ...], tuple[str, Any]]:
    """Of each promise to the customer whether it was kept, and by which act that was known."""
    kept = {"met": "kept", "breach_retracted": "kept", "breached": "broken", "resolved_late": "broken"}
    return {
        key: (kept[told[0]], TAKEN_BACK if told[0] == TAKEN_BACK else told[3])
        for key, told in story.verdicts().items()
        if key[0] == "customer"
    }


@laws
@given(st.lists(pauses, min_size=1, max_size=4), st.data())
def test_a_due_time_is_that_of_the_arithmetic_for_the_orders_that_are_allowed(
    orders: list[Done], data: st.DataObject
) -> None:
    """Until it is due an open promise has this due time, whatever the order in which they were read."""
    script = Script("other", None, 0, "person", "hot", "C2", tuple(orders))
    events = script.events()
    story = read_at_once([events[n] for n in data.draw(st.permutations(range(len(events))))])
    calendar = shipped_rules().rules.calendar("us_east")
    may = [o for o in orders if o.by == "mia" or o.reason != "manager"]
    may = [o for o in may if o.reason != "busy" and (o.by != "automation" or o.reason == "pending_opt_in")]
    spans = [(START + o.after_s * SECOND, START + (o.after_s + o.for_s) * SECOND) for o in may]
    (breach,) = story.of("first_touch", "breached")
    assert breach.due_at == due_with_pauses(calendar, START, HOUR, "working", spans)
