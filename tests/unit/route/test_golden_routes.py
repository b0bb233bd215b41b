"""The ten golden leads through decide(), in the order of the design: rule, owner, candidates, balances."""

from datetime import timedelta
from typing import Any

import pytest

from leadline_schemas.consent import ConsentRecord
from leadline_schemas.enriched import Account
from leadline_schemas.routed import LeadRouted
from leadline_schemas.scored import Veto
from tests.support.golden import golden, golden_lead, instant
from tests.unit.route.leads import (
    Desk,
    Wish,
    act_record,
    at,
    candidates,
    lapse_record,
    request_of,
    scored_record,
    texts,
)

ROUTED_AFTER = timedelta(seconds=2)
ORDER = ("G3", "G2", "G7", "G4", "G10", "G5", "G6", "G9", "G1", "G8")
VETOES = {"student": "nurture_only", "competitor": "disqualify"}


def wish_of(lead: str, name: str | None = None) -> Wish:
    """What score makes of a golden lead: its inputs, and the scorecard that the file expects."""
    told = golden_lead(lead)
    given, card = told["input"]["submission"], told["expect"]["score"]
    provider: dict[str, Any] = next(iter(told["input"].get("provider", {}).values()), {})
    total = card["total"]
    return Wish(
        name=name or lead,
        type=given["type"],
        source=given["source"],
        start=instant(given["occurred_at"]),
        received_at=instant(given["received_at"]) if "received_at" in given else None,
        country=given["country"],
        state=given.get("state"),
        language=given.get("language"),
        employees=provider.get("employees"),
        email=given["email"],
        phone=given.get("phone"),
        consent=_consent(told["expect"].get("consent", {}), given),
        account=_account(given["email"]),
        mql=bool(card["mql_reasons"]),
        total=total,
        fit=card["fit"]["value"],
        intent=card["intent"]["value"],
        temperature=card["temperature"],
        fast_track=float(total) >= 50 and not card["mql_reasons"],
        vetoes=[Veto(id=each, effect=VETOES[each], why="golden") for each in card["vetoes"]],
    )


def _consent(told: dict[str, Any], given: dict[str, Any]) -> list[ConsentRecord]:
    """As capture keeps it: `marketing.email: granted(consent)`."""
    found = []
    for key, text in told.items():
        purpose, dot, channel = key.partition(".")
        if dot and channel in ("email", "phone"):
            state = text.split("(")[0].split(" ")[0]
            found.append(
                ConsentRecord(
                    purpose=purpose,
                    channel=channel,
                    address=given.get(channel),
                    state=state,
                    basis="consent" if "(consent)" in text else "pre_contract" if "(pre" in text else None,
                )
            )
    if given.get("consent_at_registration"):
        found.append(ConsentRecord(purpose="marketing", channel="email", address=given["email"], state="granted"))
    return found


def _account(email: str) -> Account | None:
    known = {each["domain"]: each for each in golden()["company"]["accounts"]}
    found = known.get(email.rpartition("@")[2])
    return Account(domain=found["domain"], status=found["status"], owner=found["owner"]) if found else None


def route(desk: Desk, lead: str) -> LeadRouted:
    """Route a golden lead at the time the file says."""
    wish = wish_of(lead)
    return desk.routed(scored_record(wish), (wish.received_at or wish.start) + ROUTED_AFTER)


def same(event: LeadRouted, expected: dict[str, Any]) -> None:
    """Everything that the file says about one routing."""
    assert event.outcome == expected["outcome"]
    assert event.rule == expected["rule"]
    assert event.basis.decided_at == instant(expected["decided_at"])
    assert event.owner == expected.get("owner")
    assert event.pool == expected.get("pool")
    assert event.counts_as_turn == expected.get("counts_as_turn", "balance_after" in expected)
    assert [each.id for each in event.candidates] == [each["id"] for each in expected["candidates"]]
    chosen = [each.id for each in event.candidates if each.chosen]
    assert chosen == [each["id"] for each in expected["candidates"] if each.get("chosen")]
    for each in expected["candidates"]:  # the file says both "highest balance 1/2" (G3) and "balance 1" (G1)
        assert candidates(event)[each["id"]].removeprefix("highest ") == each["why"].removeprefix("highest ")
    assert texts(event.balance_before) == expected.get("balance_before", {})
    assert texts(event.balance_after) == expected.get("balance_after", {})
    assert event.cadence == expected.get("cadence")
    if "reason" in expected:
        assert event.reason == expected["reason"]
    assert event.cause == expected.get("cause", "scored")


