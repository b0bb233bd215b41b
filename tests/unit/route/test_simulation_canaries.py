"""Recorded leads routed once more, with canaries between them."""

from pathlib import Path

from leadline_schemas.codec import encode
from leadline_schemas.topics import LEAD_SCORED
from tests.unit.route.leads import Desk, Wish, scored, scored_record, shipped
from tests.unit.route.test_simulation import MOMENT, over, written


def test_canaries_are_no_leads_whatever_the_rules(tmp_path: Path) -> None:
    """Each minute one is routed; by any rules but that for canaries it would go elsewhere, and turns with it."""
    desk = Desk()
    desk.one(scored_record(Wish("a lead", start=desk.now)), desk.now + MOMENT)
    for number in range(5):
        desk.one(scored_record(Wish(f"canary {number}", start=desk.now, canary=True)), desk.now + MOMENT)
    assert [event.rule for event in desk.events].count("canary") == 5
    tally = over(written(desk, tmp_path), shipped())
    assert (tally.leads, tally.changed) == (1, 0)
    cards = tmp_path / "scored.jsonl"
    wishes = (Wish("a lead"), Wish("a canary", canary=True))
    cards.write_bytes(b"\n".join(encode(LEAD_SCORED, scored(each)) for each in wishes))
    assert over(str(cards), shipped(), shipped()).leads == 1
