"""A new scorecard: what is told again, what stays silent, and what never moves (rules B2, B3.12, B1.12)."""

from dataclasses import replace
from datetime import timedelta
from typing import Literal
from uuid import UUID

import pytest

from leadline_route.core.roster import Load
from leadline_route.core.team import Team
from leadline_schemas.consent import ConsentRecord
from leadline_schemas.enriched import Account
from leadline_schemas.lead import MergedInto, Quarantine
from leadline_schemas.routed import LeadRouted, TurnMoved
from leadline_schemas.scored import Veto
from leadline_schemas.topics import LET_GO
from tests.unit.route.leads import Desk, Wish, act_record, at, scored_record

NOW = at("2026-03-10T15:00:02Z")
WISH = Wish()
DOWNLOAD = Wish(
    name="download",
    type="content_download",
    mql=False,
    consent=[ConsentRecord(purpose="marketing", channel="email", state="granted", basis="consent")],
)


def told(desk: Desk, wish: Wish, revision: int) -> LeadRouted | None:
    """The event about a snapshot, or None if nothing was published."""
    before = len(desk.events)
    desk.one(scored_record(wish, revision), NOW + timedelta(minutes=revision))
    return desk.events[before] if len(desk.events) > before else None


def test_the_first_scorecard_is_always_told_and_the_same_again_is_not() -> None:
    desk = Desk()
    first = told(desk, WISH, 1)
    assert first is not None
    assert (first.revision, first.basis.revision_before, first.assignment) == (1, 0, 1)
    assert told(desk, WISH, 2) is None
    assert told(desk, replace(WISH, total="20.000", mql=False), 3) is None, "falling out takes no lead from a person"
    assert desk.states[WISH.id].revision == 1


def test_the_newest_scorecard_is_what_a_later_decision_uses() -> None:
    desk = Desk()
    told(desk, WISH, 1)
    record = scored_record(replace(WISH, total="99.000"), 2)
    desk.one(record)
    assert desk.states[WISH.id].body.scored == record.raw


def test_a_new_request_is_told_with_the_same_assignment() -> None:
    desk = Desk()
    first = told(desk, WISH, 1)
    assert first is not None
    more = first.requests[0].model_copy(update={"id": UUID(int=5)})
    again = told(desk, replace(WISH, requests=[*first.requests, more]), 2)
    assert again is not None
    assert (again.revision, again.assignment, again.assigned_at) == (2, 1, first.assigned_at)
    assert (again.owner, again.reason, again.cause) == (first.owner, "owner kept, no turn", "scored")
    assert desk.members["ana"].open == 1


def test_a_withdrawal_is_told_because_the_channels_changed() -> None:
    desk = Desk()
    told(desk, WISH, 1)
    withdrawn = ConsentRecord(purpose="respond", channel="any", state="withdrawn", since=NOW)
    again = told(desk, replace(WISH, consent=[withdrawn]), 2)
    assert again is not None
    assert {(each.purpose, each.allowed) for each in again.allowed_channels if each.channel == "email"} == {
        ("respond", False),
        ("marketing", True),
    }


def test_nurture_becomes_a_person_when_the_lead_raises_its_hand() -> None:
    desk = Desk()
    first = told(desk, DOWNLOAD, 1)
    assert first is not None
    assert (first.outcome, first.cadence, first.assignment, first.owner) == ("nurture", "newsletter", 0, None)
    second = told(desk, replace(DOWNLOAD, type="demo_request", mql=True), 2)
    assert second is not None
    assert (second.outcome, second.owner, second.assignment) == ("person", "ana", 1)


def test_another_cadence_is_told() -> None:
    desk = Desk()
    told(desk, DOWNLOAD, 1)
    again = told(desk, replace(DOWNLOAD, fast_track=True), 2)
    assert again is not None
    assert again.cadence == "fast_track"


def test_new_rules_act_on_nothing_by_themselves() -> None:
    desk = Desk()
    told(desk, DOWNLOAD, 1)
    assert told(desk, replace(DOWNLOAD, mql=True, cause="rules_change"), 2) is None
    assert desk.states[DOWNLOAD.id].body.standing.outcome == "nurture"


