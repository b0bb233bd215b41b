"""`leadline sla show`: how each due time came about, what happened to it, how fast the lead was answered."""

import io
import json
from datetime import datetime

from rich.console import Console

from leadline_sla_monitor.sla_commands.clocks import Clock, clocks_of, counted, spans
from leadline_sla_monitor.sla_commands.show_view import data, draw
from leadline_sla_monitor.sla_commands.words import countdown, lasting
from tests.support import sla_pauses as pauses
from tests.support.golden import instant
from tests.support.other_calendars import closed_in_new_york, order, rules_by
from tests.support.sla_story import DAY, HOUR, LEAD, MINUTE, SECOND, Story, act, captured, request, routed

FRIDAY = instant("2026-03-06T22:30:00Z")  # 17:30 in New York, the weekend of daylight saving
MONDAY = instant("2026-03-09T13:00:00Z")  # 09:00 there
DEMO = request("r", "demo_request", FRIDAY)


def over_a_weekend() -> Story:
    """Nobody mails, ben calls on Monday at 09:20."""
    story = Story(FRIDAY)
    story.reads(captured(FRIDAY, DEMO))
    story.reads(routed(FRIDAY + 2 * SECOND, DEMO), FRIDAY + 2 * SECOND)
    story.reads(act("c", "call.attempted", MONDAY + 20 * MINUTE, "ben"), MONDAY + 20 * MINUTE)
    story.until(MONDAY + DAY)
    return story


def clock(story: Story, target: str) -> Clock:
    (found,) = (each for each in clocks_of(story.told) if each.newest.target == target)
    return found


def shown(story: Story, now: datetime) -> str:
    screen = Console(file=io.StringIO(), width=200)
    draw(LEAD, clocks_of(story.told), now, screen)
    return screen.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_the_way_to_a_due_time_is_told_span_by_span() -> None:
    call = clock(over_a_weekend(), "first_call")
    told = [(span.is_open, span.seconds / 60) for span in spans(call)]
    assert told == [(True, 30), (False, 62 * 60), (True, 30)], "closed for 62 h: an hour of the weekend does not exist"
    assert counted(call) == 3600 == call.armed.duration_s
    text = shown(over_a_weekend(), MONDAY + DAY)
    assert "1 h working on us_east, from 2026-03-06 22:30:00Z: due 2026-03-09 13:30:00Z" in text
    assert "2026-03-06 23:00:00Z → 2026-03-09 13:00:00Z  2 d 14 h closed, not counted" in text
    assert "= 1 h open time" in text
    assert "0 s until received, then 2 s until captured, then 0 s until enriched" in text


def test_the_verdict_the_answer_and_its_parts_are_told() -> None:
    text = shown(over_a_weekend(), MONDAY + DAY)
    assert "breached, cause owner, noticed 0 s after it, told ana, mia" in text
    assert "met by call.attempted of ben (not the owner), after 2 d 14 h" in text
    wall = (MONDAY + 20 * MINUTE - FRIDAY).total_seconds()
    found = clock(over_a_weekend(), "first_call").carries_speed
    assert found is not None and found.system_s == 2
    assert found.system_s + (found.human_s or 0) + (found.closed_s or 0) == wall == 226_200
    assert "speed to lead 2 d 14 h: 226,200 s = 2 s system + 2,998 s human + 223,200 s closed" in text


def test_an_open_clock_counts_down() -> None:
    story = Story(FRIDAY)
    story.reads(captured(FRIDAY, DEMO))
    story.reads(routed(FRIDAY + 2 * SECOND, DEMO), FRIDAY + 2 * SECOND)
    told = data(LEAD, clocks_of(story.told), FRIDAY + MINUTE)
    by = {each["target"]: each for each in json.loads(json.dumps(told))["clocks"]}
    assert [each["clock"] for each in told["clocks"]] == ["decision", "customer", "customer", "owner"]
    assert (by["first_email"]["standing"], by["first_email"]["left_s"]) == ("open", 240)
    assert by["decision"]["standing"] == "met" and by["decision"]["left_s"] is None
    assert by["first_call"]["closed_s"] == 62 * 3600
    assert "first_email (to the customer, cycle 1)  open, due in 4 min" in shown(story, FRIDAY + MINUTE)


