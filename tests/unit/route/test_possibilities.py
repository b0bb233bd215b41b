"""What routing.yaml and team.yaml can say besides what ships: levels, segments, times, postal codes, owners."""

from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline_route.core.caps import Caps, Days, counted, reached
from leadline_route.core.lead_facts import postal, spoken
from leadline_route.core.rulebook import Rulebook
from leadline_route.rules import build
from leadline_runtime.rules import RulesError
from leadline_schemas.enriched import Account
from leadline_schemas.routed import LeadRouted
from tests.unit.route.leads import Desk, Wish, at, candidates, scored_record, shipped, texts
from tests.unit.route.test_rules_files import contents

NOON = at("2026-03-10T16:00:00Z")  # Tuesday, New York and London work, Los Angeles too


def book(*rules: dict[str, Any], **more: Any) -> Rulebook:
    """The shipped files with these rules put before the others of pools, and what else is changed."""
    found = contents()
    routing, team = found["routing.yaml"], found["team.yaml"]
    routing["rules"][4:4] = list(rules)
    routing["examples"] = routing["examples"][-1:]  # the others are of the rules that ship
    for name, change in more.items():
        if name == "members":
            for member, keys in change.items():
                team["members"][member] |= keys
        elif name == "pools":
            for pool, keys in change.items():
                team["pools"].setdefault(pool, {}).update(keys)
        elif name == "territories":
            team["territories"] = {**change, **team["territories"]}
        else:
            routing[name] = change
    return build(deepcopy(found))


def routed(rules: Rulebook, now: datetime = NOON, **wish: Any) -> LeadRouted:
    """A new lead under these rules."""
    return Desk(rules).routed(scored_record(Wish(start=now, **wish)), now)


def test_a_rule_asks_for_a_level() -> None:
    rules = book(
        {"id": "german", "when": {"language": "de"}, "pools": ["emea"], "skills": {"de": {"at_least": 3}}},
        members={"hana": {"skills": {"en": 1, "de": 4}}, "gus": {"skills": {"en": 5, "de": 2}}},
    )
    event = routed(rules, country="DE", state=None, language="de")
    assert (event.owner, event.rule) == ("hana", "german")
    assert candidates(event)["gus"].startswith("missing skill: de at least 3")


def test_the_value_of_a_field_at_a_level_and_a_pool_that_ranks_by_it() -> None:
    rules = book(
        {"id": "language", "when": {"territory": "emea"}, "pools": ["emea"],
         "skill_field": {"field": "language", "at_least": 2}},
        members={"hana": {"skills": {"de": 3}}, "gus": {"skills": {"de": 5}}},
        pools={"emea": {"strategy": "by_skill"}},
    )  # fmt: skip
    event = routed(rules, country="DE", state=None, language="de")
    assert (event.owner, candidates(event)["hana"]) == ("gus", "level 3 in de at least 2, gus has 5")


def test_segments_are_named_once_and_used_in_rules_and_caps() -> None:
    rules = book(
        {"id": "big", "when": {"segments": "enterprise"}, "pools": ["us_east"]},
        segments={"enterprise": {"when": {"employees": {"gte": 500}, "country": "US"}}},
        members={"ana": {"caps": {"open": 60, "segment": {"enterprise": {"day": 1}}}}},
    )
    desk = Desk(rules)
    owners = [
        desk.routed(scored_record(Wish(name=f"big {n}", employees=900, start=NOON)), NOON).owner for n in range(4)
    ]
    assert owners == ["ana", "ben", "cleo", "ben"]
    assert candidates(desk.events[-1])["ana"] == (
        "day cap of segment enterprise 1 of 1 (day 2026-03-10 in America/New_York = 04:00Z to 04:00Z)"
    )
    small = desk.routed(scored_record(Wish(name="small", start=NOON)), NOON)
    assert candidates(small)["ana"] == "balance 0", "the cap of the segment does not count for other leads"


@pytest.mark.parametrize(("period", "day", "free"), [
    ("week", "2026-03-14", "2026-03-16T04:00:00Z"), ("month", "2026-03-14", "2026-04-01T04:00:00Z"),
])  # fmt: skip
def test_a_segments_week_and_month_end_in_the_members_own_zone(period: str, day: str, free: str) -> None:
    days = Days(shipped().team.members["ana"].days.zone)
    assigned = counted({}, days, at(f"{day}T12:00:00Z"), ("big",))
    limits = {"week": Caps(week=1), "month": Caps(month=1)}
    cap = reached(Caps(segments={"big": limits[period]}), 0, assigned, days, at("2026-03-15T12:00:00Z"), ("big",))
    assert cap is not None
    assert cap.free_at == at(free)
    assert "America/New_York" in cap.why or "2026-03" in cap.why


def test_at_night_other_rules_may_count() -> None:
    rules = book(
        {"id": "night", "when": {"time": {"outside": "us_east"}}, "pools": ["us_west"]},
        {"id": "tuesday_noon", "pools": ["us_west"],
         "when": {"time": {"zone": "America/New_York", "hours": {"tue": ["12:00-13:00"]}}}},
    )  # fmt: skip
    day, evening = at("2026-03-10T15:00:00Z"), at("2026-03-10T22:30:00Z")
    assert [routed(rules, now).rule for now in (day, NOON, evening)] == ["r6_us_east", "tuesday_noon", "night"]
    tried = {each.rule: each.why for each in routed(rules, day).rules_tried}
    assert tried["night"] == "needs time outside us_east (America/New_York); it is 15:00Z, Tue 11:00 there"


