"""Other calendars move no promise by themselves; by a person's order open ones are counted anew, once, and told."""

from datetime import datetime

from leadline_runtime.calendars import Calendars
from leadline_runtime.outcomes import DUPLICATE, dropped
from leadline_sla_monitor.core.calendar_order import WAITS
from tests.support.golden import instant
from tests.support.other_calendars import calendars, closed_in_new_york, order, rules_by
from tests.support.sla_story import DAY, HOUR, MINUTE, SECOND, Story, act, captured, named, request, routed

START = instant("2026-04-14T21:30:00Z")  # a Tuesday, half an hour before New York closes
EVENING = instant("2026-04-14T23:00:00Z")
WEDNESDAY, THURSDAY = instant("2026-04-15T13:30:00Z"), instant("2026-04-16T13:30:00Z")  # 09:30 there
DEMO = request("r", "demo_request", START)
SHIPPED, HOLIDAY = closed_in_new_york(version="2026-03-01"), closed_in_new_york("2026-04-15")


def asked() -> Story:
    """Asked at START, routed two seconds later, and nobody has answered."""
    story = Story(START)
    story.reads(captured(START, DEMO))
    story.reads(routed(START + 2 * SECOND, DEMO), START + 2 * SECOND)
    return story


def ordered(story: Story, found: Calendars, at: datetime, name: str = "order") -> Story:
    """These calendars come into force, and the lead's promises are ordered to be counted by them."""
    story.until(at)
    story.rules = rules_by(found)
    story.reads(order(name, found, at), at)
    return story


def test_a_holiday_that_nobody_ordered_moves_nothing() -> None:
    story = asked()
    story.rules = rules_by(HOLIDAY)
    story.until(THURSDAY)
    (breach,) = story.of("first_call", "breached")
    assert breach.due_at == WEDNESDAY and not [each for each in story.told if each.kind == "moved"]


def test_by_order_an_open_promise_is_due_a_day_later_and_says_from_when_and_by_which_calendar() -> None:
    story = ordered(asked(), HOLIDAY, EVENING)
    (moved,) = story.of("first_call", "moved")
    assert (moved.due_before, moved.due_at, moved.occurred_at) == (WEDNESDAY, THURSDAY, EVENING)
    assert (moved.ordered_by, moved.reason) == (named("order"), "calendar")
    assert moved.calendar_version is not None and moved.calendar_version.startswith("other (holidays ")
    assert [(each.start, each.end) for each in moved.skipped] == [
        (instant("2026-04-14T22:00:00Z"), instant("2026-04-16T13:00:00Z"))
    ]
    assert {each.target for each in story.told if each.kind == "moved"} == {"first_call"}, (
        "the e-mail was due in five minutes, before the order"
    )
    story.until(THURSDAY + HOUR)
    (breach,) = story.of("first_call", "breached")
    assert breach.due_at == THURSDAY


def test_a_warning_that_was_sent_is_not_sent_again_and_the_next_is_sent_when_it_is_due_now() -> None:
    story = ordered(asked(), HOLIDAY, EVENING)
    (moved,) = story.of("first_call", "moved")
    assert moved.warnings == {"80": instant("2026-04-16T13:18:00Z")}
    story.until(THURSDAY)
    warned = [(each.level, each.occurred_at) for each in story.of("first_call", "warned")]
    assert warned == [(50, instant("2026-04-14T22:00:00Z")), (80, instant("2026-04-16T13:18:00Z"))]


def test_ordered_twice_read_twice_or_read_again_from_the_beginning_it_moves_once() -> None:
    story = ordered(asked(), HOLIDAY, EVENING)
    told = len(story.told)
    assert story.reads(order("order", HOLIDAY, EVENING)) == DUPLICATE
    assert story.reads(order("by another", HOLIDAY, EVENING + MINUTE), EVENING + MINUTE) == dropped("kept")
    assert story.reads(order("order", HOLIDAY, EVENING)) == dropped("superseded")
    assert len(story.told) == told


def test_there_and_back_it_is_due_when_it_was_and_each_move_has_an_id_of_its_own() -> None:
    story = ordered(asked(), HOLIDAY, EVENING)
    ordered(story, SHIPPED, EVENING + HOUR, "back")
    ordered(story, HOLIDAY, EVENING + 2 * HOUR, "after all")
    moved = story.of("first_call", "moved")
    assert [each.due_at for each in moved] == [THURSDAY, WEDNESDAY, THURSDAY]
    assert len({each.sla_id for each in moved}) == 3


def test_an_order_waits_until_its_calendars_are_in_force_and_then_moves_by_them() -> None:
    story = asked()
    story.reads(order("order", HOLIDAY, EVENING), EVENING)
    assert not story.of("first_call", "moved")
    story.rules = rules_by(HOLIDAY)
    story.until(EVENING + MINUTE)
    (moved,) = story.of("first_call", "moved")
    assert moved.due_at == THURSDAY and EVENING < moved.detected_at <= EVENING + 5 * SECOND


