"""The first reason against each candidate, in the order of the rules, in words and numbers."""

from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from typing import Any

from leadline_route.core.availability import Absence, Hours
from leadline_route.core.candidates import Need, available_from, consider
from leadline_route.core.caps import Caps
from leadline_route.core.roster import Counts, Draft, Load, Roster
from leadline_route.core.selection import select
from leadline_route.core.team import Member, Pool, Returning
from tests.unit.route.leads import at, shipped

MORNING = at("2026-03-10T15:00:00Z")
ANA = shipped().team.members["ana"]


def member(name: str, *, away: tuple[str, str] | None = None, **more: Any) -> Member:
    """Somebody with ana's hours."""
    absences = (Absence(at(away[0]), at(away[1]), "leave"),) if away else ()
    known: dict[str, Any] = {"levels": {"en": 1}, "caps": Caps(), "active": True, **more}
    return Member(name, Hours(ANA.hours.calendar, absences), ANA.days, **known)


def told(
    people: list[Member], now: datetime = MORNING, returning: Returning | None = None, **more: Any
) -> dict[str, str]:
    """Why each was chosen or not. `loads` and `skills`, `excluded` as given."""
    loads: dict[str, Load] = more.pop("loads", {})
    strategy = more.pop("strategy", "round_robin")
    pool = Pool("pool", {each.id: 1 for each in people}, None, strategy, returning or Returning())
    roster = Roster(KeyError, {each.id: loads.get(each.id, Load()) for each in people}, {"pool": Counts()})
    draft = Draft(roster)
    need = Need(now, frozenset(more.pop("skills", ())), more.pop("excluded", {}), tuple(more.pop("segments", ())))
    found = select(pool, consider(pool, {each.id: each for each in people}, draft, need), draft, (), need.skills)
    return {each.id: f"{each.reason}: {each.why}" for each in found.candidates}


LEAVE = ("2026-03-09T04:00:00Z", "2026-03-14T04:00:00Z")


def test_the_first_reason_is_the_one_recorded() -> None:
    """Inactive, absent, off shift, excluded, cap reached, missing skill: each has all the reasons after it too."""
    capped: dict[str, Any] = {"caps": Caps(day=1), "levels": {}}
    people = [
        member("a", active=False, away=LEAVE, **capped),
        member("b", away=LEAVE, **capped),
        member("d", **capped),
        member("e", **capped),
        member("f", levels={}),
        member("g"),
    ]
    full = Load(assigned={"2026-03-10": 1})
    found = told(
        people,
        loads={each.id: full for each in people[:-2]},
        skills=["en"],
        excluded=dict.fromkeys("abd", "let the owner clock lapse"),
    )
    assert found == {
        "a": "inactive: inactive",
        "b": "absent: absent: leave until 2026-03-14; skip: balance frozen",
        "d": "excluded: excluded: let the owner clock lapse",
        "e": "cap_reached: day cap 1 of 1 (day 2026-03-10 in America/New_York = 04:00Z to 04:00Z)",
        "f": "missing_skill: missing skill: en; still shares, balance 1/2",
        "g": "chosen: only available member",
    }


def test_off_shift_comes_before_excluded() -> None:
    found = told([member("a")], now=at("2026-03-10T12:00:00Z"), excluded={"a": "declined (language)"})
    assert found == {"a": "off_shift: off shift until 13:00Z"}


def test_off_shift_over_the_weekend_names_the_day() -> None:
    assert told([member("a")], now=at("2026-03-06T23:00:00Z")) == {"a": "off_shift: off shift until 2026-03-09T13:00Z"}


def test_an_absence_of_hours_is_told_to_the_minute() -> None:
    away = ("2026-03-10T14:00:00Z", "2026-03-10T16:30:00Z")
    assert told([member("a", away=away), member("b")])["a"] == (
        "absent: absent: leave until 2026-03-10T16:30Z; skip: balance frozen"
    )


def test_the_highest_balance_wins_and_ties_go_by_id() -> None:
    loads = {
        "a": Load({"pool": Fraction(-1, 2)}),
        "b": Load({"pool": Fraction(1, 4)}),
        "c": Load({"pool": Fraction(1, 4)}),
    }
    people = [member(each) for each in "abc"]
    assert told(people, loads=loads) == {
        "a": "balance: balance -1/6",
        "b": "chosen: balance 7/12, ties by id",
        "c": "tie: balance 7/12, id later",
    }
    loads |= {"a": Load({"pool": Fraction(-7, 12)}), "c": Load({"pool": Fraction(1, 3)})}
    assert told(people, loads=loads)["c"] == "chosen: highest balance 2/3"


def test_whoever_lacks_the_skill_is_owed_the_lead_all_the_same() -> None:
    people = [member("a", levels={"en": 1, "de": 1}), member("b")]
    assert told(people, skills=["de"]) == {
        "a": "chosen: only available member",
        "b": "missing_skill: missing skill: de; still shares, balance 1/2",
    }


def test_while_away_the_share_accrues_if_the_company_wants_so() -> None:
    people = [member("a", away=LEAVE), member("b")]
    found = told(people, returning=Returning("catch_up"))
    assert found["a"] == "absent: absent: leave until 2026-03-14; catch_up: share accrues"
    assert told(people, returning=Returning("catch_up"), excluded={"a": "declined (conflict)"})["a"].endswith(
        "catch_up: balance frozen"
    )


