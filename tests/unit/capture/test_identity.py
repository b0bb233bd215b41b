"""One person, one lead; two persons, two leads (rules B1.4, B1.5): the ten-step story of the design."""

from typing import Any

import pytest

from leadline_schemas.captured import LeadCaptured
from leadline_schemas.lead import MergedInto
from tests.support.golden import golden
from tests.unit.capture.story import MINUTE, NOW, Capture, Told

STEPS = golden()["vectors"]["identity"]["steps"]


def payload_of(step: dict[str, Any]) -> dict[str, Any]:
    payload = {"email": step.get("e_as_sent", step.get("e")), "phone": step.get("p"), "name": step.get("name")}
    if "x" in step:
        system, _, identifier = step["x"].partition(":")
        payload["external_id"] = {"system": system, "id": identifier}
    return {field: value for field, value in payload.items() if value is not None}


SOURCES = {"form": "website_form", "call": "inbound_call", "crm": "crm"}


class Story:
    """The story's submissions in their order, each a minute after the one before."""

    def __init__(self) -> None:
        self.capture = Capture()
        self.told: dict[str, Told] = {}

    def until(self, name: str) -> "Story":
        for number, step in enumerate(STEPS):
            self.capture.at(NOW + number * MINUTE)
            source = SOURCES[step["source"]]
            if "pre" in step:
                self._before(step["s"])
            told = self.capture.lead(payload_of(step), source=source, trusted=source == "crm")
            self.told[step["s"]] = told
            if step["s"] == name:
                break
        return self

    def _before(self, name: str) -> None:
        """What the vector says stood there before."""
        made: dict[str, tuple[dict[str, Any], str]] = {
            "I7": ({"email": "z@y.example", "phone": "+12125550199"}, "website_form"),
            "I8": ({"external_id": {"system": "sf", "id": "90"}, "name": "Ann"}, "crm"),
            "I10": ({"email": "info@x.example", "name": "Di Kay"}, "website_form"),
        }
        payload, source = made[name]
        self.told[f"before {name}"] = self.capture.lead(payload, source=source, trusted=source == "crm")

    def lead(self, name: str) -> str:
        return self.capture.number(self.told[name].captured.lead_id)

    def suspects(self, name: str) -> set[str]:
        return {self.capture.number(each.lead_id) for each in self.told[name].captured.possible_duplicates}


@pytest.fixture(scope="module")
def story() -> Story:
    return Story().until("I10")


def test_the_first_submission_makes_a_lead_and_takes_its_keys() -> None:
    story = Story().until("I1")
    assert story.told["I1"].captured.outcome == "created"
    assert story.capture.holder("e:a@x.example") == story.capture.holder("p:+12125550101") == story.lead("I1") == "L1"


def test_case_and_plus_tag_are_the_same_person(story: Story) -> None:
    told = story.told["I2"].captured
    assert (story.lead("I2"), told.outcome, told.match, told.fields_changed) == ("L1", "merged_into", "email", ())


def test_a_phone_never_overrides_another_email(story: Story) -> None:
    assert story.told["I3"].captured.outcome == "created"
    assert (story.lead("I3"), story.suspects("I3")) == ("L2", {"L1"})
    assert story.told["I3"].captured.possible_duplicates[0].reason == "phone"
    assert story.capture.holder("p:+12125550101") == "L1"


def test_a_weak_key_needs_names_that_agree(story: Story) -> None:
    assert (story.lead("I4"), story.suspects("I4")) == ("L3", {"L1", "L2"})


def test_an_external_id_of_a_trusted_source_joins_by_email_and_is_reserved(story: Story) -> None:
    assert (story.lead("I5"), story.told["I5"].captured.match) == ("L2", "email")
    assert story.capture.holder("x:sf:77") == "L2"


def test_an_external_id_is_stronger_than_a_new_email(story: Story) -> None:
    lead = story.told["I6"].lead
    assert (story.lead("I6"), story.told["I6"].captured.match) == ("L2", "external_id")
    assert (lead.email, lead.emails) == ("bob@new.example", ("bob@new.example", "b@x.example"))
    assert [a.value for a in story.told["I6"].captured.alternates if a.field == "email"] == ["b@x.example"]
    assert story.capture.holder("e:bob@new.example") == story.capture.holder("e:b@x.example") == "L2"


def test_a_key_that_another_holds_stays_there(story: Story) -> None:
    assert story.lead("I7") == "L1"
    assert story.suspects("I7") == {story.lead("before I7")}
    assert story.capture.holder("p:+12125550199") == story.lead("before I7")


