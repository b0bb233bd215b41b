"""Which value of a field stands (rules B1.6), and that the order of submissions does not matter."""

from datetime import timedelta
from itertools import permutations
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_capture.core.known_lead import KnownLead
from leadline_capture.core.snapshot import content_of, lead_of
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.lead import Lead
from tests.unit.capture.story import MINUTE, NOW, Capture, rules

ANN = {"email": "ann@x.example"}


def after(*submissions: tuple[str, dict[str, Any]]) -> LeadCaptured:
    """The lead after submissions of Ann's from these sources, a minute apart."""
    capture = Capture()
    for number, (source, payload) in enumerate(submissions):
        told = capture.at(NOW + number * MINUTE).lead({**ANN, **payload}, source=source, trusted=source != "other")
    return told.captured


def test_the_more_trusted_source_wins_even_if_it_is_older() -> None:
    captured = after(("crm", {"title": "CFO"}), ("website_form", {"title": "CEO"}))
    assert captured.lead.title == "CFO"
    (lost,) = captured.alternates
    assert (lost.field, lost.value, lost.source, lost.offered) == ("title", "CEO", "website_form", True)
    assert captured.fields_changed == ()


def test_of_equal_trust_the_later_wins() -> None:
    captured = after(("website_form", {"title": "CFO"}), ("website_form", {"title": "CEO"}))
    assert captured.lead.title == "CEO"
    assert [(a.value, a.offered) for a in captured.alternates] == [("CFO", False)]
    assert captured.fields_changed == ("title",)


def test_nothing_never_wins() -> None:
    assert after(("website_form", {"title": "CFO"}), ("crm", {"title": "  "})).lead.title == "CFO"


def test_an_equal_normal_form_is_no_change() -> None:
    captured = after(
        ("website_form", {"name": "Ann Lee", "company": "NorthHaul Ltd"}),
        ("crm", {"name": "ANN  LEE", "company": "Northhaul"}),
    )
    assert (captured.lead.name, captured.lead.company) == ("Ann Lee", "NorthHaul Ltd")
    assert captured.fields_changed == () and captured.alternates == ()


def test_who_said_it_is_told_where_it_was_not_the_first_source() -> None:
    captured = after(("website_form", {"name": "Ann Lee", "title": "CFO"}), ("crm", {"title": "CEO"}))
    assert captured.sources == {"title": "crm", "email": "crm"}


def test_a_public_form_that_calls_itself_a_crm_is_not_believed_like_one() -> None:
    capture = Capture()
    capture.lead({**ANN, "title": "CFO"}, source="partner", trusted=True)
    told = capture.at(NOW + MINUTE).lead({**ANN, "title": "CEO", "source": "crm"}, trusted=False)
    assert told.lead.title == "CFO"


def test_an_address_moves_as_one_block() -> None:
    street = {"street": "1 Main St", "city": "Boston", "state": "MA", "country": "US"}
    assert after(("website_form", street), ("website_form", {"country": "DE"})).lead.city is None
    moved = after(("website_form", street), ("website_form", {"country": "DE"}))
    assert [(a.field, a.value) for a in moved.alternates] == [("address", "1 Main St, Boston, US, MA")]


def test_an_address_that_says_the_same_and_more_completes_it() -> None:
    street = {"street": "1 Main St", "city": "Boston", "state": "MA", "country": "US"}
    captured = after(("website_form", street), ("website_form", {"country": "USA", "state": "Massachusetts"}))
    assert (captured.lead.street, captured.lead.state) == ("1 Main St", "MA")
    assert captured.alternates == ()


def test_the_source_of_a_lead_is_that_of_its_earliest_act() -> None:
    capture = Capture()
    capture.lead(ANN, source="google_ads", trusted=True)
    earlier = {**ANN, "occurred_at": (NOW - timedelta(hours=1)).isoformat(), "source_detail": "fair"}
    told = capture.lead(earlier, source="event", trusted=True)
    assert (told.lead.source, told.lead.source_detail, told.lead.segment) == ("event", "fair", "inbound")
    assert told.captured.notes == ("first_touch_moved",)


