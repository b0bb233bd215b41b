"""What a person sets in place of what is computed: in force for its time, shown with the computed value (rules B3.11).

The lead of these stories fits by 45; its download gives 10: 55, grade B3, no MQL.
"""

from datetime import datetime, timedelta
from typing import Any

import pytest

from leadline_schemas.activity import Activity, Actor
from leadline_schemas.consent import ConsentRecord
from leadline_schemas.enriched import Effective
from leadline_schemas.lead import Lead, MergedInto
from leadline_schemas.scored import Override, Scorecard
from leadline_score.core.acts import LIMIT, newest
from tests.unit.score.builders import LEAD, Desk, act, asked, snapshot
from tests.unit.score.test_decide import DOWNLOAD, GOOD, NOON, WANTED, known, view
from tests.unit.score.test_moving import OTHER, moved_of

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
STUDENT = Lead(title="Student")


def order(
    target: str, value: bool | int | None, when: datetime = NOON + HOUR, days: float = 30, **more: Any
) -> Activity:
    """`value` None clears. The same target and time are the same order."""
    veto, origin = more.pop("veto", None), more.pop("origin", LEAD)
    told = {
        "target": target, "veto": veto, "value": value, "author": "mara", "reason": "met them",
        "expires_at": None if value is None else when + timedelta(days=days),
    }  # fmt: skip
    return act(
        f"{target} {veto} {when}", "score.overridden", when, override=told, direction="none", origin=origin,
        actor=Actor(kind="person", id="mara"), **more,
    )  # fmt: skip


def desk_with(*orders: Activity, lead: Lead | None = None, effective: Effective = GOOD, **more: Any) -> Desk:
    """The lead as it came, then the orders."""
    desk = Desk()
    desk.snapshot(snapshot(NOON, lead or Lead(), effective, [DOWNLOAD], **{"requests": (WANTED,), **more}))
    for each in orders:
        desk.act(each)
    return desk


def told(card: Scorecard) -> list[tuple[Any, ...]]:
    return [(each.target, each.veto, each.value, each.computed, each.without_effect) for each in card.overrides or ()]


def test_a_fit_that_is_set_counts_and_the_computed_one_stands_beside_it() -> None:
    desk = desk_with(order("fit", 66))
    card = desk.last.scorecard
    assert (desk.last.cause, card.fit.value, card.fit.known, card.total, card.grade) == (
        "override", "66.000", "66.000", "76.000", "A3",
    )  # fmt: skip
    assert card.overrides == (
        Override(
            target="fit", value="66.000", computed="45.000", author="mara", reason="met them",
            since=NOON + HOUR, until=NOON + HOUR + 30 * DAY,
        ),
    )  # fmt: skip
    assert (card.mql_reasons, card.mql_entry) == (("score",), 1)
    assert [each.counted for each in card.fit.contributions] == ["20.000", "25.000"], "the parts stay as computed"
    assert card.explanation.startswith("76 = fit set by mara 66 (until Thu 9 Apr, computed 45) + download 10")


def test_the_parts_of_what_a_person_set_are_not_in_the_line_but_what_fades_is() -> None:
    desk = desk_with(order("intent", 40))
    card = desk.last.scorecard
    assert (card.intent.value, card.total, card.grade, card.next_recheck) == ("40.000", "85.000", "B1", None)
    assert card.explanation.startswith("85 = 200 employees 20 + target industry 25 + intent set by mara 40 (")


def test_a_set_value_does_not_pass_the_cap_of_its_dimension() -> None:
    card = desk_with(order("fit", 100), order("intent", 100, NOON + 2 * HOUR)).last.scorecard
    assert (card.fit.value, card.intent.value, card.total) == ("70.000", "60.000", "100.000")
    assert (card.unclipped_total, [each.value for each in card.overrides or ()]) == ("130.000", ["70.000", "60.000"])