@pytest.fixture(scope="module")
def told() -> dict[str, list[LeadRouted]]:
    """All ten leads on one desk, in the order of the design; the events of each."""
    desk, found = Desk(), {}
    for lead in ORDER:
        before = len(desk.events)
        TELL.get(lead, route)(desk, lead)
        found[lead] = desk.events[before:]
    return found


def _g3(desk: Desk, lead: str) -> None:
    """ana lets the clock lapse; ben writes a little later."""
    first = route(desk, lead)
    second = instant(golden_lead(lead)["expect"]["route"][1]["decided_at"])
    desk.routed(lapse_record(first.lead_id, first.assignment, "ana", second), second)
    desk.one(act_record(first.lead_id, "email.sent", at("2026-03-06T22:52:10Z"), "ben"))


def _g7(desk: Desk, lead: str) -> None:
    """G2's person asks for prices too: the same lead, one request more, the newer consent block of G7."""
    first = wish_of("G2")
    again = wish_of("G7", "G2")
    second = Wish(name="G7", type=again.type, start=again.start)
    wish = Wish(**{**first.__dict__, "requests": [request_of(first), request_of(second)]})
    desk.routed(scored_record(wish, 2), again.start + ROUTED_AFTER)


def _g4(desk: Desk, lead: str) -> None:
    """eli is owed half a lead, but has had his two of the day; a later scorecard changes nothing."""
    desk.owe("us_west", dev="-1/2", eli="1/2")
    eli = desk.book.team.members["eli"]
    assigned = golden_lead(lead)["input"]["state_before"]["eli_assigned_at"]
    days = [eli.days.of(instant(each)).day.isoformat() for each in assigned]
    desk.members["eli"] = type(desk.members["eli"])(desk.members["eli"].owed, 2, {days[0]: len(days)})
    route(desk, lead)
    rescored = Wish(**{**wish_of(lead).__dict__, "total": "73.000", "intent": "45.000"})
    decision = desk.one(scored_record(rescored, 2), at("2026-03-10T22:40:00Z"))
    assert (decision.outcome.kind, decision.outcome.reason) == ("dropped", "unchanged")


TELL = {"G3": _g3, "G7": _g7, "G4": _g4}


@pytest.mark.parametrize("lead", [each for each in ORDER if each != "G7"])
def test_the_golden_lead_is_routed_as_the_design_says(lead: str, told: dict[str, list[LeadRouted]]) -> None:
    expected = [each for each in golden_lead(lead)["expect"]["route"] if each["outcome"] != "unchanged"]
    assert len(told[lead]) == len(expected)
    for event, each in zip(told[lead], expected, strict=True):
        same(event, each)


def test_g7_asks_again_and_keeps_owner_and_turn(told: dict[str, list[LeadRouted]]) -> None:
    (first,), (again,) = told["G2"], told["G7"]
    assert (again.owner, again.assignment, again.assigned_at) == (first.owner, first.assignment, first.assigned_at)
    assert again.revision == 2
    assert [each.type for each in again.requests] == ["demo_request", "pricing_inquiry"]
    assert (again.candidates, again.balance_after, again.counts_as_turn) == ((), {}, False)


def test_g3_excludes_ana_and_starts_a_new_assignment(told: dict[str, list[LeadRouted]]) -> None:
    first, second = told["G3"]
    assert (first.assignment, second.assignment) == (1, 2)
    assert second.excluded == ("ana",)
    assert (second.manager, second.territory, second.escalated) == ("mia", "us_east", False)


def test_g8_comes_before_the_rules_it_would_match(told: dict[str, list[LeadRouted]]) -> None:
    (event,) = told["G8"]
    assert event.pool is None
    assert event.manager == "noor"
    assert {each.rule for each in event.rules_tried} == {"veto", "r0_unlawful"}
