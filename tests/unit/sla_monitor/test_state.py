"""The monitor's state of a lead: bounded, read back as it was written, refused if it is something else."""

from typing import Any

import pytest

from leadline_schemas.codec import Undecodable
from leadline_sla_monitor.core.acts import MOST_KEPT
from leadline_sla_monitor.core.asked import MOST_ASKED
from leadline_sla_monitor.core.known import CYCLES_KEPT, Known
from leadline_sla_monitor.core.life import Life
from leadline_sla_monitor.core.routing import MOST_ROUTINGS
from leadline_sla_monitor.state import CODEC, NOTHING
from tests.support.golden import instant
from tests.support.sla_story import DAY, HOUR, MINUTE, SECOND, Story, act, captured, request, routed

START = instant("2026-03-10T14:00:00Z")


def test_a_busy_leads_state_is_bounded() -> None:
    """Sixty requests, each answered by mail but never called back; twelve owners; six hundred calls."""
    story, asked = Story(START), []
    for number in range(60):
        at = START + number * 2 * HOUR
        asked.append(request(f"r{number}", "demo_request", at))
        owner: dict[str, Any] = {"owner": f"member {number % 12}", "assignment": number + 1, "assigned_at": at}
        story.reads(captured(at, *asked[-50:], revision=number + 1), at)
        story.reads(routed(at + SECOND, *asked[-50:], revision=number + 1, **owner), at + SECOND)
        story.reads(act(f"mail {number}", "email.sent", at + MINUTE, "ana"), at + MINUTE)
    story.until(story.now + 3 * DAY)  # over the weekend: nothing is open
    calls = [act(f"call {n}", "sms.sent", story.now + n * SECOND, "ana") for n in range(600)]
    story.reads(captured(story.now, *asked[-50:], revision=100, acts=calls))
    body = story.state.body
    assert len(body.acts) == MOST_KEPT and body.acts[-1].at == calls[-1].occurred_at
    assert len(body.asked) == MOST_ASKED and len(body.opened) == MOST_ASKED
    assert len(body.routings) == MOST_ROUTINGS
    customers = [p for p in body.promises if p.clock == "customer"]
    assert len({p.cycle for p in customers}) == CYCLES_KEPT
    assert len(body.promises) <= 2 * CYCLES_KEPT + 2
    assert story.of("first_email", "armed")[-1].cycle_number == 60


def test_a_long_chat_does_not_make_a_request_look_unanswered() -> None:
    asked, again = request("r1", "demo_request", START), request("r2", "demo_request", START + DAY)
    story = Story(START)
    story.reads(captured(START, asked))
    story.reads(routed(START + SECOND, asked))
    story.reads(act("call", "call.connected", START + MINUTE, "ana"), START + MINUTE)
    for n in range(MOST_KEPT + 50):
        story.reads(act(f"chat {n}", "chat.message", START + HOUR + n * SECOND, "ana"), START + HOUR + n * SECOND)
    assert len(story.state.body.acts) == MOST_KEPT
    story.reads(routed(again.start + SECOND, asked, again, revision=2), again.start + SECOND)
    assert story.life("first_call") == ["armed", "met"]
    assert story.life("first_call", 2) == ["armed"]


def test_a_quiet_lead_takes_little_room() -> None:
    story = Story(START)
    asked = request("r", "demo_request", START)
    story.reads(captured(START, asked))
    story.reads(routed(START + SECOND, asked))
    assert len(CODEC.encode(story.state.body)) < 2700
    assert CODEC.encode(NOTHING) == b"{}"


def test_other_bytes_are_refused_without_telling_them() -> None:
    with pytest.raises(Undecodable) as told:
        CODEC.decode(b'{"asked": "sam@shop.example"}')
    assert "sam@shop.example" not in str(told.value) and "asked" in str(told.value)


def test_what_a_newer_version_keeps_besides_is_passed_over_and_what_it_keeps_no_more_has_its_default() -> None:
    known = CODEC.decode(b'{"waiting_since":"2026-03-10T14:00:00Z","colour":"red","life":{"two_way":true,"mood":1}}')
    assert known == Known(waiting_since=instant("2026-03-10T14:00:00Z"), life=Life(two_way=True))
    assert CODEC.decode(CODEC.encode(known)) == known
