"""The golden leads' clocks: armed, warned, met, breached, lapsed, to the second."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import TypeAdapter

from leadline_schemas.activity import Activity
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.lead import Lead, Request
from leadline_schemas.routed import LeadRouted
from leadline_schemas.sla import LeadSla
from tests.support.golden import golden, golden_lead, instant
from tests.support.sla_story import DAY, SECOND, Story, act, captured, channels, named, request, routed

DURATION = TypeAdapter(timedelta)
ALIASES = {"product_activated": "product.activated", "teammate_invited": "product.teammate_invited"}
ADDED = {"owner_response", "uncontacted_high_value"}  # by defaults C6, where the file does not list them
TERRITORY = {"G5": "us_west", "G6": "us_west", "G8": "emea", "G9": "us_east", "G10": "emea"}
Happening = tuple[datetime, LeadCaptured | LeadRouted | Activity]


def asked(lead: str) -> Request:
    """The golden lead's submission as a request."""
    said = golden_lead(lead)["input"]["submission"]
    start = instant(said["occurred_at"])
    return request(lead, said["type"], start, received_at=instant(said.get("received_at", said["occurred_at"])))


def person(lead: str) -> Lead:
    said = golden_lead(lead)["input"]["submission"]
    return Lead(email=said["email"], phone=said.get("phone"), referrer=said.get("referrer"), source=said["source"])


def happened(lead: str) -> list[Happening]:
    """The lead's story in the order of time: captured, routed (again), what people and machines did."""
    found = golden_lead(lead)
    expect, requests = found["expect"], asked(lead)
    at = requests.received_at
    story: list[Happening] = [(at, captured(at, requests, lead=person(lead)))]
    told = {k: str(v).startswith("granted") for k, v in expect.get("consent", {}).items() if "." in k}
    allowed = channels(**{k.replace(".", "_"): yes for k, yes in told.items() if k != "respond.email"})
    score = expect["score"]
    assignment = 0
    for revision, route in enumerate(expect["route"], start=1):
        if route["outcome"] == "unchanged":
            continue
        assignment += route["outcome"] == "person"
        territory = route.get("pool") or TERRITORY[lead]
        decided = instant(route["decided_at"])
        story.append((decided, routed(
            decided, requests, revision=revision, lead=person(lead), grade=score["grade"],
            temperature=score["temperature"], outcome=route["outcome"], owner=route.get("owner"),
            manager=golden()["company"]["managers"][territory], territory=territory, assignment=assignment,
            assigned_at=decided if route.get("owner") else None, allowed_channels=allowed,
        )))  # fmt: skip
    for each in found["input"].get("activities_after", ()):
        done_at = instant(each["occurred_at"])
        seen = instant(each.get("received_at", each["occurred_at"]))
        more = {k: each[k] for k in ("to", "purpose", "channel") if k in each}
        kind = ALIASES.get(each["kind"], each["kind"])
        story.append((seen, act(each["id"], kind, done_at, each.get("by"), received_at=seen, **more)))
    return sorted(story, key=lambda each: each[0])


def lived(lead: str) -> Story:
    """The monitor after the whole story, and a month."""
    story = Story(asked(lead).received_at)
    for at, event in happened(lead):
        story.reads(event, at + SECOND / 2)
    story.until(story.now + 30 * DAY)
    return story


def of_owner(events: list[LeadSla], owner: str | None) -> list[LeadSla]:
    return [e for e in events if owner is None or e.owner == owner]


@pytest.mark.parametrize("lead", ["G1", "G2", "G3", "G4", "G5", "G6", "G8", "G9", "G10"])
def test_the_clocks_of_a_golden_lead(lead: str) -> None:
    story, expect = lived(lead), golden_lead(lead)["expect"]["sla"]
    for target in expect["targets"]:
        told = of_owner(story.of(target["target"]), target.get("owner"))
        check_fixed(told[0], target)
        check_result(told, target)
    listed = {target["target"] for target in expect["targets"]}
    assert {e.target for e in story.told} - listed <= ADDED
    assert {e.policy for e in story.told if e.clock == "customer" and e.target not in ADDED} == (
        {expect["policy"]} if expect["policy"] else set()
    )


