"""A scorecard is encoded once: its digest and the event made of those bytes are what they would be without that."""

import hashlib

import pytest

from leadline_runtime.decision import Emit
from leadline_schemas.codec import adapter, encode
from leadline_schemas.enriched import Effective
from leadline_schemas.event import RulesRef
from leadline_schemas.lead import Lead
from leadline_schemas.scored import LeadScored, Review, Scorecard
from tests.unit.score.builders import Desk, act, at, snapshot

NOON = at("03-10T16:00:00")
GOOD = Effective(country="US", employees=200, industry="logistics", domain_class="corporate")
TITLES = ["CEO", 'CEO "North", {ops}', 'x","explanation":"y', "back\\slash\\", "Größe, \u2028 \x07"]


def emitted(title: str) -> tuple[Desk, Emit[object]]:
    """What score says of a lead with this title, and the desk that it was said at."""
    desk = Desk()
    named = act("download", "content.downloaded", NOON, name=title, tag=title)
    (emit,) = desk.snapshot(snapshot(NOON, Lead(title=title, company=title), GOOD, [named])).events
    return desk, emit


@pytest.mark.parametrize("title", TITLES)
def test_the_bytes_are_those_of_the_event_encoded_whole(title: str) -> None:
    _, emit = emitted(title)
    assert emit.told is not None
    assert encode(emit.topic, emit.event, emit.carried, emit.told) == encode(emit.topic, emit.event, emit.carried)


def test_a_field_after_the_scorecard_stays_after_it() -> None:
    _, emit = emitted("CEO")
    assert isinstance(emit.event, LeadScored)
    review = Review(since=NOON, rules=RulesRef(version="1", digest="d"), grade="A1", signal="MQL")
    event = emit.event.model_copy(update={"review": review})
    assert encode(emit.topic, event, emit.carried, emit.told) == encode(emit.topic, event, emit.carried)


@pytest.mark.parametrize("title", TITLES)
def test_the_digest_is_of_all_but_the_instant_and_the_explanation(title: str) -> None:
    desk, emit = emitted(title)
    assert isinstance(emit.event, LeadScored)
    unsaid = {"as_of", "explanation"}
    said = adapter(Scorecard).serializer.to_json(emit.event.scorecard, exclude=unsaid, exclude_none=True)
    assert desk.state is not None and desk.state.body.memory.published is not None
    assert desk.state.body.memory.published.card == hashlib.sha256(said).hexdigest()[:16]
