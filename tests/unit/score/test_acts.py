"""Which acts a lead is judged on, against the plainest way to say it."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from leadline_schemas.activity import Activity, ScoreOverride
from leadline_score.core.acts import acts_of_lead, newest
from leadline_score.core.overrides import kept_orders
from tests.unit.score.builders import act, at

OWN, PART, OTHER = (UUID(int=number) for number in (1, 2, 3))
BEGAN = at("03-02T12:00:00")
SET = ScoreOverride(target="fit", value=50, author="mara", reason="met them", expires_at=BEGAN + timedelta(days=9))


@st.composite
def acts(draw: st.DrawFn, most: int = 14) -> list[Activity]:
    """Some acts of few ids and fewer instants; what has one id is one act."""
    numbers = draw(st.lists(st.integers(0, 11), max_size=most))
    return [_act(number) for number in numbers]


def _act(number: int) -> Activity:
    when = BEGAN + timedelta(minutes=number % 3)
    origin = (OWN, OWN, PART, OTHER)[number % 4]
    made = act(f"act {number}", "page.viewed", when)
    return made.model_copy(update={"origin": origin, "override": SET if number % 5 == 4 else None})


def plainly(held: Sequence[Activity], read: Sequence[Activity], limit: int) -> tuple[set[UUID], bool]:
    """All of them once, its own, the newest."""
    own = [each for each in {each.id: each for each in (*read, *held)}.values() if each.origin in (OWN, PART)]
    if len(own) <= limit:
        return {each.id for each in own}, False
    others = [each for each in own if each.override is None]
    others.sort(key=lambda each: (each.occurred_at, each.id), reverse=True)
    orders = kept_orders([each for each in own if each.override is not None])
    return {each.id for each in (*others[:limit], *orders)}, len(others) > limit


@given(acts(), acts(), st.integers(1, 12))
def test_the_newest_of_a_lead_s_own_acts_are_what_the_plainest_way_finds(
    held: list[Activity], read: list[Activity], limit: int
) -> None:
    found, cut = acts_of_lead(held, read, (OWN, PART), limit)
    ids = [each.id for each in found]
    assert len(ids) == len(set(ids)), "each once"
    assert (set(ids), cut) == plainly(held, read, limit)


@given(acts(), st.integers(1, 12))
def test_what_a_memory_keeps_is_found_the_same_way(given: list[Activity], limit: int) -> None:
    once = list({each.id: each.model_copy(update={"origin": OWN}) for each in given}.values())
    found, cut = newest(once, limit)
    assert ({each.id for each in found}, cut) == plainly(once, (), limit)


def test_what_the_snapshot_holds_wins() -> None:
    early, late = (_act(0).model_copy(update={"tag": tag}) for tag in ("held", "read"))
    for limit, kept in ((1, []), (2, ["held"]), (9, ["held"])):
        found, _ = acts_of_lead([early], [late, _act(1)], (OWN,), limit)
        assert [each.tag for each in found if each.id == early.id] == kept
