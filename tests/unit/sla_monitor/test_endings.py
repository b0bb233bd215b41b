"""What ends a promise without an answer: no contact wanted, kept apart, merged, erased; and what starts none."""

from typing import Any

import pytest

from leadline_sla_monitor.core.known import Known
from tests.support.golden import instant
from tests.support.sla_story import (
    DAY,
    MINUTE,
    SECOND,
    Story,
    act,
    captured,
    merged,
    named,
    quarantine,
    request,
    routed,
)  # fmt: skip

START = instant("2026-03-10T14:00:00Z")  # a Tuesday, 10:00 in New York
DEMO = request("r", "demo_request", START)
ROUTED = START + 2 * SECOND


def begun(**route: Any) -> Story:
    """Asked at START, routed to ana two seconds later."""
    story = Story(START)
    story.reads(captured(START, DEMO))
    story.reads(routed(ROUTED, DEMO, **route), ROUTED)
    return story


@pytest.mark.parametrize(("outcome", "reason"), [("disqualified", "disqualified"), ("parked", "parked")])
def test_a_lead_that_is_no_longer_to_be_contacted_ends_its_promises(outcome: str, reason: str) -> None:
    story = begun()
    at = START + MINUTE
    story.reads(routed(at, DEMO, revision=2, outcome=outcome), at)
    story.until(START + DAY)
    ended = [(e.target, e.kind, e.reason) for e in story.told[-3:]]
    assert ended == [(t, "cancelled", reason) for t in ("first_email", "first_call", "owner_response")]
    assert story.state.judge_at is None
    assert story.stage_clocks[-1].kind == ("cancelled" if outcome == "parked" else "met"), "left, or not to be left"


def test_a_monitor_that_lags_ends_them_as_one_that_does_not() -> None:
    story = Story(START + 2 * MINUTE)
    story.reads(captured(START, DEMO))
    story.reads(routed(ROUTED, DEMO))
    story.reads(routed(ROUTED + SECOND, DEMO, revision=2, outcome="disqualified"))
    story.until(START + DAY)
    assert story.life("first_call") == ["armed", "cancelled"]
    assert story.life("owner_response") == ["armed", "cancelled"]


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ({"kind": "consent.withdrawn", "purpose": "respond", "channel": "any"}, "consent_withdrawn"),
        ({"kind": "stage.changed", "stage": "disqualified", "reason": "wrong_fit", "by": "ana"}, "disqualified"),
    ],
)
def test_a_withdrawal_and_a_disqualification_by_a_person_end_them_too(said: dict[str, str], reason: str) -> None:
    story = begun()
    story.reads(act("w", said.pop("kind"), START + MINUTE, **said), START + MINUTE)
    story.until(START + DAY)
    assert {e.reason for e in story.told if e.kind == "cancelled"} == {reason}
    assert not [e for e in story.told if e.kind in {"breached", "lapsed"}]


@pytest.mark.parametrize(("by", "reason"), [("ana", None), ("ana", "because"), (None, "wrong_fit")])
def test_a_disqualification_that_is_not_applied_ends_nothing(by: str | None, reason: str | None) -> None:
    story = begun()
    story.reads(act("w", "stage.changed", START + MINUTE, by, stage="disqualified", reason=reason), START + MINUTE)
    story.until(START + DAY)
    assert [e.kind for e in story.of("first_email")] == ["armed", "warned", "warned", "breached"]
    assert not [e for e in story.told if e.kind == "cancelled"]


def test_withdrawing_the_phone_ends_only_the_call_and_marketing_ends_nothing() -> None:
    story = begun()
    story.reads(act("w", "consent.withdrawn", START + MINUTE, purpose="respond", channel="phone"), START + MINUTE)
    story.reads(act("m", "consent.withdrawn", START + MINUTE, purpose="marketing", channel="email"))
    assert [e.target for e in story.told if e.kind == "cancelled"] == ["first_call"]


