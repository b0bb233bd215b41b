"""Stages of leads that become one and are taken apart: what moved the whole because of a part is taken back, and no
clock of a stage is told twice by one id."""

from collections import Counter
from typing import Any

from leadline_schemas.activity import Activity
from tests.support.golden import instant
from tests.support.sla_story import DAY, HOUR, MINUTE, act, quarantine, request, routed
from tests.support.sla_two_leads import PART, ROOT, Two, did, part, root, routed_part

START = instant("2026-03-10T14:00:00Z")  # a Tuesday, 10:00 in New York
FIRST = request("r", "demo_request", START)
SECOND = request("r2", "demo_request", START + MINUTE, origin=PART)


def both() -> Two:
    """Two MQLs, ana's and ben's."""
    two = Two(START)
    two.reads(root(START, FIRST), part(START + MINUTE, SECOND))
    two.reads(routed(START, FIRST), routed_part(START + MINUTE, SECOND, owner="ben"))
    return two


def to(stage: str, minute: int, lead: Any = PART, by: str = "ben", **more: Any) -> Activity:
    at = START + minute * MINUTE
    return act(f"{stage} {minute}", "stage.changed", at, by, stage=stage, origin=lead, **more)


def clocks(two: Two, lead: Any) -> list[tuple[str, str, str | None]]:
    return [(e.target, e.kind, e.reason) for e in two.promises(lead, clock="stage")]


def told_once(two: Two) -> bool:
    return max(Counter(two.ids()).values()) == 1


def test_what_moved_the_whole_because_of_a_part_is_taken_back_when_that_leaves() -> None:
    two = both()
    two.reads(did(PART, to("SAL", 5)))
    two.merges(START + HOUR, FIRST, SECOND)
    assert two.stages(ROOT)[-1].stage == "SAL"
    before = len(two.stages(ROOT))
    two.parts(START + 2 * HOUR, SECOND)
    (back,) = two.stages(ROOT)[before:]
    assert (back.kind, back.to, back.why, back.stage) == ("reverted", "SAL", "unmerged", "MQL")
    assert back.supersedes in {e.stage_id for e in two.stages(ROOT)[:before] if e.to == "SAL"}
    assert (two.stages(PART)[-1].stage, two.stages(PART)[-1].kind) == ("SAL", "applied")
    assert told_once(two)


def test_what_its_owner_accepted_by_a_touch_is_accepted_as_part_of_the_whole() -> None:
    """Also where the whole is another's, and whatever is read after it came."""
    two = both()
    two.reads(did(PART, act("call", "call.connected", START + 5 * MINUTE, "ben", origin=PART)))
    assert (two.stages(PART)[-1].stage, two.stages(PART)[-1].author) == ("SAL", "ben")
    two.merges(START + HOUR, FIRST, SECOND)
    assert (two.stages(ROOT)[-1].stage, two.stages(ROOT)[-1].author) == ("SAL", "ben")
    before = len(two.stages(ROOT))
    two.reads(root(START + HOUR, FIRST, SECOND, revision=3, aliases=(PART,)))
    assert len(two.stages(ROOT)) == before
    two.parts(START + 2 * HOUR, SECOND, revision=4)
    assert (two.stages(ROOT)[-1].stage, two.stages(PART)[-1].stage) == ("MQL", "SAL")
    assert told_once(two)


def test_a_part_is_routed_before_it_is_read_that_it_is_a_lead_of_its_own_again() -> None:
    two = both()
    two.merges(START + HOUR, FIRST, SECOND)
    two.reads(did(ROOT, to("nurture", 70, reason="not_ready"), snapshot=2))
    at = START + 2 * HOUR
    two.until(at)
    two.reads(routed_part(at, SECOND, revision=2, captured=3, assignment=2, owner="cleo"))
    two.reads(root(at, FIRST, revision=3, parted_at=at), part(at, SECOND, revision=3, parted_at=at))
    two.arrives()
    assert two.stages(PART)[-1].stage == "nurture", "that routing is its first again moves it nowhere"
    assert [e.owner for e in two.promises(PART, "armed")][-1] == "cleo"