def test_who_waits_for_an_owner_gets_one_though_new_rules_would_have_given_him_to_nobody() -> None:
    night = Wish(name="night", type="content_download", mql=True, start=at("2026-03-10T23:00:00Z"))
    desk = Desk()
    desk.one(scored_record(night), night.start)
    assert desk.events[-1].outcome == "held"
    desk.one(scored_record(replace(night, mql=False, total="55.000", cause="rules_change"), 2))
    desk.one(desk.timer(night.id))
    assert (desk.events[-1].outcome, desk.events[-1].owner) == ("person", "ana")


@pytest.mark.parametrize("state", ["waiting", "dismissed"])
@pytest.mark.parametrize("cause", ["decay", "fact", "merge", "review"])
def test_what_waits_for_a_persons_word_stays_where_it_is(
    state: Literal["waiting", "dismissed"], cause: Literal["decay", "fact", "merge", "review"]
) -> None:
    desk = Desk()
    told(desk, DOWNLOAD, 1)
    assert told(desk, replace(DOWNLOAD, mql=True, cause="rules_change", review=state), 2) is None
    assert told(desk, replace(DOWNLOAD, mql=True, cause=cause, review=state), 3) is None
    withdrawn = ConsentRecord(purpose="marketing", channel="email", state="withdrawn", since=NOW)
    parked = told(desk, replace(DOWNLOAD, mql=True, cause=cause, review=state, consent=[withdrawn]), 4)
    assert parked is not None, "what else is new of it is obeyed"
    assert (parked.outcome, parked.owner) == ("parked", None)


@pytest.mark.parametrize(("cause", "state"), [("review", "released"), ("act", None)])
def test_a_persons_word_or_an_act_of_its_own_gives_it_to_somebody(
    cause: Literal["review", "act"], state: Literal["released"] | None
) -> None:
    desk = Desk()
    told(desk, DOWNLOAD, 1)
    told(desk, replace(DOWNLOAD, mql=True, cause="rules_change", review="waiting"), 2)
    given = told(desk, replace(DOWNLOAD, mql=True, cause=cause, review=state), 3)
    assert given is not None
    assert (given.outcome, given.owner, given.assignment) == ("person", "ana", 1)


def test_a_veto_that_disappears_routes_the_lead() -> None:
    desk = Desk()
    vetoed = replace(WISH, vetoes=[Veto(id="competitor", effect="disqualify", why="test")], mql=False)
    first, second = told(desk, vetoed, 1), told(desk, WISH, 2)
    assert first is not None
    assert second is not None
    assert (first.outcome, first.reason, second.owner) == ("disqualified", "competitor", "ana")


def test_an_existing_owner_is_to_be_told_of_a_lead_below_the_threshold() -> None:
    account = Account(domain="x", status="customer", owner="hana")
    first = told(Desk(), replace(DOWNLOAD, account=account), 1)
    assert first is not None
    assert first.reason == "no MQL reason; hana is to be told, who owns the lead or its account"


def test_history_is_placed_but_not_routed() -> None:
    desk = Desk()
    first = told(desk, replace(WISH, historical=True, owner="ben"), 1)
    assert first is not None
    assert (first.outcome, first.owner, first.assignment, first.rule) == ("parked", "ben", 0, "historical")
    assert desk.members == {}
    live = told(desk, replace(WISH, owner="ben"), 2)
    assert live is not None
    assert (live.outcome, live.owner, live.rule) == ("person", "ben", "r1_account_owner")


def test_an_outbound_mql_nobody_may_write_to_is_parked() -> None:
    bought = Wish(type="outbound", mql=True, country="DE", state=None)
    first = told(Desk(), bought, 1)
    assert first is not None
    assert (first.outcome, first.rule) == ("parked", "r0_unlawful")
    assert first.reason == "no_lawful_contact (unknown consent, country DE is opt-in)"


def test_a_tombstone_frees_the_owner_and_gives_the_turn_back() -> None:
    desk = Desk()
    told(desk, WISH, 1)
    root = MergedInto(lead_id=UUID(int=1), revision=3)
    gone = told(desk, replace(WISH, merged_into=root), 2)
    assert gone is not None
    assert (gone.outcome, gone.owner, gone.turn_returned) == (
        "parked", None, TurnMoved(pool="us_east", member="ana", shares={"ana": "-1/2", "ben": "1/4", "cleo": "1/4"})
    )  # fmt: skip
    assert desk.states[WISH.id].merged_into == root
    assert desk.members["ana"].open == 0
    assert set(desk.owed("us_east").values()) == {"0"}
    assert desk.members["ana"].assigned == {"2026-03-10": 1}, "moving a lead away gives no day back"
    assert told(desk, replace(WISH, merged_into=root), 3) is None
    assert set(desk.owed("us_east").values()) == {"0"}, "the turn is given back once"


