"""Score of a lead that others become part of, and that they leave again (loop, section 7)."""

from leadline_runtime.decision import Decision, Send
from leadline_runtime.items import Message, Passage
from leadline_schemas.codec import encode_model
from leadline_schemas.ids import derived_id
from leadline_schemas.lead import MergedInto
from leadline_score.moving import Moved, read_moved
from leadline_score.state import Body
from tests.unit.score.builders import LEAD, Desk, at
from tests.unit.score.test_decide import NOON, known, view

OTHER = derived_id("test", "other lead")


def test_an_act_of_another_lead_counts_only_once_that_lead_is_a_part_of_this_one() -> None:
    other, desk = OTHER, Desk()
    desk.snapshot(known())
    assert desk.act(view(11).model_copy(update={"origin": other}), snapshot=2).outcome.reason == "kept"
    desk.snapshot(known(revision=2, aliases=(other,)), now=at("03-12T00:00:00"))
    assert (desk.last.cause, desk.last.scorecard.intent.value) == ("merge", "20.000")


def moved_of(decision: Decision[Body]) -> tuple[Send, Moved]:
    (sent,) = decision.messages
    return sent, read_moved(Message(sent.id, sent.lead_id, sent.body))


def test_a_tombstone_gives_away_the_facts_that_no_snapshot_holds() -> None:
    desk, root = Desk(), MergedInto(lead_id=OTHER, revision=3)
    desk.snapshot(known())
    desk.act(view(9))
    sent, moved = moved_of(desk.snapshot(known(revision=2, merged_into=root)))
    assert (sent.lead_id, sent.passage) == (OTHER, Passage(3))
    assert moved.facts == (view(9),)
    assert desk.state is not None and desk.state.body.memory.facts == ()


def test_what_came_from_a_part_counts_for_the_root_and_goes_back_when_it_leaves() -> None:
    desk = Desk()
    desk.snapshot(known())
    theirs = view(11).model_copy(update={"origin": OTHER})
    body = encode_model(Moved(facts=(theirs,)))
    early = desk.take(Message(derived_id("test", "moved"), LEAD, body, Passage(2)), NOON)
    assert (early.outcome.kind, early.messages) == ("dropped", ()), "the snapshot that lists it is yet to come"
    desk.snapshot(known(revision=2, aliases=(OTHER,)), now=at("03-12T00:00:00"))
    assert (desk.last.cause, desk.last.scorecard.intent.value) == ("merge", "20.000")
    sent, moved = moved_of(desk.snapshot(known(revision=3), now=at("03-12T00:00:00")))
    assert (sent.lead_id, sent.passage.left, moved.facts) == (OTHER, (LEAD, 3), (theirs,))
    assert desk.last.scorecard.intent.value == "10.000"


def test_a_late_act_of_an_origin_that_has_left_is_sent_after_it() -> None:
    desk = Desk()
    desk.snapshot(known(revision=4))
    late = desk.act(view(11).model_copy(update={"origin": OTHER}), snapshot=3)
    (sent,) = late.messages
    assert (late.outcome.reason, sent.lead_id, sent.passage.left) == ("forwarded", OTHER, (LEAD, 4))
    assert sent.record is not None and desk.state is not None and not desk.state.body.memory.facts
