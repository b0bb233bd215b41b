"""A pool remembers whom it looked at: what it says is what it would say had it never been asked before."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_route.core.availability import Absence, Hours
from leadline_route.core.candidates import Need, _consider, consider
from leadline_route.core.caps import Caps, Days
from leadline_route.core.roster import Draft, Load, Roster
from leadline_route.core.team import Member, Pool, Returning
from leadline_runtime.core.calendar import Calendar
from tests.unit.route.leads import at

START = at("2026-03-10T16:00:00Z")
AWAY = Absence(at("2026-03-10T18:00:00Z"), at("2026-03-10T20:30:00Z"), "a course")
BUSY = Caps(open=3, day=2, segments={"enterprise": Caps(day=1)})


def somebody(name: str, place: str, hours: tuple[int, int], **more: Any) -> Member:
    """There at these hours of every day."""
    zone = ZoneInfo(place)
    shift = Calendar(name, zone, [((hours[0] * 60, hours[1] * 60),)] * 7)
    return Member(name, Hours(shift, (AWAY,) if name == "b" else ()), Days(zone), **more)


PEOPLE = {
    each.id: each
    for each in (
        somebody("a", "America/New_York", (8, 20), levels={"de": 3}, caps=BUSY),
        somebody("b", "America/New_York", (8, 20), levels={"en": 1}, caps=BUSY),
        somebody("c", "Asia/Tokyo", (0, 24), levels={"de": 1}, caps=BUSY),
        somebody("d", "Asia/Tokyo", (0, 24), active=False),
        somebody("e", "America/Chicago", (0, 24), caps=BUSY),
        somebody("f", "America/New_York", (8, 17)),
    )
}
some = st.sets(st.sampled_from(sorted(PEOPLE)))
loads = st.builds(
    Load,
    open=st.integers(0, 3),
    assigned=st.dictionaries(
        st.sampled_from(("2026-03-10", "2026-03-11", "2026-03-10/enterprise")), st.integers(1, 2), max_size=2
    ),
)
asked = st.fixed_dictionaries(
    {
        "minutes": st.sampled_from((0, 1, 60, 240, 500, -60)),
        "skills": st.sampled_from(((), ("de",), ("de", "en"))),
        "segments": st.sampled_from(((), ("enterprise",))),
        "excluded": some,
        "changed": st.dictionaries(st.sampled_from(sorted(PEOPLE)), loads, max_size=2),
        "drafted": st.dictionaries(st.sampled_from(sorted(PEOPLE)), loads, max_size=1),
    }
)


@settings(max_examples=100)
@given(some.filter(bool), st.sampled_from(("skip", "catch_up", "accrue")), st.lists(asked, min_size=2, max_size=12))
def test_remembered_is_as_looked_at_anew(who: set[str], policy: Any, questions: list[dict[str, Any]]) -> None:
    """Whatever changes in between: the time, rows, skills asked, segments, whom the lead must not go to."""
    pool = Pool("pool", dict.fromkeys(sorted(who), 1), returning=Returning(policy))
    roster, now = Roster(KeyError, {name: Load() for name in PEOPLE}), START
    told: list[tuple[Any, Any]] = []
    for each in questions:
        now += timedelta(minutes=each["minutes"])
        roster.members.update(each["changed"])
        draft = Draft(roster, members=dict(each["drafted"]))
        excluded = dict.fromkeys(each["excluded"], "declined")
        need = Need(now, frozenset(each["skills"]), excluded, each["segments"])
        anew = [_consider(PEOPLE[name], draft.load(name), pool.returning, need) for name in pool.ids]
        told.append((consider(pool, PEOPLE, draft, need), anew))
    assert all(list(remembered) == fresh for remembered, fresh in told), "what was said once stays as it was said"


def whys(pool: Pool, roster: Roster, moment: str) -> list[str]:
    """What is told of each at an instant."""
    return [each.why or "free" for each in consider(pool, PEOPLE, Draft(roster), Need(at(moment)))]


def test_a_new_day_frees_its_caps_while_the_shift_goes_on() -> None:
    pool, roster = Pool("pool", {"c": 1}), Roster(KeyError, {"c": Load(assigned={"2026-03-10": 2})})
    assert whys(pool, roster, "2026-03-10T14:59:00Z")[0].startswith("day cap 2 of 2")
    assert whys(pool, roster, "2026-03-10T15:00:00Z") == ["free"]


def test_after_midnight_the_same_instant_is_todays() -> None:
    pool, roster = Pool("pool", {"f": 1}), Roster(KeyError, {"f": Load()})
    assert whys(pool, roster, "2026-03-10T23:59:00Z") == ["off shift until 2026-03-11T12:00Z"]
    assert whys(pool, roster, "2026-03-11T00:00:00Z") == ["off shift until 12:00Z"]
