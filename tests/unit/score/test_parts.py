"""The small parts: state as bytes, the counter, the wiring, the step's cost with many acts."""

import pytest
from prometheus_client import CollectorRegistry

from leadline_schemas.codec import Undecodable
from leadline_schemas.topics import LEAD_ACTIVITY, LEAD_ENRICHED, LEAD_SCORED
from leadline_score.app import STEP
from leadline_score.metrics import ScoreMetrics
from leadline_score.state import NOTHING, Body, BodyCodec
from tests.unit.score.builders import Desk, act, at
from tests.unit.score.golden import golden_snapshot


def test_state_survives_as_bytes_and_carries_the_snapshot_untouched() -> None:
    desk = Desk()
    desk.snapshot(golden_snapshot("G1", "g1-5"))
    desk.act(act("later", "email.clicked", at("03-13T10:00:00")))
    assert desk.state is not None
    codec, body = BodyCodec(), desk.state.body
    assert codec.decode(codec.encode(body)) == body
    assert codec.encode(body).endswith(body.snapshot)
    assert codec.decode(codec.encode(Body())) == Body(NOTHING, b"")


def test_bytes_that_are_no_state_are_refused_without_showing_them() -> None:
    with pytest.raises(Undecodable, match=r"^score's state: ") as told:
        BodyCodec().decode(b"\x00\x00\x00\x05ann@x")
    assert "ann" not in str(told.value)


def test_published_scorecards_are_counted_by_what_they_make_of_the_lead() -> None:
    registry = CollectorRegistry()
    metrics = ScoreMetrics(registry)
    decision = Desk().snapshot(golden_snapshot("G3", "g3-1"))
    metrics.measure(decision.events)
    assert registry.get_sample_value("leadline_scored_total", {"temperature": "hot", "signal": "MQL"}) == 1


def test_the_step_is_wired_to_its_topics() -> None:
    reads = tuple(topic.name for topic in STEP.reads)
    assert (STEP.name, reads, STEP.writes) == ("score", (LEAD_ENRICHED.name, LEAD_ACTIVITY.name), (LEAD_SCORED,))
