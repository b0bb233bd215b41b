"""New rules: what they say of a lead, what they leave alone, and who comes on the review list (rules B3.12)."""

from datetime import timedelta
from typing import Any

import pytest

from leadline_runtime.decision import Decision
from leadline_schemas.activity import Activity
from leadline_schemas.enriched import Effective, LeadEnriched
from leadline_schemas.lead import Lead, MergedInto, Quarantine
from leadline_score.review_list import Listed
from leadline_score.state import JUDGED_BY, Body, judged_by
from tests.unit.score.builders import LEAD, Desk, act, asked, at, loaded, preset, scored, snapshot

NOON = at("03-10T16:00:00")
GOOD = Effective(country="US", employees=200, industry="logistics", domain_class="corporate")  # fit 45
DOWNLOAD = act("download", "content.downloaded", NOON, request_type="content_download")  # intent 10
WANTED = asked("download", "content_download", NOON)
EAGER, STRICT = preset("eager"), preset("strict")  # MQL from 50, from 80
LATER = at("03-11T12:00:00")


def known(**more: Any) -> LeadEnriched:
    return snapshot(NOON, Lead(), more.pop("effective", GOOD), [DOWNLOAD, *more.pop("acts", ())],
                    requests=(WANTED, *more.pop("requests", ())), **more)  # fmt: skip


def view(day: int) -> Activity:
    return act(f"view {day}", "page.viewed", at(f"03-{day:02}T17:00:00"), tag="pricing")


@pytest.fixture
def desk() -> Desk:
    """A lead of 55 points: no MQL by the rules that ship, one by the eager ones."""
    desk = Desk()
    desk.snapshot(known())
    assert not desk.last.scorecard.mql
    desk.now = LATER
    return desk


@pytest.fixture
def waiting(desk: Desk) -> Desk:
    desk.rejudge(EAGER)
    return desk


def delta(decision: Decision[Body]) -> Listed | None:
    assert decision.delta is None or isinstance(decision.delta, Listed)
    return decision.delta


def test_a_lead_that_newly_qualifies_is_told_with_its_cause_and_waits_for_a_person(desk: Desk) -> None:
    decision = desk.rejudge(EAGER)
    event = scored(decision)[0]
    assert (event.cause, event.revision, event.scorecard.mql) == ("rules_change", 2, True)
    assert event.scorecard.as_of == NOON, "judged on the same evidence as of the same time"
    assert event.requests == (WANTED,), "nobody is to hurry"
    assert event.review is not None
    assert (event.review.state, event.review.since, event.review.rules) == ("waiting", LATER, EAGER.ref)
    assert (event.review.grade, event.review.signal) == ("B3", "IQL")
    listed = delta(decision)
    assert listed is not None and listed.now is not None
    assert (listed.lead_id, listed.review, listed.now.signal) == (LEAD, event.review, "MQL")


def test_the_same_rules_or_a_second_look_say_nothing(desk: Desk) -> None:
    assert desk.rejudge().events == ()
    desk.rejudge(EAGER)
    again = desk.rejudge()
    assert (again.events, again.outcome.reason, delta(again)) == ((), "unchanged", None)


def test_rules_that_change_nothing_about_a_lead_are_noted_without_a_word(desk: Desk) -> None:
    decision = desk.rejudge(STRICT)
    assert (decision.events, decision.outcome.reason) == ((), "unchanged")
    assert desk.state is not None
    assert desk.state.seen[JUDGED_BY] == judged_by(STRICT.ref.digest)
    assert desk.state.body.memory.rules == STRICT.ref.digest


def test_going_back_to_the_rules_of_before_gives_back_what_they_said(desk: Desk) -> None:
    before = desk.last.scorecard
    desk.rejudge(EAGER)
    back = desk.rejudge(loaded())
    assert (desk.last.scorecard, desk.last.review) == (before, None)
    listed = delta(back)
    assert listed is not None and listed.review is None, "it comes off the list"


def test_an_mql_that_no_longer_qualifies_is_told_silently() -> None:
    desk = Desk()
    desk.snapshot(known(acts=[view(11), view(12)]))
    desk.alarm(), desk.alarm()
    assert desk.last.scorecard.mql, "75 points"
    desk.rejudge(STRICT)
    assert (desk.last.cause, desk.last.scorecard.mql, desk.last.review) == ("rules_change", False, None)


def test_an_act_of_the_lead_ends_the_wait_and_its_clock_starts_with_it(waiting: Desk) -> None:
    decision = waiting.act(view(12))
    assert (waiting.last.cause, waiting.last.review) == ("act", None)
    request = waiting.last.requests[-1]
    assert (request.start, request.received_at, request.historical) == (
        view(12).occurred_at,
        view(12).received_at,
        False,
    )
    listed = delta(decision)
    assert listed is not None and listed.review is None


@pytest.mark.parametrize(
    "more",
    [
        {"automated": True},
        {"actor": {"kind": "person", "id": "gus"}},
        {"historical": True},
        {"kind": "page.viewed", "tag": "careers"},
    ],
)
def test_what_a_machine_or_one_of_ours_does_or_what_speaks_against_it_does_not(
    waiting: Desk, more: dict[str, Any]
) -> None:
    given = {"kind": "email.clicked", **more}
    waiting.act(act("click", given.pop("kind"), at("03-12T17:00:00"), **given))
    assert waiting.state is not None
    assert waiting.state.body.memory.review is not None
    assert waiting.last.requests == (WANTED,)