def test_two_in_a_row_at_most_while_being_repaid() -> None:
    """ana was away for three leads; of the next four she gets two, then somebody else, then her again."""
    pool = Pool("pool", {"a": 1, "b": 1}, returning=Returning("accrue"))
    here, away = {"a": member("a"), "b": member("b")}, {"a": member("a", away=LEAVE), "b": member("b")}
    roster = Roster(KeyError, {"a": Load(), "b": Load()}, {"pool": Counts()})
    winners, words = [], []
    for number in range(8):
        draft = Draft(roster)
        found = select(pool, consider(pool, away if number < 3 else here, draft, Need(MORNING)), draft)
        delta = draft.delta()
        assert delta is not None
        roster.apply(delta)
        winners.append(found.winner)
        words.append({each.id: each.why for each in found.candidates})
    assert winners == ["b", "b", "b", "a", "a", "b", "a", "a"]
    assert words[5]["a"] == "balance 1, but 2 in a row while being repaid"
    assert roster.load("a").repaying == frozenset()


def test_least_loaded_by_open_leads_as_a_part_of_the_cap() -> None:
    people = [member(each, caps=Caps(open=cap)) for each, cap in (("a", 60), ("b", 40), ("c", 20))]
    loads = {"a": Load(open=6), "b": Load(open=3), "c": Load(open=2)}
    assert told(people, loads=loads, strategy="least_loaded") == {
        "a": "load: 6 of 60 open",
        "b": "chosen: least loaded: 3 of 40 open",
        "c": "load: 2 of 20 open",
    }


def test_least_loaded_ties_go_by_balance_then_id() -> None:
    people = [member(each, caps=Caps(open=10)) for each in "abc"]
    loads = {"b": Load({"pool": Fraction(1)}), "c": Load({"pool": Fraction(1)}), "a": Load({"pool": Fraction(-2)})}
    assert told(people, loads=loads, strategy="least_loaded") == {
        "a": "balance: 0 of 10 open, balance -5/3",
        "b": "chosen: least loaded: 0 of 10 open",
        "c": "tie: 0 of 10 open, id later",
    }


def test_when_somebody_could_take_it() -> None:
    need, full = Need(MORNING), Load(assigned={"2026-03-10": 1})
    limited = member("a", caps=Caps(day=1))
    assert available_from(limited, Load(), need) == MORNING
    assert available_from(limited, full, need) == at("2026-03-11T13:00:00Z")  # tomorrow's count is empty
    assert available_from(replace_caps(limited, Caps(open=1)), Load(open=1), need) is None
    assert available_from(limited, Load(), replace(need, skills=frozenset({"de"}))) is None
    assert available_from(limited, Load(), replace(need, excluded={"a": "declined (conflict)"})) is None


def replace_caps(someone: Member, caps: Caps) -> Member:
    """The same person with other limits."""
    return member(someone.id, caps=caps)


def test_a_level_only_excludes_unless_the_pool_ranks_by_it() -> None:
    """German at 2 is asked: 1 is not enough; of 3 and 5 most is owed to the one, the other knows it better."""
    people = [member("a", levels={"de": 1}), member("b", levels={"de": 3}), member("c", levels={"de": 5})]
    loads = {"a": Load({"pool": Fraction(0)}), "b": Load({"pool": Fraction(1)}), "c": Load({"pool": Fraction(-1)})}
    assert told(people, loads=loads, skills=["de at least 2"]) == {
        "a": "missing_skill: missing skill: de at least 2; still shares, balance 1/3",
        "b": "chosen: highest balance 4/3",
        "c": "balance: balance -2/3",
    }
    assert told(people, loads=loads, skills=["de at least 2"], strategy="by_skill") == {
        "a": "missing_skill: missing skill: de at least 2; still shares, balance 1/3",
        "b": "balance: level 3 in de at least 2, c has 5",
        "c": "chosen: highest level 5 in de at least 2",
    }


def test_equally_good_is_dealt_by_balance_and_so_is_a_lead_that_asks_for_nothing() -> None:
    people = [member("a", levels={"de": 3}), member("b", levels={"de": 3}), member("c", levels={"de": 2})]
    loads = {"b": Load({"pool": Fraction(1, 2)}), "c": Load({"pool": Fraction(-1, 2)})}
    assert told(people, loads=loads, skills=["de"], strategy="by_skill") == {
        "a": "balance: balance 1/3",
        "b": "chosen: level 3 in de, balance 5/6",
        "c": "balance: level 2 in de, b has 3",
    }
    assert told(people, loads=loads, strategy="by_skill")["b"] == "chosen: highest balance 5/6"


def test_a_cap_of_a_segment_counts_its_leads_only() -> None:
    capped = Caps(day=5, segments={"enterprise": Caps(day=1)})
    people, full = [member("a", caps=capped), member("b")], Load(assigned={"2026-03-10": 1, "2026-03-10/enterprise": 1})
    assert told(people, loads={"a": full}, segments=["enterprise"])["a"] == (
        "cap_reached: day cap of segment enterprise 1 of 1 (day 2026-03-10 in America/New_York = 04:00Z to 04:00Z)"
    )
    assert told(people, loads={"a": full}, segments=["small"])["a"].startswith("chosen")
