"""Two leads become one: one owner, the other is told, his turn given back; and apart again (rules B4.4, B5.8)."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from leadline_route.state import Standing
from leadline_runtime.decision import Decision
from leadline_runtime.forwarding import sealed
from leadline_runtime.items import Item, Message
from leadline_schemas.lead import MergedInto
from tests.unit.route.leads import Desk, Wish, act_record, lapse_record, scored_record

T = datetime.fromisoformat("2026-03-10T15:00:00+00:00")
MINUTE = timedelta(minutes=1)
A, B = Wish("a"), Wish("b", start=T + MINUTE)


def delivered(decision: Decision[Any]) -> list[Item]:
    """What the decision sends, as it stands in its addressees' inbox."""
    return [Message(each.id, each.lead_id, sealed(each)) for each in decision.messages]


class Merge:
    """A and B are routed to two members, B a minute after A; then B becomes part of A, whose snapshot 2 lists it."""

    def __init__(self, first: Wish = A, second: Wish = B) -> None:
        self.desk, self.a, self.b = Desk(now=T), first, second
        self.had_a = self.desk.routed(scored_record(first)).owner or ""
        self.had_b = self.desk.routed(scored_record(second), T + MINUTE).owner or ""
        assert self.had_a != self.had_b
        self.before = self.desk.owed(self.pool)

    @property
    def pool(self) -> str:
        return self.desk.events[0].pool or ""

    def open(self, member: str) -> int:
        return self.desk.members[member].open

    def standing(self, wish: Wish) -> Standing:
        return self.desk.states[wish.id].body.standing

    def tombstone(self, at: datetime = T + 5 * MINUTE, revision: int = 2) -> list[Item]:
        into = MergedInto(lead_id=self.a.id, revision=revision)
        return delivered(self.desk.one(scored_record(replace(self.b, merged_into=into), revision), at))

    def root(self, revision: int = 2) -> Decision[Any]:
        return self.desk.one(scored_record(replace(self.a, aliases=(self.b.id,), cause="merge"), revision))

    def deliver(self, items: list[Item]) -> list[Decision[Any]]:
        return [self.desk.one(item) for item in items]


def test_the_older_assignment_stays_and_the_other_is_told_and_gets_his_turn_back() -> None:
    merge = Merge()
    sent = merge.tombstone()
    assert merge.open(merge.had_b) == 0
    merge.root()
    (decision,) = merge.deliver(sent)
    told = merge.desk.events[-1]
    assert (told.owner, told.released, told.cause, told.assignment) == (merge.had_a, merge.had_b, "merged", 1)
    assert decision.outcome.kind == "emitted" and merge.had_b in (told.reason or "")
    alone = Desk(now=T)
    alone.one(scored_record(A))
    assert merge.desk.owed(merge.pool) == alone.owed(merge.pool), "as if B had never been dealt"


def test_who_touched_it_keeps_it_though_his_assignment_is_younger() -> None:
    merge = Merge()
    merge.desk.one(act_record(merge.b.id, "call.attempted", T + 2 * MINUTE, by=merge.had_b))
    merge.deliver(merge.tombstone())
    told = merge.desk.events[-1]
    assert (told.owner, told.released, told.assignment, told.assigned_at) == (merge.had_b, merge.had_a, 2, T + MINUTE)
    assert (merge.open(merge.had_a), merge.open(merge.had_b)) == (0, 1)
    move = merge.standing(merge.a).move
    assert move is not None
    owed = {member: balance for member, balance in merge.desk.owed(merge.pool).items() if balance != "0"}
    assert owed == dict(move.shares), "A's turn was given back, that of B counts"


def test_a_root_without_an_owner_adopts_that_of_its_part_with_his_time() -> None:
    nurtured = Wish("a", type="content_download", mql=False)
    desk = Desk(now=T)
    desk.one(scored_record(nurtured))
    owner = desk.routed(scored_record(B), T + MINUTE).owner
    owed, load = desk.owed(desk.events[-1].pool or ""), desk.members[owner or ""]
    into = MergedInto(lead_id=nurtured.id, revision=2)
    sent = delivered(desk.one(scored_record(replace(B, merged_into=into), 2), T + 5 * MINUTE))
    for item in sent:
        desk.one(item)
    told = desk.events[-1]
    assert (told.lead_id, told.owner, told.cause, told.assigned_at) == (nurtured.id, owner, "merged", T + MINUTE)
    assert desk.owed(told.pool or "") == owed, "his turn, given back with the tombstone, is taken again"
    assert desk.members[owner or ""] == load, "his day is not counted twice"


