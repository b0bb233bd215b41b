"""Which records the monitor decodes at all."""

from leadline_schemas.topics import LEAD_ROUTED, TURN_RETURNED
from leadline_sla_monitor.app import wants


def test_a_turn_that_was_given_back_promises_nothing_and_is_passed_over() -> None:
    assert wants(LEAD_ROUTED.event_type)
    assert not wants(f"{LEAD_ROUTED.event_type}{TURN_RETURNED}")
    assert not wants("leadline.lead.activity.page.viewed"), "what a lead does by itself answers nothing"
    assert wants("leadline.lead.activity.call.connected")
