"""Changes of the roster: folded over team.yaml, refused with every fault, decided once, named by the rules' version."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from leadline_route.core.overlay import TeamOverlay, over
from leadline_route.core.rulebook import Rulebook
from leadline_route.roster_change import on_roster_change
from leadline_route.roster_entries import Changed
from leadline_route.roster_rules import InForce, laid_over
from leadline_route.rules import SPEC, build
from leadline_route.view import RouteView
from leadline_runtime.decision import Grounds
from leadline_runtime.items import Record
from leadline_runtime.rules import RulesError, load_rules
from leadline_schemas.codec import encode
from leadline_schemas.roster import Absence, CapsPayload, MemberSettings, RosterChange
from leadline_schemas.topics import ROSTER_RECEIVED
from tests.unit.route.leads import REF, Desk, Unforeseen, Wish, scored_record, shipped

NOW = datetime(2026, 3, 10, 15, tzinfo=UTC)
LEAVE = Absence(away=date(2026, 3, 10), back=date(2026, 3, 17), reason="leave")


def change(kind: Any = "member.set", member: str = "ana", **more: Any) -> RosterChange:
    told = {"author": "mia", "source": "crm", "key_id": "k", "received_at": NOW, "submission_id": uuid4(), **more}
    return RosterChange(kind=kind, member=member, **told)


def setting(member: str = "ana", **settings: Any) -> RosterChange:
    return change(member=member, settings=MemberSettings(**settings))


class Office:
    """Decides changes one after the other, as the loop does."""

    def __init__(self, book: Rulebook | None = None) -> None:
        self.file = book or shipped()
        self.view = RouteView(Unforeseen)

    def decides(self, told: RosterChange) -> Changed | None:
        raw = encode(ROSTER_RECEIVED, told)
        item = Record(ROSTER_RECEIVED, 0, 0, b"roster", raw, told, told.submission_id)
        decision = on_roster_change(told, self.view, Grounds(NOW, None, self.file, REF, "test", item))
        if decision.delta is not None:
            self.view.apply(decision.delta)
        assert decision.delta is None or isinstance(decision.delta, Changed)
        return decision.delta

    @property
    def book(self) -> Rulebook:
        """The rules that follow."""
        return build(laid_over(self.view.overlay, self.file.contents))


def applied(office: Office, told: RosterChange) -> Changed:
    found = office.decides(told)
    assert found is not None and found.outcome.applied, found
    return found


def test_an_absence_keeps_leads_away_and_ends_when_it_is_taken_back() -> None:
    office = Office()
    declared = change("absence.declared", absence=LEAVE)
    assert applied(office, declared).entry.number == 1
    assert office.book.team.members["ana"].hours.duty(NOW).state == "absent"
    assert shipped().team.members["ana"].hours.duty(NOW).state == "on", "the file says so still"
    desk = Desk(book=office.book, now=NOW)
    assert desk.routed(scored_record(Wish(start=NOW))).owner == "ben"
    assert applied(office, change("absence.ended", absence_id=declared.submission_id)).entry.number == 2
    assert office.book.team.members["ana"].hours.duty(NOW).state == "on"


def test_an_afternoon_is_an_absence_too() -> None:
    office = Office()
    part = Absence(away=NOW, back=NOW + timedelta(hours=2), reason="training")
    applied(office, change("absence.declared", absence=part))
    hours = office.book.team.members["ana"].hours
    assert [hours.duty(NOW + timedelta(hours=n)).state for n in (0, 1, 2)] == ["absent", "absent", "on"]


def test_what_is_set_stands_over_the_file_and_what_is_not_given_stays() -> None:
    office = Office()
    applied(office, setting(hours={"mon": ("10:00-12:00",)}, caps=CapsPayload(day=3), weights={"us_east": 5}))
    applied(office, setting(caps=CapsPayload(open=7), weights={"enterprise_us": 0}))
    team = office.book.team
    ana = team.members["ana"]
    assert (ana.caps.open, ana.caps.day) == (7, 3)
    assert ana.hours.duty(NOW).state == "off", "a Tuesday"
    assert dict(team.pools["us_east"].weights) == {"ana": 5, "ben": 1, "cleo": 1}
    assert "ana" not in team.pools["enterprise_us"].weights
    applied(office, setting(clear=("hours", "caps", "weights")))
    assert office.view.overlay.members == {}
    assert office.book.team.members["ana"].caps == shipped().team.members["ana"].caps


def test_who_left_is_inactive() -> None:
    office = Office()
    applied(office, setting(active=False))
    assert not office.book.team.is_active("ana")


@pytest.mark.parametrize(
    ("told", "reason", "words"),
    [
        (setting("zoe", active=False), "no_such_member", "zoe is no member of team.yaml"),
        (change("absence.ended", absence_id=UUID(int=1)), "no_such_absence", "one of team.yaml is ended there"),
        (setting(hours={"mon-fri": ("18:00-09:00",)}), "invalid_roster", "members.ana.hours"),
        (setting(hours={"someday": ("09:00-18:00",)}), "invalid_roster", "members.ana.hours"),
        (setting(weights={"nowhere": 2}), "invalid_roster", "weights.nowhere: is no pool"),
        (setting("hana", weights={"enterprise_emea": 0}), "invalid_roster", "pools.enterprise_emea.members"),
        (
            change("absence.declared", absence=Absence(away=date(2026, 3, 17), back=date(2026, 3, 17), reason="leave")),
            "invalid_roster",
            "must be later than `from`",
        ),
    ],
)
def test_a_bad_change_is_refused_with_its_fault_and_changes_nothing(
    told: RosterChange, reason: str, words: str
) -> None:
    office = Office()
    applied(office, change("absence.declared", absence=LEAVE))
    before = office.view.overlay
    found = office.decides(told)
    assert found is not None and not found.outcome.applied
    assert found.outcome.reason == reason and words in (found.outcome.detail or "")
    assert (found.entry.number, found.overlay, office.view.overlay) == (None, None, before)


def test_a_bad_change_is_refused_with_all_its_faults() -> None:
    office = Office()
    found = office.decides(setting(hours={"someday": ("09:00-18:00",)}, weights={"nowhere": 2, "nobodys": 1}))
    assert found is not None and found.outcome.reason == "invalid_roster"
    told = found.outcome.detail or ""
    assert all(words in told for words in ("members.ana.hours", "weights.nowhere", "weights.nobodys"))
    assert "examples" not in told, "what follows from another fault is not told"


def test_a_change_that_comes_again_counts_once() -> None:
    office, told = Office(), setting(caps=CapsPayload(day=3))
    applied(office, told)
    assert office.decides(told) is None
    assert office.view.overlay.number == 1 and len(office.view.entries) == 1


def test_absences_long_over_are_not_carried_on() -> None:
    office = Office()
    past = Absence(away=date(2026, 1, 5), back=date(2026, 1, 9), reason="leave")
    applied(office, change("absence.declared", absence=past))
    applied(office, change("absence.declared", absence=LEAVE))
    assert [each["from"] for each in office.view.overlay.members["ana"]["absences"]] == ["2026-03-10"]


def test_what_the_file_has_no_more_is_passed_over() -> None:
    overlay = TeamOverlay(3, {"zoe": {"active": False}, "ana": {"weights": {"gone": 2}}})
    team = shipped().contents["team.yaml"]
    assert over(overlay, team) == team


def test_the_rules_are_named_by_the_file_and_the_roster_and_a_roster_without_changes_is_none() -> None:
    held = InForce()
    spec = replace(SPEC, overlay=held.overlay)
    alone = load_rules(spec)
    held.team = TeamOverlay()
    assert load_rules(spec).ref == alone.ref
    held.team = TeamOverlay(17, {"ana": {"active": False}})
    both = load_rules(spec)
    assert both.ref.version == f"{alone.ref.version}+roster.17"
    assert both.ref.digest != alone.ref.digest and both.files == alone.ref
    assert not both.rules.team.is_active("ana")
    held.team = TeamOverlay(17, {"ana": {"active": True}})
    assert load_rules(spec).ref.digest not in (both.ref.digest, alone.ref.digest), "the digest is of what stands in it"


@pytest.mark.parametrize(
    "broken", [{"members": ["ana"]}, {"pools": {"emea": None}}, {"members": {"ana": None}}, {"pools": {"emea": {}}}]
)
def test_a_file_that_is_none_is_told_as_such_whatever_was_ordered_over_it(broken: dict[str, Any]) -> None:
    contents = shipped().contents
    overlay = TeamOverlay(3, {"ana": {"weights": {"emea": 2}, "active": False}})
    with pytest.raises(RulesError):
        laid_over(overlay, {**contents, "team.yaml": {**contents["team.yaml"], **broken}})


def test_two_pools_that_share_their_members_by_an_alias_do_not_share_what_is_ordered_of_one() -> None:
    shared = {"ana": 1, "ben": 1}
    team = {"members": {"ana": {}}, "pools": {"east": {"members": shared}, "west": {"members": shared}}}
    found = over(TeamOverlay(1, {"ana": {"weights": {"east": 3}}}), team)
    assert found["pools"] == {"east": {"members": {"ana": 3, "ben": 1}}, "west": {"members": {"ana": 1, "ben": 1}}}
    assert shared == {"ana": 1, "ben": 1}
