"""The report by numbers worked out by hand; that neither order nor repeats matter: test_report_laws.py."""

import io
import json
from datetime import datetime
from uuid import uuid5

import pytest
from rich.console import Console

from leadline_schemas.sla import LeadSla
from leadline_sla_monitor.core.register import look_back
from leadline_sla_monitor.core.report import By, Report, report
from leadline_sla_monitor.core.tallies import MICRO, Kept, Speed
from leadline_sla_monitor.sla_commands.report_view import data, draw
from leadline_sla_monitor.sla_commands.reporting import Answer, Question, longest
from tests.support import sla_pauses as pauses
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
DEMO = request("r", "demo_request", START)


def a_week() -> list[LeadSla]:
    """Tuesday 10:00 in New York, four demo requests: answered by mail at 3 min, in time; by a call after 10 min; by
    mail at 2 min, read after the breach; by nobody."""
    told: list[LeadSla] = []
    for name, acts in (
        ("kept", [("email.sent", 3 * MINUTE, 3 * MINUTE)]),
        ("late", [("call.attempted", 10 * MINUTE, 10 * MINUTE)]),
        ("read late", [("email.sent", 2 * MINUTE, 20 * MINUTE)]),
        ("unanswered", []),
    ):
        asked = request(name, "demo_request", START)
        story = Story(START)
        story.reads(captured(START, asked))
        story.reads(routed(START + 2 * SECOND, asked), START + 2 * SECOND)
        for kind, happened, read in acts:
            story.reads(act(f"{name} {kind}", kind, START + happened, "ana"), START + read)
        story.until(START + 2 * HOUR)
        lead = uuid5(NAMES, name)
        told += [each.model_copy(update={"lead_id": lead}) for each in story.told]
    return told


def of_the_week(by: By = "policy", until: datetime = START + DAY) -> Report:
    return report(folded(as_read(a_week()), START - HOUR), until, by)


def test_compliance_by_hand() -> None:
    found = of_the_week()
    # first_email: kept at 3 min, broken by the call and by nobody; read late: broken, then taken back.
    email = found.kept["demo_or_pricing", "first_email"]
    assert (email.met, email.breached, email.late, email.retracted, email.open) == (2, 2, 0, 1, 0)
    assert email.compliance == 0.5
    # first_call: the call alone keeps it; mails are no calls.
    call = found.kept["demo_or_pricing", "first_call"]
    assert (call.met, call.breached, call.causes) == (1, 3, {"owner": 3})
    assert (found.whole.met, found.whole.breached, found.whole.compliance) == (3, 5, 3 / 8)
    assert (found.decisions.met, found.decisions.breached) == (4, 0)


def test_a_promise_that_came_due_without_a_verdict_and_one_due_later_are_told_apart() -> None:
    told = [each for each in a_week() if each.kind not in {"breached", "lapsed"}]
    found = report(folded(as_read(told), START - HOUR), START + 30 * MINUTE, "policy")
    assert found.kept["demo_or_pricing", "first_email"].open == 2
    assert ("demo_or_pricing", "first_call") not in found.kept
    assert found.due_later == 3, "the calls that nobody made yet"


def test_speed_by_hand() -> None:
    speed = of_the_week().whole_speed
    assert (speed.answered, speed.waiting) == (3, 1)
    assert sorted(time / MICRO for time in speed.times["wall"]) == [120, 180, 600]
    assert [speed.percentile("wall", p) for p in (25, 50, 75, 95)] == [120, 180, 600, None], "who waits is slowest"
    assert speed.mean("wall") == 300
    assert (speed.mean("system"), speed.mean("human"), speed.mean("closed")) == (2, 298, 0)


def test_a_lead_that_was_never_routed_waits_too() -> None:
    asked, story = request("stuck", "demo_request", START), Story(START)
    story.reads(captured(START, asked))
    for passed in (SECOND, DAY):
        story.until(START + passed)
        speed = report(folded(as_read(story.told), START), START + 2 * DAY, "owner").speed
        assert speed["(not routed)"].waiting == 1
    story.reads(routed(START + DAY, asked, outcome="disqualified"))
    assert not report(folded(as_read(story.told), START), START + 2 * DAY, "owner").speed, "nobody is to answer it"