def test_an_old_wish_is_not_the_type_of_the_lead_any_more() -> None:
    capture = Capture()
    capture.lead({**ANN, "type": "demo_request"})
    assert capture.lead({**ANN, "type": "newsletter"}).lead.type == "demo_request"
    told = capture.at(NOW + timedelta(days=31)).lead({**ANN, "type": "newsletter"})
    assert told.lead.type == "newsletter"
    assert [r.type for r in told.captured.requests] == ["demo_request", "newsletter", "newsletter"]


payloads = st.fixed_dictionaries(
    {"type": st.sampled_from(["demo_request", "newsletter", "other"])},
    optional={
        "name": st.sampled_from(["Ann Lee", "ann lee", "Ann", "Dr. Ann Lee"]),
        "title": st.sampled_from(["CFO", "cfo", "CEO"]),
        "company": st.sampled_from(["NorthHaul Ltd", "Northhaul", "Other"]),
        "phone": st.sampled_from(["+12125550101", "+12125550102"]),
        "country": st.sampled_from(["US", "DE"]),
        "state": st.sampled_from(["MA", "BY"]),
        "city": st.sampled_from(["Boston", "boston"]),
        "employees": st.integers(1, 3),
        "marketing_checkbox": st.booleans(),
        "message": st.sampled_from(["one", "two"]),
        "extra": st.sampled_from([{"a": "1"}, {"a": "2"}]),
        "attribution": st.sampled_from([{"utm_medium": "cpc"}, {"utm_medium": "email"}]),
    },
)
said = st.tuples(payloads, st.sampled_from(["crm", "website_form", "purchased_list"]), st.integers(-3, 3))


def known_after(submissions: list[tuple[int, tuple[dict[str, Any], str, int]]]) -> KnownLead:
    """What is known of Ann after these; each keeps its own submission id wherever it comes in the order."""
    capture = Capture()
    for number, (payload, source, minutes) in submissions:
        occurred = (NOW + timedelta(minutes=minutes)).isoformat()
        capture.lead({**ANN, **payload, "occurred_at": occurred}, source=source, trusted=True, id=str(number))
    assert len(capture.order) == 1
    return capture.body("L1")


def published(known: KnownLead) -> tuple[Any, ...]:
    """What others see of it, without the lead's id: that is given by whichever submission came first."""
    lead: Lead = lead_of(known, rules().rules.tables)
    content = content_of(known, lead)
    content["acts"] = [act.model_copy(update={"origin": None}) for act in content["acts"]]
    content["requests"] = [each.model_copy(update={"origin": None}) for each in content["requests"]]
    return tuple(sorted((name, repr(value)) for name, value in content.items()))


@settings(max_examples=15, deadline=None)
@given(st.lists(said, min_size=2, max_size=3))
def test_any_order_of_submissions_makes_the_same_lead(submissions: list[tuple[dict[str, Any], str, int]]) -> None:
    numbered = list(enumerate(submissions))
    outcomes = {published(known_after(list(order))) for order in permutations(numbered)}
    assert len(outcomes) == 1


@settings(max_examples=10, deadline=None)
@given(st.lists(said, min_size=1, max_size=4))
def test_one_batch_is_any_split_of_it(submissions: list[tuple[dict[str, Any], str, int]]) -> None:
    whole, split = Capture(), Capture()

    def records(capture: Capture) -> list[Any]:
        return [
            capture.received({**ANN, **payload}, source=source, trusted=True, id=str(number))
            for number, (payload, source, _) in enumerate(submissions)
        ]

    together = [event for told in whole.batch(*records(whole)) for event in told.events]
    apart = [event for one in records(split) for told in split.batch(one) for event in told.events]
    assert together == apart
    assert whole.store.reservations == split.store.reservations
    assert {k: v[0] for k, v in whole.leads.rows.items()} == {k: v[0] for k, v in split.leads.rows.items()}
