"""Leads become one and are taken apart again: by command, recomputed from what each was told (rules B1.6, B1.7)."""

from typing import Any
from uuid import UUID

import pytest

from leadline_capture.core.snapshot import lead_of
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.lead import MergedInto
from tests.unit.capture.story import MINUTE, NOW, Capture, Told, rules

ANN = {"email": "ann@x.example", "name": "Ann Lee", "title": "CTO", "type": "demo_request"}
BOB = {"email": "bob@y.example", "name": "Bob Ray", "company": "Y Ltd", "type": "pricing_inquiry"}


def snapshots(told: Told) -> dict[UUID, LeadCaptured]:
    return {each.lead_id: each for each in told.events if isinstance(each, LeadCaptured)}


class Two:
    """Two persons known to capture, a minute apart."""

    def __init__(self) -> None:
        self.capture = Capture()
        self.ann = self.capture.lead(ANN).captured.lead_id
        self.bob = self.capture.at(NOW + MINUTE).lead(BOB).captured.lead_id

    def merge(self) -> dict[UUID, LeadCaptured]:
        return snapshots(self.capture.at(NOW + 5 * MINUTE).command("merge", self.ann, self.bob))

    def unmerge(self) -> dict[UUID, LeadCaptured]:
        return snapshots(self.capture.at(NOW + 9 * MINUTE).command("unmerge", self.bob))


def test_a_merge_tells_the_root_with_all_of_both_and_a_tombstone_that_names_it() -> None:
    two = Two()
    told = two.merge()
    root, tombstone = told[two.ann], told[two.bob]
    assert tombstone.outcome == "tombstone"
    assert tombstone.merged_into == MergedInto(lead_id=two.ann, revision=root.revision)
    assert [each.origin for each in tombstone.requests] == [two.bob]
    assert root.aliases == (two.bob,)
    assert {each.origin for each in root.requests} == {two.ann, two.bob}
    assert (root.lead.email, root.lead.company) == ("bob@y.example", "Y Ltd"), "equal trust: the later value stands"
    assert "ann@x.example" in {each.value for each in root.alternates}
    assert root.ordered is not None and root.ordered.author == "mara"


def test_what_comes_with_the_keys_of_a_part_is_told_of_the_root_and_can_leave_again() -> None:
    two = Two()
    two.merge()
    told = two.capture.at(NOW + 6 * MINUTE).lead({"email": "bob@y.example", "phone": "+44 20 7946 0018"})
    assert told.captured.lead_id == two.ann
    new = told.captured.requests[-1]
    assert (new.origin, new.root, new.begun_by) == (two.bob, two.ann, two.ann)
    assert [(e.activity.origin, e.snapshot) for e in told.events[1:]] == [(two.bob, told.captured.revision)]
    apart = two.unmerge()
    assert apart[two.ann].lead.phone is None and apart[two.ann].lead.email == "ann@x.example"
    assert apart[two.bob].lead.phone == "+442079460018"
    assert [each.id for each in apart[two.ann].passed_on or ()] == [new.id], "who was to begin it goes on telling it"
    assert new in apart[two.bob].requests


def test_an_unmerge_gives_both_back_as_if_nothing_had_been() -> None:
    two, never = Two(), Two()
    two.merge()
    apart = two.unmerge()
    for lead in (two.ann, two.bob):
        assert apart[lead].lead == lead_of(never.capture.whole(lead), rules().rules.tables)
        assert (apart[lead].aliases, apart[lead].merged_into) == ((), None)
        assert apart[lead].parted_at == NOW + 9 * MINUTE
    again = two.capture.lead({"email": "bob@y.example"})
    assert again.captured.lead_id == two.bob


def test_a_chain_is_taken_apart_from_its_end() -> None:
    two = Two()
    cleo = two.capture.at(NOW + 2 * MINUTE).lead({"email": "cleo@z.example"}).captured.lead_id
    two.capture.command("merge", two.ann, two.bob)
    told = snapshots(two.capture.command("merge", cleo, two.ann))
    assert set(told[cleo].aliases) == {two.ann, two.bob}
    assert {each.origin for each in told[two.ann].requests} == {two.ann, two.bob}
    assert two.capture.lead({"email": "bob@y.example"}).captured.lead_id == cleo
    assert two.capture.command("unmerge", two.bob).told == "dropped not_applied"
    apart = snapshots(two.capture.command("unmerge", two.ann))
    assert apart[cleo].aliases == () and apart[two.ann].aliases == (two.bob,)
    assert two.capture.lead({"email": "bob@y.example"}).captured.lead_id == two.ann
    last = snapshots(two.capture.command("unmerge", two.bob))
    assert last[two.bob].aliases == last[two.ann].aliases == ()


NOBODY = UUID(int=7)


def test_what_cannot_be_done_changes_nothing_and_says_why() -> None:
    two = Two()
    spam = two.capture.lead({"email": "x@z.example", "honeypot": "buy"}).captured.lead_id
    two.merge()
    cases: list[tuple[str, UUID, UUID | None, str]] = [
        ("merge", two.ann, two.bob, "already_merged"),
        ("merge", two.ann, two.ann, "merge_with_itself"),
        ("merge", two.ann, NOBODY, "unknown_lead"),
        ("merge", two.ann, spam, "quarantined"),
        ("unmerge", two.ann, None, "not_merged"),
        ("unmerge", NOBODY, None, "unknown_lead"),
    ]
    before = dict(two.capture.leads.rows)
    for kind, lead, other, why in cases:
        told = two.capture.command(kind, lead, other)
        assert (told.told, told.events) == ("dropped not_applied", [])
        assert list(two.capture.store.submitted.values())[-1].reason == why
    assert two.capture.leads.rows == before


def test_a_merge_into_or_of_a_part_names_the_way_out() -> None:
    two = Two()
    cleo = two.capture.lead({"email": "cleo@z.example"}).captured.lead_id
    two.merge()
    two.capture.command("merge", two.bob, cleo)
    assert list(two.capture.store.submitted.values())[-1].reason == "part_of_another"
    two.capture.command("merge", cleo, two.bob)
    assert list(two.capture.store.submitted.values())[-1].reason == "duplicate_part_of_another"


def test_a_repeated_command_changes_nothing() -> None:
    two = Two()
    first = two.capture.command("merge", two.ann, two.bob, id="once")
    assert first.told == "emitted"
    assert two.capture.command("merge", two.ann, two.bob, id="once").told == "duplicate"


@pytest.mark.parametrize("body", ["{}", '{"kind": "lead.merge"}', "[]", '{"kind": "lead.sell"}'])
def test_a_command_that_cannot_be_read_is_a_dead_letter(body: str) -> None:
    (told,) = Capture().batch(Capture().received(body, way="commands"))
    assert told.told == "rejected not_a_command"


def test_leads_that_a_person_took_apart_are_not_joined_by_themselves_again() -> None:
    capture = Capture()
    mail = capture.lead({"email": "a@x.example"}).captured.lead_id
    crm: dict[str, Any] = {"external_id": {"system": "sf", "id": "90"}}
    by_id = capture.at(NOW + MINUTE).lead(crm, source="crm", trusted=True).captured.lead_id
    both = {**crm, "email": "a@x.example"}
    assert set(snapshots(capture.lead(both, source="crm", trusted=True))) == {mail, by_id}
    capture.command("unmerge", by_id)
    told = capture.lead({**crm, "email": "a@x.example"}, source="crm", trusted=True)
    assert set(snapshots(told)) == {by_id}
