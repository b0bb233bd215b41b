"""What is kept of a lead survives as it was."""

from dataclasses import replace
from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry

from leadline_route.app import STEP
from leadline_route.core.snapshot import wants
from leadline_route.metrics import RouteMetrics
from leadline_route.state import Body, BodyCodec, Standing
from leadline_runtime.decision import Emit
from leadline_schemas.codec import Undecodable
from leadline_schemas.topics import LEAD_ROUTED
from tests.unit.route.leads import Desk, Wish, act_record, at, scored_record

NIGHT = at("2026-03-10T23:00:00Z")


def test_a_body_is_kept_whole_with_the_scored_bytes_untouched() -> None:
    body = Body(Standing(outcome="nurture", rule="r2_below", cadence="newsletter"), b'{"any": "bytes"}')
    assert BodyCodec().decode(BodyCodec().encode(body)) == body
    assert BodyCodec().encode(body).endswith(body.scored)
    assert BodyCodec().decode(BodyCodec().encode(Body())) == Body()


def test_bytes_of_somebody_else_are_refused_without_quoting_them() -> None:
    with pytest.raises(Undecodable) as error:
        BodyCodec().decode(b'\x00\x00\x00\x13{"outcome":"secret"}')
    assert "secret" not in str(error.value)


def test_of_the_monitor_only_lapses_and_steps_of_ladders_are_wanted() -> None:
    assert wants("leadline.lead.sla.escalated")
    assert wants("leadline.lead.sla.lapsed")
    assert not wants("leadline.lead.sla.armed")
    assert not wants("leadline.lead.sla.breached")
    assert wants("leadline.lead.scored")
    assert wants("leadline.lead.activity")
    assert STEP.schema == "route"


def test_leads_that_wait_are_counted_until_they_have_an_owner() -> None:
    registry, desk = CollectorRegistry(), Desk()
    metrics = RouteMetrics(registry)
    lane = metrics.picture()
    metrics.watch([lane, metrics.picture()])

    def measured() -> float | None:
        lead = desk.events[-1].lead_id
        metrics.measure([Emit(LEAD_ROUTED, desk.events[-1], lead)])
        lane.put(lead, desk.states[lead].body)
        return registry.get_sample_value("leadline_unrouted")

    desk.routed(scored_record(Wish(start=NIGHT)), NIGHT)
    assert measured() == 1
    second = Wish("second", start=NIGHT)
    desk.routed(scored_record(second), NIGHT)
    assert measured() == 2
    desk.routed(act_record(Wish(start=NIGHT).id, "assignment.claimed", NIGHT, "ben"), NIGHT + timedelta(minutes=1))
    assert measured() == 1
    desk.routed(desk.timer(second.id))
    assert measured() == 0, "given in the morning"
    desk.routed(scored_record(replace(Wish("third"), start=desk.now, mql=False)))
    assert measured() == 0
    assert registry.get_sample_value("leadline_routed_total", {"outcome": "held", "rule": "r6_us_east"}) == 2
    assert registry.get_sample_value("leadline_routed_total", {"outcome": "nurture", "rule": "r2_below"}) == 1