def test_when_it_expires_the_scorecard_is_as_if_it_had_never_been() -> None:
    plain, desk = desk_with(), desk_with(order("fit", 66))
    assert desk.state is not None
    while desk.state.timer_at is not None and desk.state.timer_at < NOON + HOUR + 30 * DAY:
        desk.alarm()
    assert desk.state.timer_at == NOON + HOUR + 30 * DAY, "the expiry itself rings"
    assert desk.last.scorecard.mql
    desk.alarm()
    assert (desk.last.cause, desk.last.scorecard.mql, desk.last.scorecard.overrides) == ("override", False, None)
    click = act("click", "email.clicked", NOON + 30 * DAY, received_at=NOON + 31 * DAY)
    for each in (plain, desk):
        each.act(click)
    assert desk.last.scorecard.model_dump_json() == plain.last.scorecard.model_dump_json()


def test_a_later_order_replaces_and_what_it_replaced_does_not_come_back() -> None:
    desk = desk_with(order("fit", 66), order("fit", 50, NOON + 2 * HOUR, days=1))
    assert told(desk.last.scorecard) == [("fit", None, "50.000", "45.000", None)]
    desk.alarm()
    assert (desk.last.scorecard.fit.value, desk.last.scorecard.overrides) == ("45.000", None)


def test_a_clear_ends_it_at_once() -> None:
    desk = desk_with(order("fit", 66), order("fit", None, NOON + 2 * HOUR))
    card = desk.last.scorecard
    assert (desk.last.cause, card.fit.value, card.overrides) == ("override", "45.000", None)


def test_an_order_read_twice_counts_once_and_an_older_one_changes_nothing() -> None:
    desk = desk_with(order("fit", 66))
    assert desk.act(order("fit", 66)).outcome.kind == "duplicate"
    older = order("fit", 30, NOON + HOUR / 2, received_at=NOON + 3 * HOUR)
    assert desk.act(older).outcome.reason == "unchanged"


def test_an_mql_by_override_asks_for_somebody_from_now_on() -> None:
    desk = desk_with(order("mql", True, received_at=NOON + 2 * HOUR))
    card = desk.last.scorecard
    assert (card.mql, card.mql_reasons, card.signal, card.mql_by_score) == (True, ("override",), "MQL", False)
    assert told(card) == [("mql", None, True, False, None)]
    opened = desk.last.requests[-1]
    assert (opened.type, opened.start, opened.historical) == ("other", NOON + 2 * HOUR, False)
    assert card.explanation.endswith("; MQL set yes by mara until Thu 9 Apr")
    desk.act(view(11))
    assert [each.id for each in desk.last.requests] == [WANTED.id, opened.id]


def test_no_mql_by_override_whatever_it_asked_for() -> None:
    demo = asked("demo", "demo_request", NOON)
    desk = desk_with(order("mql", False), requests=(demo,))
    card = desk.last.scorecard
    assert (card.hand_raise, card.mql, card.mql_reasons, card.signal, card.fast_track) == (
        True,
        False,
        (),
        "IQL",
        False,
    )
    assert told(card) == [("mql", None, False, True, None)]
    assert "that an MQL needs" not in card.explanation and "below MQL" not in card.explanation


def test_who_asked_for_a_person_and_is_let_through_is_promised_what_it_asked_for_from_then_on() -> None:
    demo = asked("demo", "demo_request", NOON)
    desk = desk_with(lead=Lead(email="x@rivalware.example"), requests=(demo, WANTED))
    assert (desk.last.scorecard.mql, desk.last.requests) == (False, (demo, WANTED))
    desk.act(order("veto", False, NOON + 5 * HOUR, veto="competitor"))
    assert desk.last.scorecard.mql_reasons == ("hand_raise",)
    opened = desk.last.requests[-1]
    assert (opened.type, opened.start) == ("demo_request", NOON + 5 * HOUR)


def test_a_veto_is_set_off() -> None:
    desk = desk_with(lead=STUDENT)
    assert [veto.id for veto in desk.last.scorecard.vetoes] == ["student"]
    desk.act(order("veto", False, veto="student"))
    card = desk.last.scorecard
    assert (card.vetoes, told(card)) == ((), [("veto", "student", False, True, None)])
    assert "; veto student set off by mara until Thu 9 Apr" in card.explanation


def test_a_veto_is_set_on_with_the_effect_that_the_rules_give_it() -> None:
    card = desk_with(order("veto", True, veto="competitor")).last.scorecard
    assert [(veto.id, veto.effect, veto.why) for veto in card.vetoes] == [("competitor", "disqualify", "set by mara")]
    assert (card.signal, told(card)) == ("none", [("veto", "competitor", True, False, None)])


