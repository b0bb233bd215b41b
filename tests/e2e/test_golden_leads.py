"""Seven golden leads through the whole pipeline over HTTP, on real servers, with a clock that stands still."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from leadline_schemas.topics import dead_letter_topic
from tests.e2e import golden
from tests.e2e.golden import instant
from tests.e2e.story import Story, balances, gather
from tests.support.pipeline import STEPS, Pipeline, wait

pytestmark = pytest.mark.stack
NAMES = ["G3", "G2", "G10", "G5", "G6", "G1", "G8"]
THE_OTHERS = tuple(step for step in STEPS if step != "capture")


def live_through(pipeline: Pipeline, names: list[str]) -> None:
    """Everything happens at its time. A submission is captured at T, and judged and routed at T + 2 s."""
    key = pipeline.make_key("--scope", "leads:write", "--trusted")
    for moment in golden.moments(names):
        pipeline.freeze(moment.at, ["capture"])
        pipeline.freeze(golden.after(moment.at, 2) if moment.path == "/v1/leads" else moment.at, THE_OTHERS)
        if moment.path:
            wait(lambda at=moment.at: pipeline.edge_clock() == at, "the edge to see the clock", 10)
            golden.post(pipeline.url, key, moment.path, moment.body)
        pipeline.settle()


@pytest.fixture(scope="module")
def stories(pipeline: Pipeline, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Story]]:
    pipeline.environment |= golden.write_tables(tmp_path_factory.mktemp("tables"))
    pipeline.start()
    live_through(pipeline, NAMES)
    yield gather(pipeline, NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_capture(stories: dict[str, Story], name: str) -> None:
    story, expected = stories[name], golden.lead(name)["expect"]
    first = story.captured[0]
    assert first.outcome == expected["capture"]["outcome"]
    for key in ("incomplete", "stitched_events"):
        if key in expected["capture"]:
            found = list(first.incomplete) if key == "incomplete" else first.stitched
            assert found == expected["capture"][key]
    consent = {f"{c.purpose}.{c.channel}": c for c in first.lead.consent}
    for said, state in expected.get("consent", {}).items():
        record = consent.get(said)
        found_state = record.state if record else "unknown"
        assert state in {found_state, f"{found_state}({record.basis if record else None})"}, said


@pytest.mark.parametrize("name", NAMES)
def test_enrich(stories: dict[str, Story], name: str) -> None:
    provider = golden.lead(name)["input"].get("provider", {})
    effective = stories[name].enriched[0].effective
    for facts in provider.values():
        assert (effective.employees, effective.industry) == (facts["employees"], facts["industry"])
    if name == "G3":
        facts_said = stories[name].enriched[0].facts
        assert effective.domain_class == "free"
        assert facts_said["employees"].absent == facts_said["industry"].absent == "no_company_domain"
    if name == "G8":
        account = stories[name].enriched[0].account
        assert account is not None
        assert (account.domain, account.status, account.owner) == ("mueller-maschinen.example", "customer", "hana")


@pytest.mark.parametrize("name", NAMES)
def test_score(stories: dict[str, Story], name: str) -> None:
    card, expected = stories[name].scored[0].scorecard, golden.lead(name)["expect"]["score"]
    assert card.as_of == instant(expected["as_of"])
    for dimension in ("fit", "intent"):
        found, wanted = getattr(card, dimension), expected[dimension]
        assert Decimal(found.value) == Decimal(wanted["value"])
        counted = sorted((c.rule, Decimal(c.counted)) for c in found.contributions)
        assert counted == sorted((c["rule"], Decimal(c["counted"])) for c in wanted["contributions"])
    same = ("display", "grade", "temperature", "signal", "mql_by_score", "sql_suggested")
    assert {key: getattr(card, key) for key in same} == {key: expected[key] for key in same}
    assert Decimal(card.total) == Decimal(expected["total"])
    assert list(card.mql_reasons) == expected["mql_reasons"]
    assert [veto.id for veto in card.vetoes] == expected["vetoes"]
    assert [(g.fact, g.worth_up_to) for g in card.gaps] == [(g["fact"], g["worth_up_to"]) for g in expected["gaps"]]
    recheck = expected["next_recheck"]
    assert (card.next_recheck and card.next_recheck.at) == (recheck and instant(recheck["at"]))


@pytest.mark.parametrize("name", NAMES)
def test_route(stories: dict[str, Story], name: str) -> None:
    wanted = golden.lead(name)["expect"]["route"]
    decisions = {e.assignment: e for e in reversed(stories[name].routed)}  # the first event of each assignment
    for number, (event, expected) in enumerate(zip(sorted(decisions.items()), wanted, strict=True)):
        routed = event[1]
        assert routed.outcome == expected["outcome"], number
        assert routed.basis.decided_at == instant(expected["decided_at"])
        assert routed.rule == expected["rule"]
        assert routed.owner == expected.get("owner")
        assert routed.pool == expected.get("pool")
        if "cadence" in expected:
            assert routed.cadence == expected["cadence"]
        if "balance_before" in expected:
            assert balances(routed.balance_before) == balances(expected["balance_before"])
            assert balances(routed.balance_after) == balances(expected["balance_after"])
        chosen = [(c.id, c.chosen) for c in routed.candidates]
        assert chosen == [(c["id"], c.get("chosen", False)) for c in expected["candidates"]]


@pytest.mark.parametrize("name", NAMES)
def test_sla(stories: dict[str, Story], name: str) -> None:
    story, expected = stories[name], golden.lead(name)["expect"]["sla"]
    for target in expected.get("targets", []):
        check_target(story, target)
    armed = {(e.target, e.owner if e.clock == "owner" else None) for e in story.sla if e.kind == "armed"}
    wanted = {(t["target"], t.get("owner")) for t in expected.get("targets", [])}
    assert armed - {pair for pair in armed if pair[0] in ("owner_response", "uncontacted_high_value")} == {
        pair for pair in wanted if pair[0] not in ("owner_response", "uncontacted_high_value")
    }


def check_target(story: Story, target: dict[str, Any]) -> None:
    """One promise: due and warnings to the second, and how it ended."""
    name, owner = target["target"], target.get("owner")
    (armed,) = story.told(name, "armed", owner)
    assert armed.due_at == instant(target["due_at"])
    assert armed.start == instant(target["start"])
    for level in ("50", "80"):
        if f"warn_{level}" in target:
            assert armed.warnings[level] == instant(target[f"warn_{level}"])
    kinds = [e.kind for e in story.sla if e.target == name and (owner is None or e.owner == owner)]
    result = target["result"]
    assert len([k for k in kinds if k == "breached"]) == (result == "breached")
    if result == "breached":
        (breach,) = story.told(name, "breached")
        assert breach.occurred_at == breach.detected_at == instant(target["breach_at"])
        assert list(breach.told) == target["told"]
        (late,) = story.told(name, "resolved_late")
        assert late.response is not None
        assert late.response.activity == story.acts[target["response"]]
        assert late.late_by_s == target["late_by_s"]
    elif result.startswith("lapsed"):
        (lapsed,) = story.told(name, "lapsed", owner)
        assert lapsed.occurred_at == instant(target["due_at"])
    else:
        (met,) = story.told(name, "met", owner)
        if target.get("response") in story.acts:
            assert met.response is not None
            assert met.response.activity == story.acts[target["response"]]


def test_speed_to_lead_is_split_exactly(stories: dict[str, Story]) -> None:
    for name in ("G2", "G3", "G8"):
        expected = golden.lead(name)["expect"]["speed"]
        told = [e for e in stories[name].sla if e.system_s is not None and e.clock == "customer"]
        first = next(e for e in told if e.response and e.response.activity == stories[name].acts[
            expected["first_human_response"]])  # fmt: skip
        assert first.system_s == expected["system_s"]
        assert first.human_s == expected["human_open_s"]
        assert first.closed_s == expected["closed_s"]


def test_nothing_became_a_dead_letter(stories: dict[str, Story], pipeline: Pipeline) -> None:
    assert [r.headers for step in STEPS for r in pipeline.raw(dead_letter_topic(step))] == []