def test_an_order_whose_calendars_never_come_is_given_up_and_moves_nothing_when_they_do_at_last() -> None:
    story = asked()
    story.reads(order("order", HOLIDAY, EVENING), EVENING)
    story.until(EVENING + WAITS + MINUTE)
    assert dropped("not_applied") in story.outcomes
    known = story.state.body.calendar_order
    assert known is not None and known.state == "refused"
    story.rules = rules_by(HOLIDAY)
    story.until(THURSDAY)
    assert not story.of("first_call", "moved") and story.of("first_call", "breached")


def test_an_order_that_waits_holds_up_no_verdict() -> None:
    story = asked()
    at = WEDNESDAY - MINUTE
    story.reads(order("order", HOLIDAY, at), at)
    story.until(WEDNESDAY)
    (breach,) = story.of("first_call", "breached")
    assert breach.detected_at == WEDNESDAY
    story.rules = rules_by(HOLIDAY)
    story.until(WEDNESDAY + HOUR)
    assert not story.of("first_call", "moved"), "a verdict stands"


def test_what_was_answered_or_broken_before_stays_as_it_was() -> None:
    story = asked()
    story.reads(act("a call", "call.connected", START + 5 * MINUTE, "ana"), START + 5 * MINUTE)
    ordered(story, HOLIDAY, EVENING)
    assert not [each for each in story.told if each.kind == "moved"]


def test_a_due_time_that_has_passed_by_the_new_calendar_becomes_that_of_the_order() -> None:
    """New York stays open until midnight: the call was due at 18:30 there, and it is 19:00."""
    late = calendars({"us_east": {"weekly": {"mon-fri": ["09:00-24:00"]}}})
    story = ordered(asked(), late, EVENING)
    (moved,) = story.of("first_call", "moved")
    (breach,) = story.of("first_call", "breached")
    assert moved.due_at == breach.due_at == breach.detected_at == EVENING, "never in the past, never early"
    assert story.told.index(moved) < story.told.index(breach)


def test_a_promise_whose_calendar_is_gone_stays_as_it_was_armed() -> None:
    gone = calendars({})
    without = Calendars({name: gone[name] for name in gone if name != "us_east"}, gone["always"], "without")
    story = ordered(asked(), without, EVENING)
    assert not [each for each in story.told if each.kind == "moved"]


def test_the_owner_s_clock_moves_too() -> None:
    half_day = calendars({"us_east": {"special": {"2026-04-14": ["09:00-17:35"]}}})
    story = ordered(asked(), half_day, START + MINUTE)
    (moved,) = story.of("owner_response", "moved")
    assert moved.due_before == START + 2 * SECOND + 15 * MINUTE
    assert moved.due_at == instant("2026-04-15T13:10:02Z")
    story.until(START + DAY)
    (lapse,) = story.of("owner_response", "lapsed")
    assert lapse.due_at == moved.due_at


def test_where_only_the_warnings_move_that_is_told_too() -> None:
    """24 hours of plain time, half of them warned of by open time: New York closes two hours earlier on Tuesday."""
    noon = instant("2026-04-14T16:00:00Z")
    other = request("o", "other", noon)
    story = Story(noon)
    story.reads(captured(noon, other))
    story.reads(routed(noon + SECOND, other, temperature="warm"), noon + SECOND)
    ordered(story, calendars({"us_east": {"special": {"2026-04-14": ["09:00-16:00"]}}}), noon + HOUR)
    (armed, moved) = story.of("first_touch", "armed", "moved")
    assert moved.due_at == moved.due_before == armed.due_at == noon + DAY
    assert armed.warnings["50"] == noon + 4.5 * HOUR
    assert moved.warnings["50"] == noon + 3.5 * HOUR


def test_calendars_that_never_come_are_not_looked_for_each_minute() -> None:
    story = asked()
    story.reads(order("order", HOLIDAY, EVENING), EVENING)
    before = len(story.history)
    story.until(EVENING + WAITS)
    looks = [at for at, _, _ in story.history[before:]]
    assert 10 < len(looks) <= 20 and looks[-1] == EVENING + WAITS
    assert story.state.body.calendar_order is not None and story.state.body.calendar_order.state == "refused"


def test_calendars_that_come_later_move_it_when_it_has_waited_half_as_long_again() -> None:
    story = asked()
    story.reads(order("order", HOLIDAY, EVENING), EVENING)
    story.until(EVENING + 10 * MINUTE)
    story.rules = rules_by(HOLIDAY)
    story.until(EVENING + 15 * MINUTE)
    assert [each.due_at for each in story.of("first_call", "moved")] == [THURSDAY]