def test_a_lead_that_asked_at_night_waits_in_closed_time_too() -> None:
    night = instant("2026-03-11T02:00:00Z")  # Tuesday 22:00 in New York
    asked, story = request("night", "demo_request", night), Story(night)
    story.reads(captured(night, asked))
    story.reads(routed(night + 2 * SECOND, asked), night + 2 * SECOND)
    opening = instant("2026-03-11T13:00:00Z")
    story.reads(act("c", "call.connected", opening + 4 * MINUTE, "ana"), opening + 4 * MINUTE)
    speed = report(folded(as_read(story.told), night), night + DAY, "policy").whole_speed
    closed = (opening - night).total_seconds() - 2
    assert [speed.mean(k) for k in ("system", "human", "closed", "working")] == [2, 240, closed, 240]
    assert speed.mean("wall") == 2 + 240 + closed


@pytest.mark.parametrize("by", ["owner", "source"])
def test_rows_by_owner_and_source(by: By) -> None:
    found = of_the_week(by)
    name = {"owner": "ana", "source": "other"}[by]
    assert list(found.kept) == [(name, "")]
    assert found.kept[name, ""] == found.whole and found.speed[name].answered == 3
    assert found.lapses["ana"] == 1, "a lapse that was taken back is none"


def test_a_due_time_that_was_moved_out_of_the_window_is_not_told_in_it_whatever_is_read_first() -> None:
    armed = next(each for each in as_read(a_week()) if each.target == "first_call")
    moved = armed.model_copy(update={"kind": "moved", "revision": 30, "due_at": START + MINUTE})
    for events in ([armed, moved], [moved, armed]):
        register = folded(events, START + 10 * MINUTE)
        assert not report(register, START + DAY, "policy").kept and not register.promises


def test_a_broken_decision_that_was_in_time_after_all_is_kept() -> None:
    asked, story = request("slow", "demo_request", START), Story(START)
    story.reads(captured(START, asked))
    story.until(START + 5 * MINUTE)
    story.reads(routed(START + 30 * SECOND, asked))
    assert [each.kind for each in story.told if each.clock == "decision"] == ["armed", "breached", "breach_retracted"]
    kept = report(folded(as_read(story.told), START), START + DAY, "policy").decisions
    assert (kept.met, kept.breached, kept.open, kept.retracted) == (1, 0, 0, 1)


def test_it_reads_back_as_far_as_the_longest_promise_may_reach() -> None:
    assert look_back(longest()) == 24 * DAY, "48 hours, rolled over a weekend and holidays, and a pause"


def test_a_canary_is_in_no_number() -> None:
    events = [each.model_copy(update={"canary": True}) for each in as_read(a_week())]
    found = report(folded(events, START - HOUR), START + DAY, "policy")
    assert found == Report()


def test_pauses_are_told_by_owner_once_however_many_promises_they_stopped() -> None:
    story = pauses.begun(request("r", "demo_request", pauses.START))  # two promises
    begin, end = pauses.START + 3 * MINUTE, pauses.START + 93 * MINUTE
    story.reads(pauses.pause(begin, end), begin)
    story.until(pauses.START + DAY)
    told = [each.kind for each in story.told]
    assert told.count("paused") == told.count("resumed") == 3, "and the owner's clock"
    events = as_read(story.told)
    for mixed in (events, events[::-1]):
        found = report(folded(mixed, pauses.START), pauses.START + DAY, "policy")
        (of_ana,) = found.pauses.items()
        assert of_ana[0] == "ana"
        assert (of_ana[1].orders, of_ana[1].seconds, of_ana[1].reasons) == (1, 5400.0, {"call_me_after": 1})
    email = found.kept["demo_or_pricing", "first_email"]
    assert (email.breached, email.met) == (1, 0)
    assert not report(folded(events, end), pauses.START + DAY, "policy").pauses, "it began before"