def test_a_deadline_that_other_calendars_moved_is_shown_as_it_is_counted_now() -> None:
    story = Story(FRIDAY)
    story.reads(captured(FRIDAY, DEMO))
    story.reads(routed(FRIDAY + 2 * SECOND, DEMO), FRIDAY + 2 * SECOND)
    story.until(FRIDAY + HOUR)
    holiday = closed_in_new_york("2026-03-09")
    story.rules = rules_by(holiday)
    story.reads(order("order", holiday, story.now))
    call = clock(story, "first_call")
    assert (call.standing, call.due_at) == ("open", MONDAY + DAY + 30 * MINUTE)
    assert counted(call) == 3600
    text = shown(story, FRIDAY + 2 * HOUR)
    assert "1 h working on us_east, from 2026-03-06 22:30:00Z (calendar): due 2026-03-10 13:30:00Z" in text
    assert "moved, reason calendar, due 2026-03-09 13:30:00Z → 2026-03-10 13:30:00Z" in text


def test_repeats_in_any_order_tell_the_same() -> None:
    story = over_a_weekend()
    assert shown(story, MONDAY) == shown_of([*reversed(story.told), *story.told])


def shown_of(events: list[object]) -> str:
    screen = Console(file=io.StringIO(), width=200)
    draw(LEAD, clocks_of(events), MONDAY, screen)  # type: ignore[arg-type]
    return screen.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_lengths_of_time_in_words() -> None:
    told = {0.25: "0.25 s", 59: "59 s", 61: "1 min 1 s", 3600: "1 h", 90_061: "1 d 1 h", -61: "−1 min 1 s"}
    assert {seconds: lasting(seconds) for seconds in told} == told
    assert lasting(None) == "–"
    assert str(countdown(FRIDAY, FRIDAY + HOUR)) == "1 h over"


def test_a_pause_is_told_with_who_ordered_it_and_what_it_moved() -> None:
    story = pauses.begun()
    begin = pauses.START + 30 * MINUTE
    story.reads(pauses.pause(begin, begin + HOUR), begin)
    story.until(begin + 2 * HOUR)
    text = shown(story, begin + 2 * HOUR)
    assert "paused, reason call_me_after, ordered by ana, until 2026-03-10 15:30:00Z" in text
    assert "due 2026-03-10 15:00:00Z → 2026-03-10 16:00:00Z" in text
    assert "stood still 1 h" in text
    (touch,) = (each for each in clocks_of(story.told) if each.newest.clock == "customer")
    assert touch.due_at == begin + 90 * MINUTE and touch.standing == "breached"


def test_a_refused_pause_changes_nothing_of_how_the_clock_stands() -> None:
    story = pauses.begun()
    story.reads(pauses.pause(pauses.START + MINUTE, None, reason="because"), pauses.START + MINUTE)
    refused = [each for each in story.told if each.kind == "pause_refused"]
    assert refused
    (touch,) = (each for each in clocks_of(story.told) if each.newest.clock == "customer")
    assert touch.standing == "open" and touch.newest.kind == "armed"
    assert "pause refused" in shown(story, pauses.START + 2 * MINUTE)


def test_the_clocks_of_stages_stand_beside_the_promises() -> None:
    story = Story(FRIDAY)
    story.reads(captured(FRIDAY, DEMO))
    story.reads(routed(FRIDAY + 2 * SECOND, DEMO), FRIDAY + 2 * SECOND)
    story.reads(act("c", "call.attempted", FRIDAY + 4 * MINUTE, "ana"), FRIDAY + 4 * MINUTE)
    clocks = clocks_of([*story.told, *story.stage_clocks])
    assert [each.newest.target for each in clocks if each.newest.clock == "stage"][-1] == "SAL", (
        "the owner turned to it"
    )
    screen = Console(file=io.StringIO(), width=200)
    draw(LEAD, clocks, FRIDAY + HOUR, screen)
    assert "SAL (to go on from this stage)  open" in screen.file.getvalue()  # type: ignore[attr-defined]
    assert len(data(LEAD, clocks, FRIDAY + HOUR)["clocks"]) == len(clocks)
