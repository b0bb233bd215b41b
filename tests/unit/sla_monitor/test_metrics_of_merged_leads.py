"""What is counted of leads that are merged and taken apart."""

from tests.support.sla_story import MINUTE, request, routed
from tests.support.sla_two_leads import PART, Two, part, root, routed_part
from tests.unit.sla_monitor.test_metrics import DEMO, START, Counted


def test_a_promise_that_begins_anew_after_an_unmerge_was_counted_before() -> None:
    two, counted = Two(START), Counted()
    asked = request("r2", "demo_request", START, origin=PART)
    two.reads(root(START, DEMO), part(START, asked), routed(START, DEMO), routed_part(START, asked))
    two.merges(START + MINUTE, DEMO, asked)
    two.parts(START + 2 * MINUTE, asked)
    assert [e.reason for e in two.promises(PART, "armed") if e.target == "first_call"] == [None, "unmerged"]
    counted.metrics.measure(two.emitted)
    assert counted.value("sla_armed_total", policy="demo_or_pricing", target="first_call") == 2, "one of each lead"
