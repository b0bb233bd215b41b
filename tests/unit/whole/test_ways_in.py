"""What each way in means to all steps after it: who gets the lead, and what is promised to whom."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.support.whole import Whole

TUESDAY = datetime(2026, 3, 10, 15, tzinfo=UTC)  # 11:00 in New York, 15:00 in London
HOUR = timedelta(hours=1)
ANN: dict[str, Any] = {
    "name": "Ann Lee", "email": "ann@bayfreight.example", "phone": "+1 212 555 0101", "company": "Bay Freight",
    "country": "US", "state": "NY",
}  # fmt: skip


async def test_a_demo_request_has_an_owner_and_promises() -> None:
    whole = await Whole(TUESDAY).comes({**ANN, "type": "demo_request"})
    assert whole.routed.outcome == "person"
    assert {name for name, told in whole.promises.items() if told[0] == "armed"} >= {"first_email", "first_call"}


async def test_history_is_stored_and_scored_and_starts_nothing() -> None:
    whole = Whole(TUESDAY)
    await whole.comes({**ANN, "type": "demo_request", "owner": "ana"}, trusted=True, source="crm", historical=True)
    assert [request.historical for request in whole.lead.requests] == [True]
    routed = whole.routed
    assert (routed.outcome, routed.rule, routed.owner, routed.counts_as_turn) == ("parked", "historical", "ana", False)
    assert whole.promises == {}
    await whole.at(TUESDAY + 48 * HOUR)
    assert whole.promises == {}


async def test_what_is_imported_by_the_tracking_api_is_history_too() -> None:
    whole = Whole(TUESDAY)
    tracked: dict[str, Any] = {"way": "tracking", "source": "tracking", "trusted": True, "historical": True}
    traits = {"email": "ann@bayfreight.example"}
    await whole.comes({"type": "identify", "userId": "u-1", "traits": traits}, **tracked)
    await whole.comes({"type": "track", "userId": "u-1", "event": "Demo Requested"}, **tracked)
    assert (whole.routed.outcome, whole.routed.rule, whole.promises) == ("parked", "historical", {})


async def test_who_only_signs_in_is_promised_nothing_until_he_asks() -> None:
    whole = Whole(TUESDAY)
    tracked: dict[str, Any] = {"way": "tracking", "source": "tracking", "trusted": True}
    traits = {"email": "ann@bayfreight.example", "address": {"country": "US", "state": "NY"}}
    await whole.comes({"type": "identify", "userId": "u-1", "traits": traits}, **tracked)
    assert whole.lead.requests == () and whole.promises == {}
    await whole.comes({"type": "track", "userId": "u-1", "event": "Demo Requested"}, **tracked)
    assert whole.routed.outcome == "person" and whole.promises["first_email"] == ["armed"]


async def test_a_lead_added_by_hand_stays_with_who_added_it() -> None:
    by_hand = {**ANN, "source": "manual", "type": "contact_sales", "owner": "cleo"}
    whole = await Whole(TUESDAY).comes(by_hand, trusted=True)
    assert (whole.lead.lead.owner, whole.routed.owner) == ("cleo", "cleo")
    assert not whole.routed.counts_as_turn
    stranger = await Whole(TUESDAY).comes(by_hand)
    assert stranger.lead.lead.owner is None and "owner_not_believed" in stranger.lead.notes


async def test_who_was_called_before_the_lead_was_added_by_hand_is_promised_no_first_answer() -> None:
    whole = Whole(TUESDAY)
    call = {
        "kind": "call.connected",
        "phone": "+12125550101",
        "actor": {"kind": "person", "id": "cleo"},
        "direction": "out",
    }
    await whole.comes(call, way="activities", trusted=True)
    await whole.at(TUESDAY + 3 * HOUR)
    by_hand = {**ANN, "source": "manual", "type": "contact_sales", "owner": "cleo"}
    await whole.comes(by_hand, trusted=True)
    assert [act.kind for act in whole.acts] == ["form.submitted", "call.connected"]
    assert whole.promises == {}
    late = Whole(TUESDAY)
    await late.comes(call, way="activities", trusted=True)
    await late.at(TUESDAY + 25 * HOUR)
    await late.comes(by_hand, trusted=True)
    assert late.promises["first_email"] == ["armed"]


async def test_a_mail_has_an_owner_and_its_reply_opens_nothing() -> None:
    whole = Whole(TUESDAY)
    mail: dict[str, Any] = {"way": "source", "source": "inbound_mail", "content_type": "message/rfc822"}
    await whole.comes("From: Ann <ann@bayfreight.example>\r\nSubject: Prices\r\n\r\nWhat does it cost?", **mail)
    assert (whole.lead.lead.source, whole.routed.outcome) == ("inbound_email", "person")
    assert whole.promises["first_email"] == ["armed"]
    answer = {"kind": "email.sent", "email": "ann@bayfreight.example", "actor": {"kind": "person", "id": "ana"}}
    await whole.comes(answer, way="activities", trusted=True)
    await whole.at(TUESDAY + HOUR)
    promised = whole.promises
    reply = "From: ann@bayfreight.example\r\nSubject: Re: Prices\r\nIn-Reply-To: <o@l.example>\r\n\r\nThanks"
    await whole.comes(reply, **mail)
    assert [request.type for request in whole.lead.requests] == ["contact_sales"]
    assert whole.acts[-1].kind == "email.replied" and whole.promises.keys() == promised.keys()


async def test_a_referral_thanks_who_referred() -> None:
    referrer = {"name": "Tom Ray", "email": "tom@partner.example"}
    whole = await Whole(TUESDAY).comes({**ANN, "type": "referral", "source": "referral", "referrer": referrer})
    found = whole.lead.lead.referrer
    assert found is not None and (found.name, found.email) == ("Tom Ray", "tom@partner.example")
    assert {"first_touch", "thank_referrer"} <= whole.promises.keys()
    alone = await Whole(TUESDAY).comes({**ANN, "type": "referral", "source": "referral"})
    assert "thank_referrer" not in alone.promises


async def test_the_clock_of_an_event_starts_at_its_end() -> None:
    came = {**ANN, "type": "webinar_attended", "source": "webinar"}
    ends = (TUESDAY + HOUR).isoformat()
    whole = await Whole(TUESDAY).comes({**came, "occurred_at": TUESDAY.isoformat(), "event_end": ends})
    assert whole.due("post_event") == TUESDAY + 5 * HOUR
    registered = Whole(TUESDAY)
    await registered.comes({"kind": "webinar.registered", "email": "ann@bayfreight.example"}, way="activities")
    assert registered.acts == [] and registered.promises == {}


async def test_a_purchased_list_changes_nothing_that_the_person_said() -> None:
    whole = await Whole(TUESDAY).comes({**ANN, "type": "newsletter"})
    listed = {
        **ANN,
        "name": "Anne Leigh",
        "company": "BF Inc",
        "title": "CFO",
        "type": "outbound",
        "source": "purchased_list",
    }
    await whole.at(TUESDAY + HOUR)
    await whole.comes(listed, trusted=True)
    lead = whole.lead.lead
    assert (lead.name, lead.company, lead.title, lead.type) == ("Ann Lee", "Bay Freight", "CFO", "newsletter")
    assert whole.lead.sources == {"title": "purchased_list"}


async def test_a_list_alone_is_outbound_and_goes_to_nobody_where_writing_is_not_lawful() -> None:
    listed = {**ANN, "country": "DE", "state": None, "phone": None, "type": "outbound", "source": "purchased_list"}
    whole = await Whole(TUESDAY).comes(listed, trusted=True)
    assert whole.lead.lead.segment == "outbound"
    assert (whole.routed.outcome, whole.promises) == ("parked", {})