def test_a_pause_whose_end_is_read_late_began_when_it_began() -> None:
    story = pauses.begun()
    begin, read = pauses.START + 20 * MINUTE, pauses.START + 100 * MINUTE
    story.reads(pauses.pause(begin, begin + HOUR), begin)
    story.until(begin + HOUR)
    story.reads(pauses.resume(begin + 30 * MINUTE), read)
    told = [each for each in story.told if each.kind == "resumed" and each.clock == "customer"]
    assert [each.occurred_at for each in told] == [begin + HOUR, begin + 30 * MINUTE]
    found = report(folded(as_read(story.told), begin), pauses.START + DAY, "policy")
    assert found.pauses["ana"].orders == 1, "not half an hour before"


def test_a_breach_that_a_pause_read_late_took_back_is_open_until_it_is_due_again() -> None:
    story = pauses.begun()
    story.until(pauses.START + HOUR)
    begin = pauses.START + 30 * MINUTE
    story.reads(pauses.pause(begin, begin + HOUR))
    assert [each.kind for each in story.told if each.clock == "customer"][-2:] == ["breach_retracted", "paused"]
    found = report(folded(as_read(story.told), pauses.START), pauses.START + 90 * MINUTE, "policy")
    assert found.kept == {} and found.due_later == 1
    story.until(pauses.START + DAY)
    again = report(folded(as_read(story.told), pauses.START), pauses.START + DAY, "policy")
    assert (again.whole.breached, again.whole.met, again.whole.open) == (1, 0, 0)


def test_it_is_told_to_people_and_to_programs() -> None:
    question = Question(START - HOUR, START + DAY, "policy", None, START + DAY)
    answer = Answer(question, of_the_week(), 40, 0)
    told = json.loads(json.dumps(data(answer)))
    rows = {row["target"]: row for row in told["compliance"]}
    assert rows["first_email"]["compliance"] == 0.5 and rows["first_email"]["retracted"] == 1
    assert told["speed_to_lead_of_all"]["wall"] == {"p50": 180, "p95": None, "p99": None, "mean": 300}
    assert set(told["hops"]) >= {"received", "captured", "routed", "assigned", "responded"}
    screen = Console(file=io.StringIO(), width=200)
    draw(answer, screen)
    text = screen.file.getvalue()  # type: ignore[attr-defined]
    assert "37.5%" in text and "waiting" in text and "2 s system + 4 min 58 s human + 0 s closed" in text


def test_nothing_at_all_is_told_as_nothing() -> None:
    assert Kept().compliance is None and Speed().percentile("wall", 50) is None and Speed().mean("wall") is None
    screen = Console(file=io.StringIO(), width=200)
    draw(Answer(Question(START, START + DAY, "owner", None, START), Report(), 0, 0), screen)
    assert "none came due" in screen.file.getvalue()  # type: ignore[attr-defined]


def test_a_lead_that_asks_again_before_it_is_routed_waits_once() -> None:
    again = request("again", "demo_request", START + 5 * MINUTE)
    story = Story(START)
    story.reads(captured(START, DEMO))
    story.reads(captured(START + 5 * MINUTE, DEMO, again, revision=2), START + 5 * MINUTE)
    story.until(START + HOUR)
    found = report(folded(as_read(story.told), START - HOUR), START + DAY, "policy")
    assert (found.speed["(not routed)"].waiting, found.whole_speed.waiting) == (1, 1)
    assert found.decisions.breached == 2, "each request was owed an outcome"


def test_a_lead_that_waits_for_its_answer_and_asks_again_waits_once() -> None:
    again = request("again", "demo_request", START + 5 * MINUTE)
    story = Story(START)
    story.reads(captured(START, DEMO))
    story.reads(routed(START + SECOND, DEMO), START + SECOND)
    story.reads(captured(START + 5 * MINUTE, DEMO, again, revision=2), START + 5 * MINUTE)
    story.until(START + HOUR)
    found = report(folded(as_read(story.told), START - HOUR), START + DAY, "policy")
    assert "(not routed)" not in found.speed and found.whole_speed.waiting == 1
