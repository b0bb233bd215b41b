"""The ten golden leads of the design: their scorecards, field by field, through the step's own decisions."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any

import pytest

from leadline_schemas.scored import Clipped, Contribution, Dimension, Scorecard
from tests.support.golden import golden, golden_lead, instant
from tests.unit.score.builders import Desk, at
from tests.unit.score.golden import activity, event_id, golden_snapshot

LEADS = {
    "G1": "g1-5", "G2": "g2-1", "G3": "g3-1", "G4": "g4-1", "G5": "g5-1",
    "G6": "g6-1", "G8": "g8-1", "G9": "g9-6", "G10": "g10-1",
}  # fmt: skip


def test_every_score_of_the_file_is_held_to_in_here() -> None:
    parts = {(lead["id"], part) for lead in golden()["leads"] for part in lead["expect"] if part.startswith("score")}
    assert parts == {(lead, "score") for lead in [*LEADS, "G7"]} | {("G4", "score_after_usage")}


@pytest.mark.parametrize("lead", LEADS)
def test_a_golden_lead_gets_its_scorecard(lead: str) -> None:
    desk = Desk()
    desk.snapshot(golden_snapshot(lead, LEADS[lead]))
    same_card(desk.last.scorecard, golden_lead(lead)["expect"]["score"])


def test_the_explanation_of_g1_is_a_sum_in_plain_words() -> None:
    desk = Desk()
    desk.snapshot(golden_snapshot("G1", "g1-5"))
    assert desk.last.scorecard.explanation == golden_lead("G1")["expect"]["explain"]


def test_g7_the_same_person_asking_again_counts_once() -> None:
    desk = Desk()
    first = golden_snapshot("G2", "g2-1")
    desk.snapshot(first)
    demo, request = first.captured.acts[-1], first.captured.requests[-1]
    desk.snapshot(
        golden_snapshot("G7", "g7-1", person="G2", earlier=[demo], requests_before=[request], revision=2)
    )  # fmt: skip
    same_card(desk.last.scorecard, golden_lead("G7")["expect"]["score"])
    assert [each.type for each in desk.last.requests] == ["demo_request", "pricing_inquiry"]


def test_g4_product_use_makes_a_pql_and_decay_ends_it() -> None:
    desk = Desk()
    desk.snapshot(golden_snapshot("G4", "g4-1"))
    for given in golden_lead("G4")["input"]["activities_after"]:
        if given["id"].startswith("g4-"):
            desk.act(activity(given))
    same_card(desk.last.scorecard, golden_lead("G4")["expect"]["score_after_usage"])
    assert desk.last.scorecard.mql_entry == 1
    desk.alarm()
    left = desk.last
    assert (left.cause, left.scorecard.mql_by_score, left.scorecard.signal) == ("decay", False, "PQL")
    assert (left.scorecard.intent.value, left.scorecard.total) == ("31.999", "59.999")
    assert left.scorecard.mql_reasons == ("hand_raise", "pql")


def test_g9_shows_59_and_is_on_the_fast_track() -> None:
    desk = Desk()
    desk.snapshot(golden_snapshot("G9", "g9-6"))
    card = desk.last.scorecard
    assert (card.display, card.total, card.fast_track, card.mql) == (59, "59.333", True, False)
    assert card.explanation.endswith("; 10.667 below MQL")


def test_g9_a_withdrawal_read_late_takes_its_points_and_is_told_why() -> None:
    desk = Desk()
    desk.snapshot(golden_snapshot("G9", "g9-6"))
    withdrawal = golden_lead("G9")["input"]["activities_after"][-1]
    gone = activity({"id": "w1", "kind": "email_click", "at": withdrawal["occurred_at"]}).model_copy(
        update={
            "kind": "consent.withdrawn",
            "purpose": "marketing",
            "received_at": instant(withdrawal["received_at"]),
        }
    )
    desk.act(gone)
    card = desk.last.scorecard
    assert card.as_of == at("03-11T20:40:00")
    assert (card.intent.value, card.intent.groups["penalty"].clipped) == ("1.331", "-20.000")


@pytest.mark.parametrize("lead", ["G3", "G5", "G8", "G1"])
def test_at_its_recheck_a_lead_really_changes_its_band_and_a_second_earlier_it_does_not(lead: str) -> None:
    desk = Desk()
    desk.snapshot(golden_snapshot(lead, LEADS[lead]))
    before = desk.last.scorecard
    expected = golden_lead(lead)["expect"]["score"]["next_recheck"]
    desk.alarm()
    after = desk.last.scorecard
    assert after.as_of == instant(expected["at"])
    assert after.intent.value == expected["intent_then"]
    assert f"digit {before.grade[1]}->{after.grade[1]}" == expected["change"]


def same_card(card: Scorecard, expected: dict[str, Any]) -> None:
    """Compare every field that the golden file gives."""
    assert card.as_of == instant(expected["as_of"])
    same_fit(card.fit, expected["fit"])
    same_intent(card.intent, expected["intent"])
    for name in ("total", "unclipped_total", "display", "grade", "temperature", "signal", "mql_by_score",
                 "sql_suggested"):  # fmt: skip
        assert getattr(card, name) == expected[name], name
    assert list(card.mql_reasons) == expected["mql_reasons"]
    assert [veto.id for veto in card.vetoes] == expected["vetoes"]
    assert [gap.model_dump() for gap in card.gaps] == expected["gaps"]
    recheck, wanted = card.next_recheck, expected["next_recheck"]
    if wanted is None:
        assert recheck is None
    else:
        assert recheck is not None
        assert (recheck.at, recheck.change, recheck.value_then) == (
            instant(wanted["at"]), wanted["change"], wanted["intent_then"],
        )  # fmt: skip


def same_fit(found: Dimension, expected: dict[str, Any]) -> None:
    assert found.value == expected["value"]
    told = [
        {"rule": c.rule, "group": c.group, "raw": c.raw, "counted": number(c.counted), "why": c.why}
        for c in found.contributions
    ]
    assert told == [{**each, "counted": Decimal(each["counted"])} for each in expected["contributions"]]
    groups = {name: {"raw": number(g.sum), "clipped": number(g.clipped)} for name, g in found.groups.items()}
    assert groups == expected["groups"]
    assert [number(found.positives), number(found.after_cap), number(found.penalties)] == [
        expected["positives"], expected["after_cap"], expected["penalties"],
    ]  # fmt: skip


def same_intent(found: Dimension, expected: dict[str, Any]) -> None:
    told = [contribution(c) for c in found.contributions]
    assert told == [
        {**each, "event": event_id(each["event"]), "at": instant(each["at"])} for each in expected["contributions"]
    ]
    assert all(c.why for c in found.contributions)
    assert {name: clipped(c, "after_rule_cap") for name, c in found.rules.items()} == expected["rules"]
    assert {name: clipped(c, "clipped") for name, c in found.groups.items()} == expected["groups"]
    assert [{"event": each.event, "why": each.why} for each in found.not_counted] == [
        {**each, "event": event_id(each["event"])} for each in expected["not_counted"]
    ]
    for name in ("value", "positives", "after_cap", "penalties"):
        assert getattr(found, name) == expected[name], name


def contribution(found: Contribution) -> dict[str, Any]:
    return {name: value for name, value in asdict(found).items() if name != "why"}


def clipped(found: Clipped, name: str) -> dict[str, str]:
    return {"sum": found.sum, name: found.clipped}


def number(text: str) -> Decimal:
    return Decimal(text)