def test_a_trusted_source_with_both_keys_joins_two_leads(story: Story) -> None:
    tombstone, joined = [each for each in story.told["I8"].events if isinstance(each, LeadCaptured)]
    assert (story.capture.number(joined.lead_id), joined.match) == ("L1", "external_id"), "the older lead stays"
    assert [story.capture.number(each) for each in joined.aliases] == [story.lead("before I8")] != ["L1"]
    assert tombstone.outcome == "tombstone" and tombstone.lead_id == joined.aliases[0]
    assert tombstone.merged_into == MergedInto(lead_id=joined.lead_id, revision=joined.revision)
    assert {each.id for each in joined.lead.external_ids} == {"90"}
    assert not {each.lead_id for each in joined.possible_duplicates} & {*joined.aliases}


def test_a_public_form_carries_no_external_id(story: Story) -> None:
    told = story.told["I9"].captured
    assert (story.lead("I9"), told.match, told.lead.external_ids) == ("L2", "email", story.told["I6"].lead.external_ids)
    assert story.suspects("I9") == {"L1"}  # of I3, and no other


def test_a_role_address_needs_names_that_agree(story: Story) -> None:
    assert story.told["I10"].captured.outcome == "created"
    assert story.lead("I10") != story.lead("before I10")
    assert not story.suspects("I10")


def test_who_shares_a_weak_key_is_found_again_by_key_and_name(story: Story) -> None:
    again = story.capture.lead({"email": "info@x.example", "name": "FOX, Cy"})
    assert story.capture.number(again.captured.lead_id) == story.lead("I10")
    call = story.capture.lead({"phone": "+1 212 555 0101", "name": "Bob Ray"}, source="inbound_call")
    assert story.capture.number(call.captured.lead_id) == story.lead("I4")


def test_a_key_seen_with_more_than_three_names_becomes_weak() -> None:
    shared = Capture()
    for name in ("Ann Lee", "Bob Ray", "Cy Fox", "Di Kay"):
        shared.lead({"email": "desk@x.example", "name": name})
    assert len(shared.order) == 1, "up to three names it is one person who writes his name in several ways"
    assert shared.number(shared.lead({"email": "desk@x.example", "name": "Ed Poe"}).captured.lead_id) == "L2"
    assert shared.number(shared.lead({"email": "desk@x.example", "name": "Ann"}).captured.lead_id) == "L1"


def test_a_key_seen_with_more_than_twenty_names_tells_nothing() -> None:
    capture = Capture()
    for number in range(21):
        capture.lead({"phone": "+12125550100", "name": f"Person {'abcdefghijklmnopqrstu'[number] * 3}"})
    known = len(capture.order)
    capture.lead({"phone": "+12125550100", "name": "Person aaa"})
    assert len(capture.order) == known + 1


def test_two_submissions_of_a_new_person_in_one_batch_are_one_lead() -> None:
    capture = Capture()
    first, second = capture.batch(
        capture.received({"email": "ann@x.example", "name": "Ann"}),
        capture.received({"email": "Ann@X.example", "phone": "+12125550101"}),
    )
    assert (first.captured.outcome, second.captured.outcome) == ("created", "merged_into")
    assert first.captured.lead_id == second.captured.lead_id
    assert (second.captured.revision, [e.revision for e in first.events + second.events]) == (2, [1, 1, 2, 2])


def test_a_rejected_submission_reserves_nothing() -> None:
    capture = Capture()
    broken, good = capture.batch(
        capture.received("{not json", id="broken"), capture.received({"email": "ann@x.example"}, id="good")
    )
    assert broken.outcome.kind == "rejected" and good.captured.outcome == "created"


def test_a_number_that_is_not_in_use_joins_nobody() -> None:
    capture = Capture()
    one = capture.lead({"phone": "+1 000 000 0000", "email": "a@x.example"})
    two = capture.lead({"phone": "+1 000 000 0000", "email": "b@x.example"})
    assert one.captured.lead_id != two.captured.lead_id and not two.captured.possible_duplicates


@pytest.mark.parametrize("placeholder", ["undefined", "NULL", "0", "  "])
def test_a_placeholder_is_no_id(placeholder: str) -> None:
    capture = Capture()
    for email in ("ann@x.example", "bob@x.example"):
        payload = {"email": email, "external_id": {"system": "sf", "id": placeholder}, "anonymous_id": placeholder}
        capture.lead(payload, source="crm", trusted=True)
    assert len(capture.order) == 2
    assert capture.act({"kind": "page.viewed", "anonymous_id": placeholder}).told == "dropped unknown_lead"
