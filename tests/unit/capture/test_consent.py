"""Consent is a fold over statements in event time, per purpose, channel and address (rules B1.9)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_capture.core.consent import (
    Statement,
    acted_after_withdrawal,
    consent_records,
    in_order,
    kept,
    state_of,
)
from leadline_schemas.consent import ConsentRecord
from leadline_schemas.vocabulary import ConsentState
from tests.support.golden import golden
from tests.unit.capture.story import MINUTE, NOW, Capture

STEPS = golden()["vectors"]["consent"]["steps"]
A, B = "a@x.example", "b@x.example"


def at(clock: str) -> datetime:
    hour, minute = map(int, clock.split(":"))
    return NOW.replace(hour=hour, minute=minute)


def said(state: ConsentState, clock: str, address: str | None = A, read: str | None = None) -> Statement:
    return Statement("marketing", "email", address, state, None, at(clock), at(read or clock), "website_form")


def marketing(statements: Sequence[Statement], address: str = A, addresses: Sequence[str] = (A,)) -> ConsentState:
    return state_of(consent_records(statements, addresses, ()), "marketing", "email", address)


# The vector's steps, in its order of reading: what each says, and the state after it.
SAID = [
    (said("granted", "10:00"), "granted"),
    (None, "granted"),
    (said("declined", "12:00"), "granted"),
    (said("withdrawn", "13:00", read="15:00"), "withdrawn"),
    (said("granted", "16:00"), "granted"),
    (said("granted", "12:30", read="17:00"), "granted"),
]


@pytest.mark.parametrize("count", range(1, len(SAID) + 1))
def test_the_story_of_the_vector(count: int) -> None:
    step = STEPS[count - 1]
    statements = [statement for statement, _ in SAID[:count] if statement]
    assert step["state"].startswith(SAID[count - 1][1])
    assert marketing(statements) == SAID[count - 1][1], step["event"]


def test_the_withdrawal_stands_as_of_when_it_was_said() -> None:
    records = consent_records([each for each, _ in SAID[:4] if each], [A], ())
    assert [(r.state, r.since) for r in records] == [("withdrawn", at("13:00"))]


def test_without_the_grant_of_16_00_the_late_one_changes_nothing() -> None:
    assert "without the 16:00 grant it would stay withdrawn" in STEPS[5]["state"]
    assert marketing([SAID[0][0], SAID[3][0], SAID[5][0]]) == "withdrawn"  # type: ignore[list-item]


def test_mail_between_a_withdrawal_and_its_reading_is_listed() -> None:
    assert "acted_after_withdrawal" in STEPS[3]["state"]
    mail = [(UUID(int=1), at("12:00")), (UUID(int=2), at("14:00")), (UUID(int=3), at("15:30"))]
    assert acted_after_withdrawal([SAID[3][0]], mail) == (UUID(int=2),)  # type: ignore[list-item]


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([said("granted", "10:00", A), said("withdrawn", "11:00", B)], ("withdrawn", "withdrawn")),
        ([said("granted", "12:00", A), said("withdrawn", "11:00", B)], ("granted", "withdrawn")),
        ([said("granted", "10:00", A)], ("granted", "unknown")),
    ],
    ids=[step["merge"] for step in STEPS[6:]],
)
def test_united_histories(statements: list[Statement], expected: tuple[ConsentState, ConsentState]) -> None:
    assert (marketing(statements, A, [A, B]), marketing(statements, B, [A, B])) == expected


def test_withdrawing_marketing_does_not_stop_the_answer() -> None:
    capture = Capture()
    capture.lead({"type": "demo_request", "email": A, "phone": "+12125550101", "marketing_checkbox": True})
    told = capture.act({"kind": "consent.withdrawn", "email": A})
    states = {(r.purpose, r.channel): r.state for r in told.lead.consent}
    assert states[("marketing", "email")] == "withdrawn"
    assert states[("respond", "email")] == states[("respond", "phone")] == "granted"
    assert (told.captured.outcome, told.captured.fields_changed) == ("updated", ("consent",))


def test_an_unsubscribe_of_somebody_unknown_waits_for_him() -> None:
    capture = Capture()
    assert capture.act({"kind": "consent.withdrawn", "email": A, "channel": "email"}).told == "dropped kept"
    told = capture.at(NOW + MINUTE).lead({"email": A})
    assert marketing_of(told.lead.consent) == "withdrawn"


def test_a_late_withdrawal_lists_the_mail_that_went_out() -> None:
    capture = Capture()
    capture.lead({"email": A, "marketing_checkbox": True})
    mail = {"kind": "nurture.sent", "id": "m1", "email": A, "occurred_at": "2026-03-10T10:31:00Z"}
    sent = capture.at(NOW + 31 * MINUTE).act(mail)
    withdrawn = {"kind": "consent.withdrawn", "email": A, "occurred_at": "2026-03-10T10:15:00Z"}
    told = capture.at(NOW + 40 * MINUTE).act(withdrawn)
    assert told.captured.acted_after_withdrawal == (sent.acts[0].id,)
    assert [r.since for r in told.lead.consent if r.purpose == "marketing" and r.channel == "email"] == [
        NOW + 15 * MINUTE
    ]


LATE = ("withdrawn", "marketing", "email", "13:00", "15:00")


@pytest.mark.parametrize(
    ("said", "sent", "listed"),
    [
        ([LATE], ("14:00", "marketing.email"), True),
        ([("withdrawn", "marketing", "any", "13:00", "15:00")], ("14:00", "marketing.any"), True),
        ([("withdrawn", "marketing", "sms", "13:00", "15:00")], ("14:00", "marketing.email"), False),
        ([LATE], ("14:00", "respond.email"), False),
        ([("withdrawn", "respond", "phone", "13:00", "15:00")], ("14:00", "respond.phone"), True),
        ([("withdrawn", "respond", "any", "13:00", "13:00")], ("14:00", "respond.phone"), False),
        (
            [
                ("withdrawn", "marketing", "email", "13:00", "15:00"),
                ("granted", "marketing", "email", "13:30", "13:30"),
            ],
            ("14:00", "marketing.email"),
            False,
        ),
        (
            [
                ("withdrawn", "marketing", "email", "13:00", "15:00"),
                ("granted", "marketing", "email", "14:30", "14:30"),
            ],
            ("14:00", "marketing.email"),
            True,
        ),
    ],
)
def test_what_is_listed_was_forbidden_when_it_went_out(
    said: list[tuple[Any, Any, Any, str, str]], sent: tuple[str, str], listed: bool
) -> None:
    statements = [
        Statement(purpose, channel, None, state, None, at(when), at(read), "website_form")
        for state, purpose, channel, when, read in said
    ]
    act = UUID(int=7)
    assert acted_after_withdrawal(statements, [(act, at(sent[0]), sent[1])]) == ((act,) if listed else ())


def test_a_call_after_a_withdrawal_that_was_read_too_late_is_listed_too() -> None:
    capture = Capture()
    capture.lead({"email": A, "phone": "+12125550101", "type": "demo_request"})
    call = {"kind": "call.attempted", "email": A, "actor": {"kind": "person", "id": "ana"}}
    called = capture.at(NOW + 31 * MINUTE).act({**call, "occurred_at": "2026-03-10T10:31:00Z"})
    said = {"purpose": "respond", "channel": "phone", "occurred_at": "2026-03-10T10:15:00Z"}
    told = capture.at(NOW + 40 * MINUTE).act({"kind": "consent.withdrawn", "email": A, **said})
    assert told.captured.acted_after_withdrawal == (called.acts[0].id,)


def marketing_of(records: Sequence[ConsentRecord]) -> ConsentState:
    return state_of(records, "marketing", "email", A)


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        ({"marketing_checkbox": True}, "granted"),
        ({"marketing_checkbox": False}, "declined"),
        ({}, "unknown"),
        ({"consent": [{"purpose": "marketing", "channel": "any", "state": "granted"}]}, "granted"),
        ({"consent": [{"purpose": "marketing", "channel": "email", "state": "pending"}]}, "pending"),
        ({"consent": [{"purpose": "marketing", "channel": "email", "state": "granted", "address": B}]}, "unknown"),
    ],
)
def test_what_a_form_says(payload: dict[str, Any], expected: ConsentState) -> None:
    assert marketing_of(Capture().lead({"email": A, **payload}).lead.consent) == expected


STATES: tuple[ConsentState, ...] = ("granted", "withdrawn", "declined", "pending", "unknown")
statements = st.lists(
    st.builds(
        Statement,
        purpose=st.sampled_from(["respond", "marketing"]),
        channel=st.sampled_from(["email", "any"]),
        address=st.sampled_from([A, B, None]),
        state=st.sampled_from(STATES),
        basis=st.none(),
        at=st.integers(0, 6).map(lambda n: NOW + timedelta(minutes=n)),
        read_at=st.just(NOW),
        source=st.just("website_form"),
    ),
    max_size=8,
)


@settings(max_examples=40)
@given(statements, st.randoms(use_true_random=False))
def test_the_order_in_which_statements_are_read_does_not_matter(said: list[Statement], random: Any) -> None:
    shuffled = list(said)
    random.shuffle(shuffled)
    assert consent_records(shuffled, [A, B], ["+1"]) == consent_records(said, [A, B], ["+1"])


@settings(max_examples=40)
@given(statements)
def test_a_last_withdrawal_covers_every_address(said: list[Statement]) -> None:
    last = Statement("marketing", "any", None, "withdrawn", None, NOW + timedelta(days=1), NOW, "website_form")
    records = consent_records([*said, last], [A, B], ["+1"])
    assert {r.state for r in records if r.purpose == "marketing"} == {"withdrawn"}
    assert {r.address for r in records if r.purpose == "marketing" and r.channel == "email"} == {A, B}


@settings(max_examples=40)
@given(statements)
def test_saying_it_twice_says_no_more(said: list[Statement]) -> None:
    assert kept([*said, *said]) == kept(said)
    assert consent_records(kept([*said, *said]), [A], ()) == consent_records(said, [A], ())


def test_many_statements_are_kept_short_without_changing_what_stands() -> None:
    many = [said("withdrawn", "09:00")] + [
        Statement("respond", "email", A, "granted", "pre_contract", NOW + n * MINUTE, NOW, "website_form")
        for n in range(300)
    ]
    short = kept(many)
    assert len(short) == 3 and list(short) == in_order(short)
    assert consent_records(short, [A], ()) == consent_records(many, [A], ())
