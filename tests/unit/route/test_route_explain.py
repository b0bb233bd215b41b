"""`leadline route explain`: a lead's way is told from its recorded decisions, whoever decided them."""

import io
from collections.abc import Sequence
from datetime import timedelta

import pytest
from rich.console import Console

from leadline_route.route_commands.explaining import Way, data, draw, way_of
from leadline_runtime.consumed import Consumed
from leadline_schemas.codec import encode
from leadline_schemas.ids import event_id, key_bytes
from leadline_schemas.routed import LeadRouted
from leadline_schemas.topics import LEAD_ROUTED
from tests.unit.route.leads import Desk, Wish, act_record, at, scored_record

MORNING = at("2026-03-10T15:00:00Z")
WISH = Wish("canary", email="canary@bayfreight.example")


def records(events: Sequence[LeadRouted]) -> list[Consumed]:
    """As they lie in Kafka."""
    return [
        Consumed(
            LEAD_ROUTED.name, 0, offset, key_bytes(event.lead_id), encode(LEAD_ROUTED, event),
            (("ce_id", str(event_id(event.lead_id, LEAD_ROUTED.name, event.revision)).encode()),),
        )
        for offset, event in enumerate(events)
    ]  # fmt: skip


@pytest.fixture
def desk() -> Desk:
    """A lead that ana got, declined, and that mia gave to eli; then a command that nobody may give."""
    desk = Desk()
    desk.routed(scored_record(WISH), MORNING)
    desk.routed(act_record(WISH.id, "assignment.declined", MORNING + timedelta(minutes=1), "ana", reason="conflict"))
    desk.now = MORNING + timedelta(minutes=5)
    desk.routed(act_record(WISH.id, "assignment.reassigned", MORNING + timedelta(minutes=4), "mia", member="eli"))
    desk.one(act_record(WISH.id, "assignment.accepted", desk.now + timedelta(minutes=1), "ben"))
    return desk


def told(way: Way, desk: Desk) -> str:
    """What a person sees."""
    written = io.StringIO()
    draw(way, desk.book.team, Console(file=written, width=250, highlight=False))
    return written.getvalue()


def test_each_decision_tells_who_moved_the_lead_and_every_number(desk: Desk) -> None:
    way = way_of(WISH.id, records(desk.events), desk.states[WISH.id].body, (), pii=False)
    text = told(way, desk)
    assert "#1 person ana by rule r6_us_east, pool us_east, a turn" in text
    assert "moved by a new scorecard" in text
    assert "not veto: needs" in text
    ana = next(line for line in text.splitlines() if line.strip().startswith("ana "))
    assert "0 → -1/2" in ana, "balance before and after"
    assert "open 60, day 15" in ana
    assert "Tue 11:00 EDT" in ana, "the member's own time"
    assert "moved by ana, who declined" in text
    assert "excluded: declined (conflict)" in text
    assert "#3 person eli by rule manual, no turn" in text
    assert "moved by a person (assigned by mia)" in text
    assert "a command was not applied: only the owner accepts a lead; others claim it" in text
    assert "not offered to ana until 2026-04-09" in text


def test_programs_read_the_same_and_no_personal_value(desk: Desk) -> None:
    way = way_of(WISH.id, records(desk.events), desk.states[WISH.id].body, ("no database",), pii=False)
    answer = data(way)
    assert [each["owner"] for each in answer["decisions"]] == ["ana", "ben", "eli"]
    assert [each["owner_before"] for each in answer["decisions"]] == [None, "ana", "ben"]
    assert answer["standing"]["owner"] == "eli"
    assert answer["notes"] == ["no database"]
    assert "canary@" not in str(answer) + told(way, desk)


def test_a_repeat_counts_once_and_what_cannot_be_read_is_said(desk: Desk) -> None:
    kept = records(desk.events)
    broken = Consumed(LEAD_ROUTED.name, 0, 9, kept[0].key, b"{", ())
    way = way_of(WISH.id, [*kept, kept[0], broken], None, (), pii=False)
    assert [event.revision for event in way.decisions] == [1, 2, 3]
    assert "1 events could not be decoded" in told(way, desk)