def check_fixed(armed: LeadSla, target: dict[str, Any]) -> None:
    assert armed.kind == "armed"
    assert armed.clock == ("decision" if target["clock"] == "system" else target["clock"])
    assert armed.start == instant(target["start"])
    assert armed.due_at == instant(target["due_at"])
    assert armed.duration_s == DURATION.validate_python(target["duration"]).total_seconds()
    assert armed.mode == target.get("mode", "working")
    assert target.get("calendar") in {armed.calendar, None}
    for level in ("50", "80"):
        if f"warn_{level}" in target:
            assert armed.warnings[level] == instant(target[f"warn_{level}"])


def check_result(told: list[LeadSla], target: dict[str, Any]) -> None:
    kinds = [e.kind for e in told]
    answer = response_of(target)
    if target["result"] == "met":
        assert kinds[-1] == "met" and "breached" not in kinds
        if "elapsed_s" in target:
            assert told[-1].elapsed_s == target["elapsed_s"]
    elif target["result"] == "breached":
        breach, late = told[-2:]
        assert (breach.kind, late.kind) == ("breached", target["then"])
        assert breach.occurred_at == breach.detected_at == instant(target["breach_at"])
        assert (breach.level, breach.cause) == (target["breach_level"], "owner")
        assert list(breach.told) == target["told"]
        assert late.late_by_s == target["late_by_s"]
    else:
        assert target["result"] == "lapsed -> reassigned" and kinds == ["armed", "lapsed"]
        assert told[-1].occurred_at == told[-1].detected_at == instant(target["due_at"])
        return
    if answer is not None:
        response = told[-1].response
        assert response is not None and response.activity == answer


def response_of(target: dict[str, Any]) -> UUID | None:
    said = target.get("response")
    return named("a1" if said.startswith("nurture.enrolled") else said) if said else None


@pytest.mark.parametrize(("lead", "target"), [("G2", "first_email"), ("G3", "first_email"), ("G8", "first_touch")])
def test_speed_to_lead_splits_exactly_and_is_told_once(lead: str, target: str) -> None:
    speed = golden_lead(lead)["expect"]["speed"]
    carriers = [e for e in lived(lead).told if e.system_s is not None]
    assert [e.target for e in carriers] == [target]
    told = carriers[0]
    assert told.response is not None and told.response.activity == named(speed["first_human_response"])
    assert (told.elapsed_s, told.system_s, told.human_s, told.closed_s) == (
        speed["wall_s"], speed["system_s"], speed["human_open_s"], speed["closed_s"],
    )  # fmt: skip


def test_warnings_go_to_the_owner_at_half_and_four_fifths_of_the_open_time() -> None:
    story = lived("G3")
    warned = story.of("first_call", "warned")
    assert [(e.level, e.occurred_at) for e in warned] == [
        (50, instant("2026-03-06T23:00:00Z")), (80, instant("2026-03-09T13:18:00Z")),
    ]  # fmt: skip
    assert [e.told for e in warned] == [("ben",), ("ben",)]
    assert [e.told for e in story.of("first_email", "warned")] == [("ana",), ("ana",)]


def test_g3_the_second_owner_answers_before_his_clock_which_the_weekend_stretches() -> None:
    ana, ben = lived("G3").of("owner_response", "armed")
    assert (ana.assignment, ana.due_at) == (1, instant("2026-03-06T22:45:02Z"))
    assert (ben.assignment, ben.due_at) == (2, instant("2026-03-09T13:00:02Z"))


def test_g7_the_same_person_asking_again_changes_no_due_time() -> None:
    first, again = asked("G2"), asked("G7")
    story = Story(first.start)
    story.reads(captured(first.start, first, lead=person("G2")))
    of_gus: dict[str, Any] = {"grade": "A1", "owner": "gus", "manager": "noor", "territory": "emea"}
    story.reads(routed(first.start + 2 * SECOND, first, lead=person("G2"), **of_gus), first.start + 2 * SECOND)
    story.reads(captured(again.start, first, again, revision=2, lead=person("G2")), again.start)
    at = again.start + 2 * SECOND
    same = {**of_gus, "assigned_at": first.start + 2 * SECOND}
    story.reads(routed(at, first, again, revision=2, lead=person("G2"), **same), at)
    story.until(first.start + DAY)
    expect = golden_lead("G7")["expect"]["sla"]
    breaches = {e.target: e for e in story.told if e.kind == "breached" and e.target in expect["targets_unchanged"]}
    assert {name: e.due_at for name, e in breaches.items()} == {
        name: instant(due) for name, due in expect["targets_unchanged"].items()
    }
    for breach in breaches.values():
        assert (breach.cycle_number, breach.repeat_requests) == (expect["cycle"], expect["repeat_requests"])
        assert breach.cycle == first.id
