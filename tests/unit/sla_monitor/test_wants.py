"""Which records the monitor decodes at all."""

from leadline_schemas.topics import LEAD_ROUTED, LET_GO
from leadline_sla_monitor.wanted import wants


def test_a_turn_that_was_given_back_promises_nothing_and_is_passed_over() -> None:
    assert wants(LEAD_ROUTED.event_type)
    assert not wants(f"{LEAD_ROUTED.event_type}{LET_GO}")
    assert not wants("leadline.lead.routed.turn_returned"), "also what the release before wrote, which knows no other"
    assert wants("leadline.lead.activity.page.viewed"), "it answers nothing, and ends a silence"
    assert not wants("leadline.lead.activity.page.viewed.attached"), "the snapshot holds it"
    assert not wants("leadline.lead.activity.email.delivered"), "no act of the lead"
    assert wants("leadline.lead.activity.call.connected")