def test_an_unmerged_lead_is_routed_again() -> None:
    desk = Desk()
    told(desk, WISH, 1)
    told(desk, replace(WISH, merged_into=MergedInto(lead_id=UUID(int=1), revision=3)), 2)
    again = told(desk, WISH, 3)
    assert again is not None
    assert (again.outcome, again.assignment, again.revision) == ("person", 2, 3)
    assert desk.states[WISH.id].merged_into is None


def test_a_lead_turned_spam_frees_its_owner_and_comes_back_when_released() -> None:
    desk = Desk()
    told(desk, WISH, 1)
    spam = Quarantine(reason="spam", since=NOW)
    apart = desk.one(scored_record(replace(WISH, quarantine=spam), 2))
    assert [emit.suffix for emit in apart.events] == [LET_GO], "its turn is given back, nothing else is told"
    assert desk.one(scored_record(replace(WISH, quarantine=spam), 3)).outcome.reason == "quarantined"
    assert desk.members["ana"].open == 0
    again = told(desk, WISH, 4)
    assert again is not None
    assert again.owner == "ana"


def test_a_held_lead_turned_spam_waits_no_longer() -> None:
    desk = Desk()
    desk.one(scored_record(WISH), at("2026-03-10T23:00:00Z"))
    desk.one(scored_record(replace(WISH, quarantine=Quarantine(reason="spam", since=NOW)), 2))
    assert desk.pools["us_east"].held == 0
    assert desk.states[WISH.id].timer_at is None


def without(desk: Desk, gone: str) -> None:
    """This member has left."""
    team = desk.book.team
    members = {**team.members, gone: replace(team.members[gone], active=False)}
    desk.book = replace(desk.book, team=Team(members, team.pools, team.territories, team.managers))


def test_a_leavers_untouched_lead_goes_to_the_next_and_a_touched_one_to_the_manager() -> None:
    for touched, owner in ((False, "ben"), (True, "mia")):
        desk = Desk()
        told(desk, WISH, 1)
        if touched:
            desk.one(act_record(WISH.id, "email.sent", NOW, "ana"))
        without(desk, "ana")
        again = told(desk, WISH, 2)
        assert again is not None
        assert (again.owner, again.assignment, again.escalated) == (owner, 2, touched)
        assert desk.members["ana"].open == 0


def test_an_absent_owner_keeps_it_if_back_in_time_else_his_pool_covers() -> None:
    account = Account(domain="x", status="customer", owner="fay")  # on leave until Saturday 14 March
    german = replace(WISH, country="DE", state=None, account=account)
    covered = told(Desk(), german, 1)
    assert covered is not None
    assert (covered.rule, covered.pool, covered.owner, covered.covering_for) == (
        "r1_account_owner", "emea", "gus", "fay",
    )  # fmt: skip
    assert covered.reason == (
        "fay owns the account but is absent (leave) until 2026-03-14, not back by the first promise at 15:05Z"
    )
    friday = at("2026-03-13T17:00:00Z")
    kept = Desk().routed(scored_record(replace(german, start=friday, type="trial_signup")), friday)
    assert (kept.owner, kept.covering_for, kept.counts_as_turn) == ("fay", None, False)
    assert kept.candidates[0].why == (
        "owns the account, back 2026-03-16T09:00Z, before the first promise at 2026-03-16T12:30Z"
    )


def test_an_owner_who_is_gone_is_ignored() -> None:
    first = told(Desk(), replace(WISH, owner="zoe"), 1)
    assert first is not None
    assert first.owner == "ana"
    assert "zoe owns the lead but is gone" in [each.why for each in first.rules_tried]


def test_the_fallback_takes_the_least_loaded_of_all() -> None:
    desk = Desk()
    for name in desk.book.team.members:
        desk.members[name] = Load(open=10)
    desk.members["gus"] = Load(open=3)
    event = told(desk, replace(WISH, country="JP", state=None), 1)
    assert event is not None
    assert (event.rule, event.pool, event.owner, event.territory) == ("r9_fallback", "anyone", "gus", None)
    assert [each.rule for each in event.rules_tried][-1] == "r8_us_unknown"
    assert event.rules_tried[-1].why == "needs country is US and state is unknown; has country JP, state unknown"
