"""Who refuses to be profiled is routed by type and territory only (rules B1.9)."""

from leadline_route.core.lead_facts import FIELDS, lead_values
from leadline_route.core.snapshot import SCORED
from leadline_schemas.codec import decode, encode
from leadline_schemas.scored import LeadScored
from leadline_schemas.topics import LEAD_SCORED
from tests.unit.route.leads import Wish, scored


def as_read(event: LeadScored, *, withheld: bool) -> dict[str, object]:
    """The values that routing rules see of it."""
    card = event.scorecard.model_copy(update={"withheld": withheld})
    return lead_values(decode(SCORED, encode(LEAD_SCORED, event.model_copy(update={"scorecard": card}))))


def test_what_the_person_is_is_not_asked_where_it_is_and_what_it_wants_is() -> None:
    event = scored(Wish(country="DE", employees=5000))
    open_, apart = as_read(event, withheld=False), as_read(event, withheld=True)
    assert (open_["employees"], apart["employees"]) == (5000, None)
    same = {name for name, value in open_.items() if apart[name] == value}
    assert {"type", "source", "country", "state", "language", "hand_raise", "mql", "vetoes"} <= same


def test_what_enrich_found_out_is_asked_by_its_names_and_of_nobody_who_refuses() -> None:
    found = {
        "seniority": "vp",
        "function": "operations",
        "size_band": "50-999",
        "industry_band": "target",
        "first_touch_channel": "paid_search",
        "last_touch_channel": "email",
    }
    event = scored(Wish())
    enriched = event.enriched.model_copy(update={"effective": event.enriched.effective.model_copy(update=found)})
    told = event.model_copy(update={"enriched": enriched})
    open_, apart = as_read(told, withheld=False), as_read(told, withheld=True)
    assert {name: open_[name] for name in found} == found
    assert {apart[name] for name in found} == {None}
    assert set(found) <= FIELDS