def test_before_the_root_is_known_the_offer_waits_for_its_first_snapshot() -> None:
    desk = Desk(now=T)
    owner = desk.routed(scored_record(B), T + MINUTE).owner
    into = MergedInto(lead_id=A.id, revision=1)
    (item,) = delivered(desk.one(scored_record(replace(B, merged_into=into), 2), T + 5 * MINUTE))
    assert desk.one(item).outcome.reason == "kept"
    told = desk.routed(scored_record(replace(A, aliases=(B.id,))))
    assert (told.owner, told.cause, told.assigned_at) == (owner, "merged", T + MINUTE)


def test_that_nobody_has_the_part_any_more_is_told_also_where_no_turn_is_given_back() -> None:
    """Who was about to be told that he has it need not be."""
    merge = Merge()
    by_hand = act_record(merge.b.id, "assignment.reassigned", T + 2 * MINUTE, "mia", member="hana")
    assert merge.desk.routed(by_hand, T + 2 * MINUTE).owner == "hana"
    merge.tombstone()
    gone = merge.desk.events[-1]
    assert (gone.lead_id, gone.outcome, gone.cause, gone.turn_returned) == (merge.b.id, "parked", "merged", None)
    assert gone.reason == f"part of {merge.a.id} now: hana has it no longer"


def test_after_an_unmerge_each_has_who_had_it() -> None:
    merge = Merge()
    merge.deliver(merge.tombstone())
    merge.root()
    merge.desk.one(scored_record(replace(merge.a, cause="merge"), 3), T + 9 * MINUTE)
    told = merge.desk.routed(scored_record(replace(merge.b, cause="merge"), 3))
    assert (told.owner, told.cause, told.assigned_at) == (merge.had_b, "unmerged", T + 9 * MINUTE)
    assert merge.standing(merge.a).owner == merge.had_a
    assert (merge.open(merge.had_a), merge.open(merge.had_b)) == (1, 1)
    assert merge.desk.owed(merge.pool) == merge.before, "both turns count again"


def test_a_touch_of_the_part_forbids_moves_of_the_root_and_leaves_with_it() -> None:
    merge = Merge()
    merge.deliver(merge.tombstone())
    merge.root()
    touch = act_record(merge.b.id, "email.sent", T + 6 * MINUTE, by="cleo")
    theirs = replace(touch, forwarded_to=merge.a.id, passage=None)
    merge.desk.one(theirs)
    standing = merge.standing(merge.a)
    assert standing.touched is None and standing.touch is not None and standing.touch.by == "cleo"
    lapsed = merge.desk.one(lapse_record(merge.a.id, standing.assignment, merge.had_a, T + 20 * MINUTE))
    assert lapsed.outcome.kind == "emitted" and merge.desk.events[-1].escalated, "told, not moved"
    decision = merge.desk.one(scored_record(replace(merge.a, cause="merge"), 3), T + 30 * MINUTE)
    assert merge.standing(merge.a).touch is None
    (item,) = delivered(decision)
    assert item.lead_id == merge.b.id
    merge.desk.one(item)
    touched = merge.standing(merge.b).touched
    assert touched is not None and touched.by == "cleo"


def test_a_message_about_a_part_that_has_left_already_changes_nothing() -> None:
    merge = Merge()
    sent = merge.tombstone()
    merge.desk.one(scored_record(replace(merge.a, cause="merge"), 3))
    events = len(merge.desk.events)
    (decision,) = merge.deliver(sent)
    assert decision.outcome.reason == "unchanged" and len(merge.desk.events) == events


def test_a_late_touch_of_what_has_left_is_sent_after_it() -> None:
    merge = Merge()
    merge.desk.one(scored_record(replace(merge.a, cause="merge"), 4))
    act = act_record(merge.b.id, "email.sent", T + 6 * MINUTE)
    late = replace(act, value=act.value.model_copy(update={"lead_id": merge.a.id, "snapshot": 3}))
    decision = merge.desk.one(late)
    (item,) = delivered(decision)
    assert (decision.outcome.reason, item.lead_id) == ("forwarded", merge.b.id)
    assert merge.standing(merge.a).touch is None


def test_a_lapse_or_command_of_the_parts_own_assignment_moves_nothing_of_the_root() -> None:
    merge = Merge()
    merge.deliver(merge.tombstone())
    lapse = lapse_record(merge.b.id, 1, merge.had_b, T + 16 * MINUTE)
    assert merge.desk.one(replace(lapse, forwarded_to=merge.a.id)).outcome.reason == "stale_command"