def test_a_move_that_goes_to_and_fro_is_told_by_another_id_each_time() -> None:
    two = both()
    two.reads(did(PART, to("SAL", 5)))
    for turn in range(3):
        two.merges(START + (2 * turn + 1) * HOUR, FIRST, SECOND, revision=2 + 2 * turn)
        two.parts(START + (2 * turn + 2) * HOUR, SECOND, revision=3 + 2 * turn)
    assert [e.kind for e in two.stages(ROOT) if e.to == "SAL"] == ["applied", "reverted"] * 3
    assert told_once(two)


def test_the_clock_of_a_parts_stage_runs_on_from_the_unmerge_and_is_told_by_ids_of_its_own() -> None:
    two = both()
    two.merges(START + HOUR, FIRST, SECOND)
    assert clocks(two, PART) == [("MQL", "armed", None), ("MQL", "cancelled", "merged")]
    two.parts(START + 2 * HOUR, SECOND)
    again = two.promises(PART, clock="stage")[-1]
    assert (again.kind, again.reason, again.due_at) == ("armed", "unmerged", START + 2 * HOUR + DAY)
    assert clocks(two, ROOT) == [("MQL", "armed", None)], "its own runs on all the while"
    two.until(START + 3 * DAY)
    assert [kind for _, kind, _ in clocks(two, PART)] == ["armed", "cancelled", "armed", "breached"]
    assert told_once(two)


def test_a_clock_that_was_broken_before_the_merge_is_not_broken_again() -> None:
    two = both()
    two.until(START + 2 * DAY)
    two.merges(START + 3 * DAY, FIRST, SECOND)
    two.parts(START + 4 * DAY, SECOND)
    two.until(START + 9 * DAY)
    assert [kind for _, kind, _ in clocks(two, PART)] == ["armed", "breached"]
    assert told_once(two)


def test_a_clock_that_the_part_alone_had_ended_has_its_full_time_once_more() -> None:
    two = both()
    two.reads(did(PART, to("SAL", 5)))
    two.merges(START + HOUR, FIRST, SECOND)
    assert ("MQL", "met", None) in clocks(two, ROOT)
    two.until(START + 2 * DAY)
    two.parts(START + 2 * DAY, SECOND)
    again = [e for e in two.promises(ROOT, "armed", clock="stage") if e.target == "MQL"][-1]
    assert (again.reason, again.due_at) == ("unmerged", START + 3 * DAY)
    assert not two.promises(ROOT, "breached", clock="stage"), "nobody was late who thought that it was accepted"
    assert told_once(two)


def test_until_what_comes_back_arrives_nothing_is_said_of_the_clocks_before() -> None:
    two = both()
    two.reads(did(PART, to("SAL", 5)))
    two.merges(START + HOUR, FIRST, SECOND)
    at = START + 2 * HOUR
    two.until(at)
    two.reads(part(at, SECOND, revision=3, parted_at=at))
    before = clocks(two, PART)
    two.until(at + HOUR)
    assert clocks(two, PART) == before
    two.reads(root(at, FIRST, revision=3, parted_at=at))
    two.arrives()
    assert clocks(two, PART)[len(before) :] == [("SAL", "armed", "unmerged")]
    assert told_once(two)


def test_after_a_time_apart_the_clock_of_the_stage_has_its_full_time() -> None:
    two = both()
    at = START + HOUR
    two.until(at)
    two.reads(root(at, FIRST, revision=2, outcome="quarantined", quarantine=quarantine(at)))
    two.until(at + HOUR)
    two.reads(root(at + HOUR, FIRST, revision=3, outcome="released"))
    assert clocks(two, ROOT) == [
        ("MQL", "armed", None),
        ("MQL", "cancelled", "quarantined"),
        ("MQL", "armed", "released"),
    ]
    assert two.promises(ROOT, clock="stage")[-1].due_at == at + HOUR + DAY
    assert told_once(two)
