"""What messages of the tracking API become: who somebody is, what somebody did, and when it is known whose it was."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_capture.core.stitching import MOST_HELD
from leadline_capture.core.tracking import TYPES
from tests.unit.capture.story import MINUTE, NOW, Capture, Told

# Fields that the mapping looks at, and some that it does not.
NAMES = (
    "userId", "anonymousId", "previousId", "groupId", "event", "name", "messageId", "timestamp", "traits", "properties",
    "context", "campaign", "page", "consent", "categoryPreferences", "userAgent", "locale", "email", "phone", "company",
    "address", "employees", "path", "url", "referrer", "firstName", "first_name", "Analytics", "x",
)  # fmt: skip
PAGE: dict[str, Any] = {"type": "page", "properties": {"path": "/pricing"}}
ANN: dict[str, Any] = {"type": "identify", "userId": "u-ann", "traits": {"email": "ann@x.example", "firstName": "Ann"}}


def page(minutes: int, **more: Any) -> dict[str, Any]:
    path = {"properties": {"path": "/pricing"}, "timestamp": (NOW + minutes * MINUTE).isoformat()}
    return {"type": "page", "messageId": f"page at {minutes}", **path, **more}


def event(name: str, **more: Any) -> dict[str, Any]:
    return {"type": "track", "event": name, **more}


def names(told: Told) -> list[str]:
    return [act.name or "" for act in told.acts]


def test_traits_become_a_lead_that_asks_for_nothing() -> None:
    told = Capture().track({**ANN, "traits": {**ANN["traits"], "company": {"name": "X Works"}, "plan": "pro"}})
    lead = told.lead
    assert (told.captured.outcome, lead.email, lead.first_name, lead.company) == (
        "created",
        "ann@x.example",
        "Ann",
        "X Works",
    )
    assert (lead.source, lead.type, lead.extra) == ("tracking", "other", {"plan": "pro"})
    assert (told.captured.requests, told.captured.acts, told.acts) == ((), (), [])


def test_telling_the_same_again_changes_nothing_and_something_new_updates() -> None:
    capture = Capture()
    lead = capture.track(ANN).captured.lead_id
    assert capture.at(NOW + MINUTE).track({**ANN, "messageId": "again"}).told == "dropped unchanged"
    told = capture.at(NOW + 2 * MINUTE).track({**ANN, "traits": {"title": "CTO"}})
    assert (told.captured.outcome, told.captured.lead_id, told.captured.revision) == ("updated", lead, 2)
    assert told.captured.fields_changed == ("title",)


def test_a_retry_doubles_nothing() -> None:
    capture = Capture()
    capture.track(ANN, id="m-1")
    assert capture.track(ANN, id="m-1").told == "duplicate"
    capture.track(page(1, userId="u-ann"), id="m-2")
    assert capture.track(page(1, userId="u-ann"), id="m-2").told == "duplicate"


def test_a_message_is_named_by_its_id_alone_however_its_client_stamps_a_retry() -> None:
    capture = Capture()
    capture.track(ANN, id="m-1")
    assert capture.track(page(1, userId="u-ann"), id="m-2").outcome.kind == "emitted"
    assert capture.track({**page(2, userId="u-ann"), "messageId": "page at 1"}, id="m-2").told == "duplicate"


def test_a_form_says_more_than_traits_do() -> None:
    capture = Capture()
    capture.lead({"email": "ann@x.example", "name": "Ann Lee", "company": "X Works"})
    told = capture.at(NOW + MINUTE).track({**ANN, "traits": {**ANN["traits"], "name": "annlee", "company": "xw"}})
    assert (told.lead.name, told.lead.company, told.lead.source) == ("Ann Lee", "X Works", "website_form")
    assert {each.value for each in told.captured.alternates} == {"annlee", "xw"}


@pytest.mark.parametrize("trusted", [True, False])
def test_what_a_user_did_before_anybody_knew_who_it_was_is_joined_when_the_person_is_identified(trusted: bool) -> None:
    capture = Capture()
    assert capture.track(page(1, userId="u-ann"), trusted=trusted).told == "dropped kept"
    assert capture.track(event("Signed In", userId="u-ann"), trusted=trusted).told == "dropped kept"
    told = capture.at(NOW + 2 * MINUTE).track(ANN, trusted=trusted)
    assert told.captured.stitched == 2 and {act.kind for act in told.acts} == {"page.viewed", "product.used"}
    after = capture.at(NOW + 3 * MINUTE).track(page(3, userId="u-ann"), trusted=trusted)
    assert after.acts[0].origin == told.captured.lead_id and after.acts[0].tag == "pricing"


def test_the_order_of_telling_and_doing_does_not_matter() -> None:
    found = []
    messages = [ANN, page(1, userId="u-ann"), event("Signed Up", userId="u-ann", timestamp=NOW.isoformat())]
    for order in (messages, messages[::-1], [messages[2], messages[0], messages[1]]):
        capture = Capture()
        for number, each in enumerate(order):
            capture.at(NOW + number * MINUTE).track({"messageId": str(messages.index(each)), **each})
        body = capture.body("L1")
        assert len(capture.order) == 1
        found.append((sorted(body.emails), [request.type for request in body.requests]))
    assert found[0] == (["ann@x.example"], ["trial_signup"]) and found.count(found[0]) == 3


PERSON = (
    page(1, anonymousId="old-id", messageId="m1"),
    {"type": "alias", "previousId": "old-id", "userId": "u-ann", "messageId": "m2"},
    {**ANN, "anonymousId": "anon-1", "messageId": "m3", "timestamp": NOW.isoformat()},
    event("Demo Requested", userId="u-ann", messageId="m4", timestamp=NOW.isoformat()),
    page(2, anonymousId="anon-1", messageId="m5"),
    event("Signed In", userId="u-ann", anonymousId="anon-1", messageId="m6", timestamp=NOW.isoformat()),
)


@given(order=st.permutations(PERSON), trusted=st.booleans())
@settings(max_examples=60, deadline=None)
def test_whatever_the_order_one_person_is_one_lead_with_all_it_did(order: list[dict[str, Any]], trusted: bool) -> None:
    capture = Capture().at(NOW + 3 * MINUTE)
    told = [capture.track(each, id=each["messageId"], trusted=trusted) for each in order]
    acts = {act.message_id for one in told for act in one.acts} - {"m3"}
    assert acts == {"m1", "m2", "m4", "m5", "m6"} and len(capture.order) == 1
    assert [(request.type, request.start) for request in capture.body("L1").requests] == [("demo_request", NOW)]
    assert capture.body("L1").emails == ("ann@x.example",) and not any(capture.store.held.values())


def test_a_shared_browser_is_cut_where_the_second_person_identifies() -> None:
    """anon-7: page t1, identify L1 t2, page t3, identify L2 t4, page t5 → L1: t1, t3; L2: t5 (rules B1.8)."""
    capture = Capture()
    browser = {"anonymousId": "anon-7"}
    capture.at(NOW + MINUTE).track(page(1, **browser))
    ann = capture.at(NOW + 2 * MINUTE).track({**ANN, **browser}).captured
    third = capture.at(NOW + 3 * MINUTE).track(page(3, **browser))
    bob = {"type": "identify", "userId": "u-bob", "traits": {"email": "bob@x.example"}, **browser}
    second = capture.at(NOW + 4 * MINUTE).track(bob).captured
    fifth = capture.at(NOW + 5 * MINUTE).track(page(5, **browser))
    assert (ann.stitched, second.stitched) == (1, 0)
    assert [told.acts[0].origin for told in (third, fifth)] == [ann.lead_id, second.lead_id]


@pytest.mark.parametrize("trusted", [True, False])
def test_another_user_at_a_known_browser_is_not_the_first_one(trusted: bool) -> None:
    capture = Capture()
    capture.track({**ANN, "anonymousId": "anon-7"}, trusted=trusted)
    other = page(1, userId="u-bob", anonymousId="anon-7")
    assert capture.at(NOW + MINUTE).track(other, trusted=trusted).told == "dropped kept"
    bob = {"type": "identify", "userId": "u-bob", "traits": {"email": "bob@x.example"}}
    assert capture.at(NOW + 2 * MINUTE).track(bob, trusted=trusted).captured.stitched == 1


@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize("order", ["alias last", "alias first"])
@pytest.mark.parametrize("old", ["anonymousId", "userId"])
def test_an_alias_joins_two_ids_of_one_person(old: str, order: str, trusted: bool) -> None:
    capture = Capture()
    capture.track(page(1, **{old: "old-id"}), trusted=trusted)
    alias = {"type": "alias", "previousId": "old-id", "userId": "u-ann"}
    steps = [ANN, alias] if order == "alias last" else [alias, ANN]
    told = [capture.at(NOW + n * MINUTE).track(each, trusted=trusted) for n, each in enumerate(steps, 2)][-1]
    assert "/pricing" in names(told)
    after = capture.at(NOW + 9 * MINUTE).track(page(9, **{old: "old-id"}), trusted=trusted)
    assert [capture.number(act.origin) for act in after.acts] == ["L1"]


def test_aliases_of_aliases_are_followed() -> None:
    capture = Capture()
    capture.track(page(1, anonymousId="first"))
    capture.track({"type": "alias", "previousId": "first", "userId": "second"})
    capture.track({"type": "alias", "previousId": "second", "userId": "u-ann"})
    assert "/pricing" in names(capture.at(NOW + 2 * MINUTE).track(ANN))


def test_an_event_by_which_somebody_asks_is_a_request_also_if_it_is_not_known_whose_yet() -> None:
    capture = Capture()
    asked = event("Demo Requested", anonymousId="anon-1", timestamp=NOW.isoformat())
    assert capture.track(asked).told == "dropped kept"
    told = capture.at(NOW + MINUTE).track({**ANN, "anonymousId": "anon-1"})
    assert [(r.type, r.start) for r in told.captured.requests] == [("demo_request", NOW)]
    by_known = capture.at(NOW + 9 * MINUTE).track(event("Quote Requested", anonymousId="anon-1"))
    assert [r.type for r in by_known.captured.requests] == ["demo_request", "pricing_inquiry"]
    with_address = Capture().track(event("Demo Requested", properties={"email": "bob@x.example"}, anonymousId="b"))
    assert (with_address.lead.email, with_address.lead.type) == ("bob@x.example", "demo_request")


def test_what_was_asked_days_before_it_is_known_who_asked_starts_no_clock() -> None:
    capture = Capture()
    capture.track(event("Demo Requested", anonymousId="anon-1", timestamp=NOW.isoformat()))
    told = capture.at(NOW + timedelta(hours=73)).track({**ANN, "anonymousId": "anon-1"})
    assert [(request.type, request.historical) for request in told.captured.requests] == [("demo_request", True)]
    assert [act.historical for act in told.acts] == [True]


def test_the_error_of_the_senders_clock_is_taken_out() -> None:
    """timestamp 10:02:00, sentAt 10:05:00, receivedAt 10:00:10 → 09:57:10 (rules B1.3)."""
    capture = Capture().at(NOW + timedelta(seconds=10))
    capture.track(ANN)
    seen = page(2, userId="u-ann")
    told = capture.track(seen, sent_at=NOW + 5 * MINUTE)
    assert told.acts[0].occurred_at == datetime.fromisoformat("2026-03-10T09:57:10Z")
    history = capture.track({**seen, "messageId": "h"}, sent_at=NOW + 5 * MINUTE, historical=True)
    assert history.acts[0].occurred_at == NOW + 2 * MINUTE


def test_a_page_opened_from_a_campaign_is_where_the_person_came_from() -> None:
    capture = Capture()
    campaign = {"name": "spring", "source": "google", "medium": "cpc"}
    capture.track(page(-9, anonymousId="anon-1", context={"campaign": campaign}))
    capture.track(page(-8, anonymousId="anon-1"))
    told = capture.track({**ANN, "anonymousId": "anon-1"})
    assert told.captured.attribution is not None
    first = told.captured.attribution.first_touch
    assert (first.channel, first.campaign, first.at) == ("paid_search", "spring", NOW - 9 * MINUTE)
    click = page(1, anonymousId="anon-1", context={"campaign": {"medium": "email", "name": "news"}})
    later = capture.at(NOW + MINUTE).track(click).captured
    assert later.attribution and later.attribution.last_touch.channel == "email"


def test_who_refuses_analytics_is_not_followed_and_has_no_history() -> None:
    capture = Capture()
    refused = {"context": {"consent": {"categoryPreferences": {"Analytics": False}}}}
    assert capture.track(page(1, anonymousId="anon-1", **refused)).told == "dropped not_addressed"
    capture.track(page(2, anonymousId="anon-1"))
    told = capture.track({**ANN, "anonymousId": "anon-1", **refused})
    assert told.captured.stitched == 0
    assert [(each.purpose, each.state) for each in told.lead.consent] == [("profiling", "withdrawn")]


def test_a_company_is_added_to_who_belongs_to_it() -> None:
    capture = Capture()
    capture.track(ANN)
    told = capture.track(
        {"type": "group", "userId": "u-ann", "groupId": "g", "traits": {"name": "Initech", "employees": 420}}
    )
    assert (told.lead.company, told.lead.employees, told.lead.email) == ("Initech", 420, "ann@x.example")


def test_an_imported_person_is_history() -> None:
    told = Capture().track(ANN, historical=True)
    assert [request.historical for request in told.captured.requests] == [True]


def test_traits_of_nobody_known_wait() -> None:
    capture = Capture()
    assert capture.track({"type": "identify", "anonymousId": "a", "traits": {"plan": "pro"}}).told == "dropped kept"
    assert capture.track({**ANN, "anonymousId": "a"}).captured.stitched == 1


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(
    kind=st.sampled_from(TYPES), message=st.dictionaries(st.sampled_from(NAMES), ODD, max_size=8), trusted=st.booleans()
)
@settings(max_examples=200, deadline=None)
def test_no_message_is_odd_enough_to_raise(kind: str, message: dict[str, Any], trusted: bool) -> None:
    told = Capture().track({**message, "type": kind}, trusted=trusted)
    assert told.outcome.kind in ("emitted", "dropped"), told.failure


def test_who_did_more_than_can_be_held_is_joined_with_the_newest() -> None:
    capture = Capture()
    for start, count in ((0, 5), (5, MOST_HELD)):
        pages = [{**PAGE, "messageId": f"p{start + number}", "anonymousId": "robot"} for number in range(count)]
        capture.at(NOW + start * MINUTE).batch(*map(capture.tracked, pages))
    told = capture.track({**ANN, "anonymousId": "robot"})
    assert told.captured.stitched == MOST_HELD and "p4" not in {act.message_id for act in told.acts}
