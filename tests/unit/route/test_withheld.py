"""Who refuses to be profiled is routed by type and territory only (rules B1.9)."""

from leadline_route.core.lead_facts import lead_values
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