def test_a_late_fact_leaves_it_where_it_waits(waiting: Desk) -> None:
    better = GOOD.model_copy(update={"employees": 600})
    waiting.snapshot(known(revision=2, effective=better), now=LATER + timedelta(hours=1))
    assert (waiting.last.cause, waiting.last.requests) == ("fact", (WANTED,))
    assert waiting.last.review is not None and waiting.last.review.state == "waiting"


def test_what_fades_below_the_band_is_no_longer_to_be_released() -> None:
    desk = Desk()
    desk.snapshot(known(effective=GOOD.model_copy(update={"industry": None}), acts=[view(8), view(9)]))
    assert not desk.last.scorecard.mql
    desk.rejudge(EAGER)
    assert desk.last.review is not None
    while desk.last.scorecard.mql:
        desk.alarm()
    faded = desk.last
    assert (faded.cause, faded.review) == ("decay", None)
    assert desk.word("lead.released", desk.now).outcome.reason == "stale_command"


def test_a_hand_raise_never_waits(waiting: Desk) -> None:
    demo = act("demo", "form.submitted", LATER, request_type="demo_request")
    asked_for = asked("demo", "demo_request", LATER)
    waiting.snapshot(known(revision=2, acts=[demo], requests=[asked_for]), now=LATER)
    assert waiting.last.review is None
    assert waiting.last.requests == (WANTED, asked_for)


def test_a_person_releases_it_and_the_clock_starts_at_the_decision(waiting: Desk) -> None:
    when = at("03-13T09:00:00")
    decision = waiting.word("lead.released", when)
    event = scored(decision)[0]
    assert (event.cause, event.scorecard.mql) == ("review", True)
    assert event.review is not None
    assert (event.review.state, event.review.author, event.review.decided_at) == ("released", "mara", when)
    assert (event.requests[-1].start, event.requests[-1].type) == (when, "other")
    assert waiting.word("lead.released", when + timedelta(hours=1)).outcome.reason == "stale_command"
    assert waiting.act(view(14)).events[0].event.review is None  # type: ignore[attr-defined]
    assert len(waiting.last.requests) == 2, "one promise is enough"


def test_a_person_dismisses_it_until_it_does_something_or_is_released_after_all(waiting: Desk) -> None:
    waiting.word("lead.dismissed", at("03-13T09:00:00"))
    assert waiting.last.review is not None
    assert (waiting.last.cause, waiting.last.review.state) == ("review", "dismissed")
    assert waiting.word("lead.dismissed", at("03-13T10:00:00")).outcome.reason == "stale_command"
    waiting.rejudge(loaded()), waiting.rejudge(EAGER)
    assert (review := waiting.last.review) is not None and review.state == "waiting", "it qualifies anew"
    waiting.word("lead.dismissed", at("03-14T09:00:00"))
    waiting.word("lead.released", at("03-14T10:00:00"))
    assert (after := waiting.last.review) is not None and after.state == "released"


def test_what_the_rules_did_and_what_the_act_did_are_told_apart_though_the_act_came_before_the_pass(desk: Desk) -> None:
    desk.rules = EAGER
    decision = desk.act(act("click", "email.clicked", at("03-12T17:00:00")))
    first, second = scored(decision)
    assert (first.cause, first.review is not None, first.requests) == ("rules_change", True, (WANTED,))
    assert (second.cause, second.review, len(second.requests)) == ("act", None, 2)
    assert (first.revision, second.revision, second.basis.revision_before) == (2, 3, 2)
    assert desk.rejudge().events == ()


def test_a_fading_before_the_pass_does_not_bring_it_to_anybody(desk: Desk) -> None:
    desk.rules = EAGER
    desk.alarm()
    told = [event for decision in desk.decisions for event in scored(decision)]
    assert all(event.requests == (WANTED,) for event in told)
    assert desk.last.review is not None


def test_what_is_kept_apart_or_gone_is_passed_over(desk: Desk) -> None:
    spam = Quarantine(reason="spam", since=LATER)
    desk.snapshot(known(revision=2, quarantine=spam), now=LATER)
    assert (desk.rejudge(EAGER).events, desk.state is not None) == ((), True)
    assert desk.state is not None and desk.state.seen[JUDGED_BY] == judged_by(EAGER.ref.digest)
    gone: dict[str, Any] = {"outcome": "tombstone", "revision": 3}
    desk.snapshot(known(**gone), now=LATER)
    assert desk.rejudge(loaded()).events == ()


def test_a_lead_on_the_list_that_is_kept_apart_or_becomes_part_of_another_comes_off_it() -> None:
    for change in (
        {"quarantine": Quarantine(reason="spam", since=LATER)},
        {"outcome": "tombstone", "merged_into": MergedInto(lead_id=DOWNLOAD.id, revision=4)},
        {"outcome": "tombstone"},
    ):
        desk = Desk()
        desk.snapshot(known())
        desk.rejudge(EAGER)
        listed = delta(desk.snapshot(known(revision=2, **change)))
        assert listed is not None and listed.review is None, change


def test_facts_before_the_first_snapshot_wait_on(desk: Desk) -> None:
    early = Desk()
    early.act(view(11))
    assert early.rejudge(EAGER).outcome.reason == "kept"
    early.snapshot(known())
    assert (early.last.cause, early.last.review) == ("act", None)