def test_a_veto_that_the_rules_do_not_know_is_told_to_be_in_vain() -> None:
    card = desk_with(order("veto", False, veto="competitr")).last.scorecard
    ((_, name, _, _, why),) = told(card)
    assert name == "competitr" and why.startswith("the rules know no such veto, but competitor, ")
    assert "; veto competitr set off by mara until Thu 9 Apr, to no effect: the rules know no such" in card.explanation


def test_a_veto_stops_also_whom_a_person_calls_an_mql() -> None:
    card = desk_with(order("mql", True), lead=STUDENT).last.scorecard
    assert (card.mql, card.signal) == (False, "none")
    assert told(card) == [("mql", None, True, False, "veto student stands; set it off to lift it")]


def test_who_refused_to_be_profiled_gets_no_points_from_people_either() -> None:
    refusal = ConsentRecord(purpose="profiling", channel="any", state="declined")
    card = desk_with(order("fit", 66), order("mql", True), lead=Lead(consent=(refusal,))).last.scorecard
    assert (card.withheld, card.fit.value, card.total, card.mql_reasons) == (True, "0.000", "0.000", ("override",))
    assert told(card) == [
        ("fit", None, "0.000", "0.000", "the lead refused to be profiled"), ("mql", None, True, False, None),
    ]  # fmt: skip


def test_an_order_before_the_first_snapshot_waits_for_it() -> None:
    desk = Desk()
    assert desk.act(order("mql", True, NOON - HOUR)).outcome.reason == "kept"
    desk.snapshot(known())
    assert (desk.last.scorecard.mql_reasons, len(desk.last.requests)) == (("override",), 1)


def test_it_goes_with_its_lead_into_another_and_comes_back() -> None:
    desk, root = desk_with(order("fit", 66)), MergedInto(lead_id=OTHER, revision=3)
    sent, moved = moved_of(desk.snapshot(known(revision=2, merged_into=root)))
    assert (sent.lead_id, moved.facts) == (OTHER, (order("fit", 66),))
    host = desk_with(order("fit", 50))
    assert host.act(order("fit", 66, NOON + 2 * HOUR, origin=OTHER), snapshot=2).outcome.reason == "kept"
    assert told(host.last.scorecard) == [("fit", None, "50.000", "45.000", None)], "of a part that is not known yet"
    host.snapshot(known(revision=2, aliases=(OTHER,)), now=NOON + DAY)
    assert told(host.last.scorecard) == [("fit", None, "66.000", "45.000", None)], "the newest of both"
    host.snapshot(known(revision=3), now=NOON + DAY)
    assert told(host.last.scorecard) == [("fit", None, "50.000", "45.000", None)]


def test_a_busy_lead_does_not_lose_what_was_set() -> None:
    start = NOON + 2 * HOUR
    clicks = [act(f"click {n}", "email.clicked", start + timedelta(minutes=n)) for n in range(LIMIT + 5)]
    orders = [order("fit", n, NOON + timedelta(minutes=n)) for n in range(3)]
    theirs = order("fit", 66, NOON, origin=OTHER)
    kept, cut = newest([*orders, theirs, *clicks])
    assert cut and len(kept) == LIMIT + 2
    assert {each.id for each in kept if each.override} == {orders[-1].id, theirs.id}


@pytest.mark.parametrize("late", [False, True])
def test_a_band_is_entered_from_where_the_lead_stood_when_it_was_set(late: bool) -> None:
    """Fit 45 and 30 for pages: in at 75, out below 60. Set to 50 after it fell out, it comes not in anew."""
    views = [view(8), view(9), view(10)]
    faded = NOON + 40 * DAY
    desk = Desk()
    desk.snapshot(snapshot(NOON + 2 * HOUR, Lead(), GOOD, views))
    assert desk.last.scorecard.mql_by_score
    set_at = faded if late else NOON + 3 * HOUR
    desk.act(order("fit", 50, set_at, days=80))
    while desk.state is not None and desk.state.timer_at is not None and desk.state.timer_at <= faded:
        desk.alarm()
    assert desk.last.scorecard.mql_by_score is not late
