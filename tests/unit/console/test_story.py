"""The story of a lead, from the contracts' example of one that waited too long on a Friday evening."""

import io
from dataclasses import replace
from uuid import UUID

import pytest
from rich.console import Console

from leadline_console.records import Kept
from leadline_console.story import PARTS, Story, promises, tell, without_pii
from leadline_console.story_view import draw
from leadline_console.summary import summary
from leadline_schemas.codec import decode
from leadline_schemas.event import RulesRef
from leadline_schemas.scored import Review
from tests.unit.console.examples import AT, records

OF_LEADS = [kept for kept in records() if kept.topic in {topic.name for topic in PARTS.values()}]


def lead_of(kept: Kept) -> UUID:
    topic = next(topic for topic in PARTS.values() if topic.name == kept.topic)
    found: UUID = decode(topic, kept.value or b"").lead_id
    return found


FRIDAY = lead_of(next(kept for kept in OF_LEADS if kept.header("ce_id") == "g3_free_address"))
OWN = [kept for kept in OF_LEADS if lead_of(kept) == FRIDAY]


def drawn(story: Story) -> str:
    target = io.StringIO()
    draw(story, Console(file=target, width=200))
    return target.getvalue()


def test_the_events_of_a_lead_are_told_in_the_order_of_their_revisions_each_once() -> None:
    story = tell(FRIDAY, [*reversed(OWN), *OWN])
    assert len(story.routed) == 2
    assert [event.assignment for event in story.routed] == [1, 2]
    revisions = [event.revision for event in story.sla]
    assert revisions == sorted(set(revisions))


def test_an_event_that_cannot_be_decoded_is_counted_and_the_rest_is_told() -> None:
    broken = replace(OWN[0], value=b"{", headers=(("ce_id", b"broken"),))
    story = tell(FRIDAY, [broken, *OWN])
    assert story.unreadable == 1
    assert story.routed
    assert "1 event(s) could not be decoded" in drawn(story)


def test_nobody_speaks_of_an_unknown_lead() -> None:
    assert tell(UUID(int=1), []).is_empty


def test_an_owner_s_clock_that_moved_to_another_request_is_told_once() -> None:
    told = tell(FRIDAY, OWN).sla
    owned = next(one for one in told if one.clock == "owner")
    moved = owned.model_copy(update={"cycle": UUID(int=5), "kind": "met", "revision": told[-1].revision + 1})
    (clock,) = [each for each in promises([*told, moved]) if each[0].clock == "owner"]
    assert (clock[0].kind, clock[-1].kind) == (owned.kind, "met")


def test_promises_are_told_apart_by_clock_target_cycle_and_assignment() -> None:
    told = promises(tell(FRIDAY, OWN).sla)
    assert len({(one[0].clock, one[0].target, one[0].assignment) for one in told}) == len(told)
    assert [one[0].start for one in told] == sorted(one[0].start for one in told)


@pytest.mark.parametrize(
    "says",
    [
        "= 0.000, penalties -5.000 → 0.000 (from -5.000: never below 0)",
        "intent.hand_raise.demo_request      30",
        "fit 0.000 + intent 30.000 = 30.000; shown as 30",
        "unknown: industry, worth up to 25",
        "next change by itself: digit 1->2 at 2026-03-21 19:54:20Z",
        "not r5_emea: needs territory is emea; has territory us_east",
        "excluded: let the owner clock lapse",
        "first_email: 300 s working on us_east, 2026-03-06 22:30:00Z → due 2026-03-06 22:35:00Z",
        "breached, cause owner",
        "resolved_late by email.sent of ben after 1330 s, 1030 s late",
    ],
)
def test_the_story_tells_the_arithmetic_the_candidates_and_the_clocks(says: str) -> None:
    assert says in drawn(tell(FRIDAY, OWN))


WAITING = Review(
    since=AT, rules=RulesRef(version="spring", digest="0be4c4"), grade="B2", signal="none",
)  # fmt: skip
SAID = {"author": "ana", "decided_at": AT, "reason": "knows them"}
ALONE = "on the review list: it is an MQL by rules spring (0be4c4) alone, since 2026-03-10 10:00:00Z; before: B2, no s"


@pytest.mark.parametrize(
    ("review", "summed_up", "says"),
    [
        (WAITING, "; waits on the review list",
         [ALONE, "it goes to nobody until it does something itself, or a person releases it",
          f"leadline score review release {FRIDAY} --reason WHY, or dismiss"]),
        (WAITING.model_copy(update={"state": "dismissed", **SAID}), "; dismissed by ana",
         [ALONE, "dismissed by ana, 2026-03-10 10:00:00Z: knows them; it goes to nobody until it does something"]),
        (WAITING.model_copy(update={"state": "released", **SAID}), "; released by ana",
         ["was on the review list: it is an MQL by rules spring",
          "released by ana, 2026-03-10 10:00:00Z: knows them: it goes on from here"]),
        (None, "", []),
    ],
)  # fmt: skip
def test_a_lead_on_the_review_list_is_told_why_it_waits_and_what_lets_it_go(
    review: Review | None, summed_up: str, says: list[str]
) -> None:
    story = tell(FRIDAY, OWN)
    newest = story.scored[-1].model_copy(update={"review": review})
    story.scored[-1] = newest
    told = drawn(story)
    assert all(words in told for words in says)
    assert ("review list" in told) is bool(says)
    assert summary(newest).partition("because of")[2] == f" a new act{summed_up}"


def test_personal_values_are_shown_only_when_asked_for() -> None:
    story = tell(FRIDAY, OWN)
    email = story.captured[-1].lead.email
    assert email
    assert email in drawn(story)
    assert email not in drawn(without_pii(story))
    assert without_pii(story).sla == story.sla