def test_a_territory_by_postal_code_and_a_rule_by_named_accounts() -> None:
    """The code itself is personal: no explanation shows it."""
    rules = book(
        {"id": "named", "when": {"account": {"in": ["northhaul.example"]}}, "pools": ["enterprise_us"]},
        {"id": "munich", "when": {"postal_code": {"between": ["80000", "81999"]}}, "pools": ["enterprise_emea"]},
        {"id": "london", "when": {"postal_code": {"starts_with": ["SW1", "EC"]}}, "pools": ["enterprise_emea"]},
    )
    values = {"postal_code": postal("sw1a  1aa")}
    assert values["postal_code"] == "SW1A 1AA"
    by_id = {each.id: each for each in rules.rules}
    assert by_id["london"].when.holds(values)
    assert by_id["munich"].when.holds({"postal_code": "80331"})
    assert not by_id["munich"].when.holds({"postal_code": "82031"})
    assert "82031" not in by_id["munich"].against({"postal_code": "82031"}, {}).why
    assert spoken({"postal_code": None}, ("postal_code",)) == "postal code unknown"
    event = routed(rules, account=Account(domain="northhaul.example", status="named"))
    assert event.rule == "named"


def test_the_owner_of_the_account_above_keeps_it_after_the_nearer_owners() -> None:
    account = Account(domain="dock.example", status="named", parent="harbour.example", parent_owner="ben")
    event = routed(shipped(), account=account)
    assert (event.owner, event.rule) == ("ben", "r1_account_owner")
    assert candidates(event)["ben"] == "owns the parent account harbour.example, on duty until 22:00Z"
    assert routed(shipped(), account=account.model_copy(update={"owner": "cleo"})).owner == "cleo"


def test_an_owners_lead_can_count_as_his_turn() -> None:
    wish = Wish(start=NOON, account=Account(domain="x", status="customer", owner="ben"))
    desk = Desk(book(ownership={"counts_as_turn": True}))
    event = desk.routed(scored_record(wish), NOON)
    assert (event.owner, event.counts_as_turn, event.pool) == ("ben", True, "us_east")
    assert texts(event.balance_after) == {"ana": "1/2", "ben": "-3/4", "cleo": "1/4"}
    assert not routed(shipped(), account=wish.account).counts_as_turn


@pytest.mark.parametrize(("policy", "rule", "owner", "covering"), [
    ("cover", "r1_account_owner", "gus", "fay"), ("keep", "r1_account_owner", "fay", None),
    ("pool", "r6_us_east", "ana", None),
])  # fmt: skip
def test_an_owner_who_is_away(policy: str, rule: str, owner: str, covering: str | None) -> None:
    """fay is on leave until Saturday: the pool of her territory stands in, it waits for her, or she does not count."""
    event = routed(book(ownership={"owner_away": policy}), account=Account(domain="x", status="customer", owner="fay"))
    assert (event.rule, event.owner, event.covering_for) == (rule, owner, covering)


def test_holidays_of_a_country_or_a_part_of_it_without_a_calendar() -> None:
    rules = book(members={"ben": {"holidays": "US-NY"}, "gus": {"holidays": "GB-SCT"}})
    lincoln, summer_bank = at("2026-02-12T15:00:00Z"), at("2026-08-03T10:00:00Z")
    assert rules.team.members["ben"].hours.duty(lincoln).state == "off"
    assert rules.team.members["ana"].hours.duty(lincoln).state == "on"
    assert rules.team.members["gus"].hours.duty(summer_bank).state == "off"
    assert rules.team.members["hana"].hours.duty(summer_bank).state == "on"


@pytest.mark.parametrize(("change", "words"), [
    ({"members": {"ana": {"holidays": "XX-1"}}}, "XX-1 is no calendar of calendars.yaml"),
    ({"members": {"ana": {"skills": {"de": 6}}}}, "less than or equal to 5"),
    ({"members": {"ana": {"caps": {"open": 60, "segment": {"big": {"day": 1}}}}}}, "is no segment of routing.yaml"),
    ({"segments": {"big": {"when": {"segments": "small"}}}}, "no field that can be asked here"),
])  # fmt: skip
def test_what_cannot_be_is_told(change: dict[str, Any], words: str) -> None:
    with pytest.raises(RulesError, match=words):
        book(**change)


@pytest.mark.parametrize(("when", "words"), [
    ({"time": {"within": "mars"}}, "mars is no calendar"),
    ({"time": {"within": "emea", "outside": "emea"}}, "needs `within: CALENDAR`"),
    ({"any": [{"time": {"within": "emea"}}]}, "time"),
    ({"segments": "big"}, "big is no segment; known: none"),
    ({"postal_code": {"between": ["80", "8199"]}}, "of one length"),
    ({"postal_code": {"starts_with": [80]}}, "quote digits"),
])  # fmt: skip
def test_what_a_rule_cannot_ask_is_told(when: dict[str, Any], words: str) -> None:
    with pytest.raises(RulesError, match=words):
        book({"id": "x", "when": when, "pools": ["emea"]})


@given(st.integers(0, 60 * 24 * 14), st.sampled_from(["us_east", "emea", "always"]))
def test_within_and_outside_are_opposites_at_every_instant(minutes: int, calendar: str) -> None:
    rules = book(
        {"id": "in", "when": {"time": {"within": calendar}}, "pools": ["emea"]},
        {"id": "out", "when": {"time": {"outside": calendar}}, "pools": ["emea"]},
    ).rules
    moment = at("2026-03-20T00:00:00Z") + timedelta(minutes=minutes)
    assert [rule.untimely(moment) is None for rule in rules if rule.time] in ([True, False], [False, True])
