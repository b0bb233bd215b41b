"""What holds of promises that are counted anew, whatever the calendars: alone, and within any lead's story."""

import os
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any
from uuid import UUID

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from leadline_runtime.calendars import Calendars
from leadline_runtime.core.calendar import Calendar, due, open_fractions
from leadline_schemas.activity import Activity
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.routed import LeadRouted
from leadline_schemas.vocabulary import ClockMode
from leadline_sla_monitor.core.promise import Promise, Status
from leadline_sla_monitor.core.recount import recounted
from tests.support.other_calendars import calendars as changed_calendars
from tests.support.other_calendars import order, rules_by
from tests.support.sla_story import DAY, MINUTE, Story
from tests.unit.runtime.test_calendar_laws import calendars
from tests.unit.sla_monitor.test_laws import START, Script, scripts

laws = settings(max_examples=int(os.environ.get("LEADLINE_SLA_EXAMPLES", "25")), deadline=None)
LEVELS = (50, 80)
MODES: tuple[ClockMode, ...] = ("working", "wall", "wall_rolled")
ENDED: tuple[Status, ...] = ("met", "breached", "late", "retracted", "cancelled")
Happened = LeadCaptured | LeadRouted | Activity


@st.composite
def armed(draw: st.DrawFn) -> tuple[Promise, Calendar, Calendar]:
    """A promise armed under one calendar, some of its warnings sent, and another calendar of that name."""
    old, _ = draw(calendars())
    other, _ = draw(calendars())
    new = replace(other, name=old.name, version="new")
    start = datetime.fromisoformat("2026-01-01T00:00:00Z") + timedelta(minutes=draw(st.integers(0, 2 * 525_600)))
    duration = timedelta(minutes=draw(st.integers(1, 3000)))
    mode = draw(st.sampled_from(MODES))
    due_at = due(old, start, duration, mode)
    shares = [Fraction(level, 100) for level in LEVELS]
    promise = Promise(
        clock="customer", target="first_call", lead=UUID(int=1), cycle=UUID(int=2), number=1, policy="demo", mode=mode,
        calendar=old.name, calendar_version="old", duration=duration, start=start, due_at=due_at,
        warnings=tuple(zip(LEVELS, open_fractions(old, start, due_at, shares), strict=True)),
        warned=draw(st.sampled_from([0, 50, 80])),
    )  # fmt: skip
    return promise, old, new


def by(promise: Promise, calendar: Calendar, now: datetime) -> Promise:
    return recounted(promise, {calendar.name: calendar}, now)


def to_come(promise: Promise) -> list[tuple[int, datetime]]:
    return [(level, at) for level, at in promise.warnings if level > promise.warned]


minutes = st.integers(-600, 6000).map(lambda number: timedelta(minutes=number))


@laws
@given(armed(), minutes)
def test_under_its_own_calendar_nothing_moves(given_: tuple[Promise, Calendar, Calendar], later: timedelta) -> None:
    promise, old, _ = given_
    assert by(promise, old, promise.start + later) is promise


@laws
@given(armed(), minutes)
def test_there_and_back_it_is_due_when_it_was(given_: tuple[Promise, Calendar, Calendar], later: timedelta) -> None:
    promise, old, new = given_
    now = promise.start + later
    assume(promise.due_at > now)
    back = by(by(promise, new, now), old, now)
    assert (back.due_at, to_come(back)) == (promise.due_at, to_come(promise))


@laws
@given(armed(), minutes, minutes)
def test_twice_is_once(given_: tuple[Promise, Calendar, Calendar], later: timedelta, again: timedelta) -> None:
    promise, _, new = given_
    now = promise.start + later
    once = by(promise, new, now)
    assert by(once, new, now + abs(again)) is once


@laws
@given(armed(), minutes)
def test_it_moves_to_no_time_that_is_past(given_: tuple[Promise, Calendar, Calendar], later: timedelta) -> None:
    promise, _, new = given_
    now = promise.start + later
    after = by(promise, new, now)
    assert after.due_at >= min(promise.due_at, now)
    assert after.due_at in (promise.due_at, now) or after.due_at == due(
        new, promise.start, promise.duration, promise.mode
    )
    assert after.warned == promise.warned, "what was sent stays sent"


@laws
@given(armed(), st.sampled_from(ENDED), minutes)
def test_what_is_not_open_stays(given_: tuple[Promise, Calendar, Calendar], status: Status, later: timedelta) -> None:
    promise, _, new = given_
    ended = replace(promise, status=status)
    assert by(ended, new, promise.start + later) is ended


SHORT_DAY = changed_calendars({"us_east": {"special": {"2026-03-10": ["09:00-10:40", "15:00-24:00"]}}}, "short")
LONG_WEEK = changed_calendars({"us_east": {"weekly": {"mon-sun": ["06:00-22:00"]}}}, "long")


@laws
@given(scripts, st.lists(st.tuples(st.integers(0, 300), st.sampled_from([SHORT_DAY, LONG_WEEK])), max_size=3))
def test_in_no_story_is_a_breach_early_or_doubled_or_a_warning_repeated(
    script: Script, moves: list[tuple[int, Calendars]]
) -> None:
    """Orders between what happens, each with its calendars in force by then."""
    timed: list[tuple[datetime, Happened, Calendars | None]] = []
    for number, (minute, ordered) in enumerate(moves):
        ordered_at = START + minute * MINUTE
        timed.append((ordered_at, order(f"order {number}", ordered, ordered_at), ordered))
    for event in script.events():
        at = event.occurred_at if isinstance(event, Activity) else event.basis.decided_at
        timed.append((at, event, None))
    story = Story(START)
    for at, event, found in sorted(timed, key=lambda each: each[0]):
        story.until(at)
        story.rules = rules_by(found) if found is not None else story.rules
        story.reads(event, max(at, story.now))
    story.until(story.now + 20 * DAY)
    for each in story.told:
        if each.kind in {"breached", "lapsed"}:
            assert each.detected_at >= each.due_at == each.occurred_at
        if each.kind == "moved":
            assert each.due_before is not None and each.due_at >= min(each.due_before, each.detected_at)
    broken = Counter((e.clock, e.cycle, e.assignment, e.target) for e in story.told if e.kind in {"breached", "lapsed"})
    warned = Counter((e.cycle, e.target, e.level) for e in story.told if e.kind == "warned")
    assert max(broken.values(), default=1) == max(warned.values(), default=1) == 1
    assert len({e.sla_id for e in story.told}) == len(story.told)
    whole: list[Any] = [each.event for each in story.emitted]
    assert [each.revision for each in whole] == list(range(1, len(whole) + 1))
    last = {(e.clock, e.cycle if e.clock != "owner" else e.assignment, e.target): e.kind for e in story.told}
    assert not {"armed", "warned", "moved"} & set(last.values()), "every promise ends"
