"""A request is taken up from the lead that began it, and routed by the lead that it is of by now: whichever is read
first, it is promised what it is owed, and its decision ends."""

import pytest

from leadline_sla_monitor.core.report import report
from tests.support.golden import instant
from tests.support.sla_reports import as_read, folded
from tests.support.sla_story import DAY, HOUR, MINUTE, SECOND, act, request, routed
from tests.support.sla_two_leads import PART, ROOT, Two, did, part, root, routed_part, tombstone

START = instant("2026-03-10T14:00:00Z")  # a Tuesday, 10:00 in New York
FIRST = request("r", "referral", START)
OF_PART = request("r2", "demo_request", START, origin=PART)  # which is stronger
AS_PART = request("r3", "referral", START + 10 * MINUTE, origin=PART, root=ROOT)  # it came while both were one


def armed(two: Two, lead: object) -> set[str]:
    return {e.target for e in two.promises(lead, "armed")}  # type: ignore[arg-type]


@pytest.mark.parametrize("routed_first", [True, False])
def test_what_a_part_was_asked_is_promised_by_the_root_that_is_routed_with_it(routed_first: bool) -> None:
    two = Two(START)
    two.reads(root(START, FIRST), part(START, OF_PART), routed(START, FIRST))
    two.until(START + SECOND)
    two.reads(tombstone(two.now), root(two.now, FIRST, OF_PART, revision=2, aliases=(PART,)))
    together = routed(two.now + SECOND, FIRST, OF_PART, revision=2)
    two.until(two.now + SECOND)
    if routed_first:
        two.reads(together)
        assert "first_call" not in armed(two, ROOT), "a cycle that another lead began comes from that one alone"
        two.arrives()
    else:
        two.arrives()
        two.reads(together)
    assert armed(two, ROOT) >= {"first_email", "first_call"}
    assert not two.states[ROOT].body.ahead
    two.until(START + DAY)
    assert {e.target for e in two.promises(ROOT, "breached")} >= {"first_email", "first_call"}


@pytest.mark.parametrize("routed_first", [True, False])
def test_what_was_asked_while_both_were_one_is_decided_after_the_unmerge_whatever_is_read_first(
    routed_first: bool,
) -> None:
    two = Two(START)
    two.reads(root(START, FIRST), part(START, OF_PART), routed(START, FIRST), routed_part(START, OF_PART))
    two.merges(START + MINUTE, FIRST, OF_PART)
    at = AS_PART.start
    two.until(at)
    two.reads(root(at, FIRST, OF_PART, AS_PART, revision=3, aliases=(PART,)))
    assert [e.cycle for e in two.promises(ROOT, "armed", clock="decision")] == [FIRST.id, AS_PART.id]
    parted = at + SECOND
    two.until(parted)
    two.reads(part(parted, OF_PART, AS_PART, revision=4, parted_at=parted))
    leaves = root(parted, FIRST, revision=4, parted_at=parted, passed_on=(AS_PART,))
    decided = routed_part(parted + SECOND, OF_PART, AS_PART, revision=2, assignment=2)
    two.until(parted + SECOND)
    for event in (decided, leaves) if routed_first else (leaves, decided):
        two.reads(event)
        two.arrives()
    two.until(START + DAY)
    decisions = [e for lead in (ROOT, PART) for e in two.promises(lead, clock="decision") if e.cycle == AS_PART.id]
    assert [e.kind for e in decisions] == ["armed", "met"], "not open for ever, nor broken"
    assert decisions[-1].lead_id == PART and not two.states[PART].body.ahead
    found = report(folded(as_read(decisions), START - HOUR), START + DAY, "policy")
    assert (found.decisions.met, found.decisions.open, found.speed.get("(not routed)")) == (1, 0, None)


def test_an_answer_to_it_counts_wherever_it_is_read() -> None:
    two = Two(START)
    two.reads(root(START, FIRST), part(START, OF_PART), routed(START, FIRST))
    two.reads(tombstone(START), root(START, FIRST, OF_PART, revision=2, aliases=(PART,)))
    two.reads(routed(START + SECOND, FIRST, OF_PART, revision=2))
    two.reads(did(ROOT, act("call", "call.connected", START + MINUTE, "ana", origin=PART), snapshot=2))
    two.arrives()
    assert [e.kind for e in two.promises(ROOT) if e.target == "first_call"] == ["armed", "met"]