def test_a_quarantined_lead_starts_no_clock_until_its_release() -> None:
    story = Story(START)
    kept_apart: dict[str, Any] = {"quarantine": quarantine(START), "outcome": "quarantined"}
    assert story.reads(captured(START, DEMO, **kept_apart)).reason == "quarantined"
    story.until(START + DAY)
    assert not story.told
    released = START + DAY
    story.reads(captured(released, DEMO, revision=2, outcome="released"))
    story.reads(routed(released + SECOND, DEMO), released + SECOND)
    assert [(e.target, e.start) for e in story.told if e.kind == "armed" and e.clock != "owner"] == [
        ("decision", released), ("first_email", released), ("first_call", released),
    ]  # fmt: skip
    story.reads(act("call", "call.connected", released + 2 * MINUTE, "ana"))
    spoken = next(e for e in story.told if e.system_s is not None)
    assert (spoken.quarantine_s, spoken.elapsed_s) == (DAY.total_seconds(), 120), "counted from capture, told apart"


def test_a_lead_that_is_quarantined_later_ends_what_was_promised() -> None:
    story = begun()
    at = START + MINUTE
    story.reads(captured(at, DEMO, revision=2, quarantine=quarantine(at), outcome="quarantined"), at)
    assert {e.reason for e in story.told if e.kind == "cancelled"} == {"quarantined"}
    assert story.state.judge_at is None


def test_a_lead_that_became_part_of_another_ends_its_promises_here() -> None:
    story = Story(START)
    story.reads(captured(START, DEMO))
    at = START + 10 * SECOND
    story.reads(captured(at, DEMO, revision=2, outcome="tombstone", merged_into=merged()), at)
    assert story.life("decision") == ["armed", "met"], "merging is an outcome, decided in time"
    assert story.state.merged_into == merged()
    story = begun()
    story.reads(captured(at, DEMO, revision=2, outcome="tombstone", merged_into=merged()), at)
    assert {(e.target, e.reason) for e in story.told if e.kind == "cancelled"} == {
        ("owner_response", "merged"),
    }  # fmt: skip
    assert story.reads(routed(at, DEMO, revision=2)).kind == "dropped"


@pytest.mark.parametrize(
    "over",
    [
        {"outcome": "tombstone"},
        {"outcome": "tombstone", "merged_into": merged()},
        {"outcome": "quarantined", "quarantine": quarantine(START)},
    ],
)
def test_what_was_kept_before_a_lead_was_over_stays_kept(over: dict[str, Any]) -> None:
    story = begun()
    story.reads(act("a", "call.connected", START + MINUTE, "ana"), START + MINUTE)
    assert story.life("first_email") == story.life("first_call") == story.life("owner_response") == ["armed", "met"]
    told, at = len(story.told), START + 2 * MINUTE
    story.reads(captured(at, DEMO, revision=2, **over), at)
    story.until(START + DAY)
    assert len(story.told) == told
    assert [(e.target, e.kind) for e in story.stage_clocks] == [
        ("MQL", "armed"), ("SAL", "armed"), ("MQL", "met"), ("SAL", "cancelled"),
    ]  # fmt: skip


def test_an_erased_lead_is_forgotten_with_all_that_was_known_of_it() -> None:
    story = begun()
    story.reads(act("a", "email.bounced", START + SECOND, message_id="sam@shop.example"))
    at = START + MINUTE
    story.reads(captured(at, revision=2, outcome="tombstone"), at)
    assert {e.reason for e in story.told if e.kind == "cancelled"} == {"erased"}
    assert story.state.body == Known(over="erased")
    assert story.reads(act("b", "call.connected", at, "ana")).reason == "erased"
    assert story.state.timer_at is None and story.state.judge_at is None


def test_an_erasure_in_time_that_is_read_late_takes_the_systems_own_breach_back() -> None:
    story = Story(START, horizon_at=START)
    story.reads(captured(START, DEMO))
    story.until(START + 5 * MINUTE)
    assert story.life("decision") == ["armed", "breached"]
    story.reads(captured(START + 30 * SECOND, revision=2, outcome="tombstone"))
    assert story.life("decision") == ["armed", "breached", "breach_retracted"]


def test_requests_first_resolved_to_another_lead_are_that_leads_to_watch() -> None:
    foreign = request("f", "demo_request", START, origin=named("another lead"))
    story = Story(START)
    story.reads(captured(START, foreign))
    story.reads(routed(ROUTED, foreign))
    assert not story.told
