"""A person lets a promise stand still, through all five services: what moves, and who loses the lead or does not.

Tuesday 10 March 2026 in New York; a demo request is promised an e-mail within 5 minutes and a call within an hour, and
a silent owner loses it after 15 minutes.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from leadline_schemas.captured import LeadCaptured
from leadline_schemas.routed import LeadRouted
from leadline_schemas.sla import LeadSla
from tests.support.whole_pipeline import Whole

DEMO = {"type": "demo_request", "email": "ann@x.example", "name": "Ann Lee", "phone": "+1 212 555 0142",
        "country": "US", "state": "NY"}  # fmt: skip
BOB = {**DEMO, "email": "bob@x.example", "name": "Bob Ray", "phone": "+1 212 555 0199"}


def at(clock: str) -> datetime:
    """A time of that day, UTC: New York is four hours behind."""
    return datetime.fromisoformat(f"2026-03-10T{clock}+00:00")


class Day:
    """One lead that asked at 10:00 in New York."""

    def __init__(self, seed: int | None = None) -> None:
        self.world = Whole(at("14:00:00"), seed)
        self.lead = self.comes(DEMO)

    def comes(self, payload: dict[str, Any]) -> UUID:
        self.world.says(payload)
        self.world.captures()
        lead: UUID = self.world.told(LeadCaptured)[-1].lead_id
        self.world.settle()
        return lead

    def orders(self, clock: str, kind: str, lead: UUID | None = None, author: str = "ana", **more: Any) -> None:
        self.world.until(at(clock))
        command = {"kind": kind, "lead_id": lead or self.lead, "author": author, "reason": "said so", **more}
        self.world.says(command, way="commands")
        self.world.settle()

    def pauses(self, clock: str, until: str, reason: str = "call_me_after", **more: Any) -> None:
        pause = {"reason": reason, "until": at(until).isoformat()}
        self.orders(clock, "sla.pause", pause=pause, **more)

    def told(self, target: str, *kinds: str) -> list[LeadSla]:
        return [e for e in self.world.told(LeadSla) if e.target == target and (not kinds or e.kind in kinds)]

    @property
    def owners(self) -> list[str | None]:
        return [event.owner for event in self.world.told(LeadRouted)]


SEEDS = [None, *range(3)]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_pause_moves_the_due_time_and_the_owner_keeps_the_lead(seed: int | None) -> None:
    day = Day(seed)
    day.pauses("14:02:00", "18:00:00")
    (email,) = day.told("first_email", "paused")
    assert (email.due_before, email.due_at) == (at("14:05:00"), at("18:03:00"))
    day.world.until(at("18:02:30"))
    assert not day.told("first_email", "breached") and len(set(day.owners)) == 1
    day.world.until(at("18:30:00"))
    assert [e.due_at for e in day.told("first_email", "breached")] == [at("18:03:00")]
    (lapse,) = day.told("owner_response", "lapsed")[:1]
    assert lapse.due_at >= at("18:13:00") and len(set(day.owners)) > 1


@pytest.mark.parametrize("seed", SEEDS)
def test_who_is_no_manager_of_the_lead_cannot_pause_it_as_one(seed: int | None) -> None:
    day = Day(seed)
    manager = day.world.told(LeadRouted)[-1].manager
    day.pauses("14:01:00", "18:00:00", "manager", author="nobody of ours")
    assert [e.reason for e in day.told("first_email", "pause_refused")] == ["not_the_manager"]
    day.pauses("14:02:00", "18:00:00", "manager", author=manager or "")
    assert [e.due_at for e in day.told("first_email", "paused")] == [at("18:03:00")]


@pytest.mark.parametrize("seed", SEEDS)
def test_resuming_gives_back_the_rest(seed: int | None) -> None:
    day = Day(seed)
    day.pauses("14:02:00", "18:00:00")
    day.orders("15:00:00", "sla.resume")
    (email,) = day.told("first_email", "resumed")
    assert (email.due_before, email.due_at) == (at("18:03:00"), at("15:03:00"))


@pytest.mark.parametrize("seed", SEEDS)
def test_a_pause_goes_with_its_lead_into_a_merge_and_back(seed: int | None) -> None:
    day = Day(seed)
    bob = day.comes(BOB)
    day.pauses("14:02:00", "18:00:00", lead=bob)
    day.orders("14:03:00", "lead.merge", duplicate_id=bob)
    assert not [e for e in day.world.told(LeadSla) if e.kind == "breached"]
    merged = [e for e in day.world.told(LeadSla, day.lead) if e.target == "first_email"]
    # Ann's own promise is the earlier one: it was asked first. It stands still from the merge on.
    assert [e.due_at for e in merged if e.kind == "paused"][:1] == [at("18:02:00")]
    day.orders("14:30:00", "lead.unmerge", lead=bob)
    again = [e for e in day.world.told(LeadSla, bob) if e.target == "first_email"]
    assert [(e.kind, e.due_at) for e in again][-2:] == [("armed", at("14:35:00")), ("paused", at("18:05:00"))]
    day.world.until(at("19:00:00"))
    broken = [e for e in day.world.told(LeadSla) if e.kind == "breached" and e.target == "first_email"]
    assert len({(e.cycle, e.target) for e in broken}) == len(broken)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_two_leads_were_promised_stands_still_once_they_are_one(seed: int | None) -> None:
    day = Day(seed)
    bob = day.comes(BOB)
    day.orders("14:01:00", "lead.merge", duplicate_id=bob)
    day.pauses("14:02:00", "18:00:00")
    day.world.until(at("17:59:00"))
    emails = [e for e in day.world.told(LeadSla, day.lead) if e.target == "first_email"]
    assert [(e.kind, e.due_at) for e in emails][-1] == ("paused", at("18:03:00"))
    assert not [e for e in day.world.told(LeadSla) if e.kind in {"breached", "lapsed"}]
    day.world.until(at("19:30:00"))
    broken = [e for e in day.world.told(LeadSla) if e.kind == "breached" and e.target in {"first_email", "first_call"}]
    assert [(e.target, e.due_at) for e in broken] == [("first_email", at("18:03:00")), ("first_call", at("18:58:00"))]


@pytest.mark.parametrize("seed", SEEDS)
def test_who_ended_the_pause_of_one_lead_before_it_became_part_of_another_ended_no_other(seed: int | None) -> None:
    day = Day(seed)
    bob = day.comes({**BOB, "type": "trial_signup"})
    day.pauses("14:01:00", "18:00:00")
    day.orders("14:02:00", "sla.resume", lead=bob)
    day.orders("14:03:00", "lead.merge", duplicate_id=bob)
    day.world.until(at("17:59:00"))
    assert not day.told("first_email", "resumed", "breached")
    (email,) = day.told("first_email", "paused")
    assert email.due_at == at("18:04:00")


@pytest.mark.parametrize("seed", SEEDS)
def test_after_an_unmerge_no_step_that_was_told_is_told_again(seed: int | None) -> None:
    day = Day(seed)
    bob = day.comes(BOB)
    day.world.until(at("14:40:00"))  # half of the hour for a call is over
    day.orders("14:40:00", "lead.merge", duplicate_id=bob)
    day.orders("14:50:00", "lead.unmerge", lead=bob)
    day.world.until(at("16:00:00"))
    told = [(e.cycle, e.target, e.level) for e in day.world.told(LeadSla) if e.kind in {"warned", "breached"}]
    assert len(set(told)) == len(told)
    assert {e.due_at for e in day.told("first_call", "breached")} == {at("15:00:00"), at("15:50:00")}
