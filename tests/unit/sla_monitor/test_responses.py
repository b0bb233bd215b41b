"""What counts as an answer (rules B5.4): each row of the design's table, as an act in a whole story."""

from datetime import datetime
from typing import Any

import pytest

from leadline_schemas.activity import Activity
from tests.support.golden import instant, vectors
from tests.support.sla_story import DAY, HOUR, MINUTE, SECOND, Story, act, captured, channels, request, routed

START = instant("2026-03-10T14:00:00Z")  # a Tuesday, 10:00 in New York
THEN = START + 3 * MINUTE
DEMO, TRIAL, DOWNLOAD = "demo_request", "trial_signup", "content_download"
# How each row of the table is said in activities.
SAID: dict[str, list[Activity]] = {
    "email.sent by automation": [act("a", "email.sent", THEN, "automation")],
    "email.sent by owner, own words or edited draft": [act("a", "email.sent", THEN, "ana")],
    "email.sent by a colleague of the owner": [act("a", "email.sent", THEN, "ben")],
    "sequence step sent by the tool from the owner's mailbox": [act("a", "email.sent", THEN, "ana", automated=True)],
    "same template to >= 20 recipients within 60 s": [act("a", "email.sent", THEN, "ana", automated=True)],
    "email.sent, hard bounce later": [act("a", "email.sent", THEN, "ana"), act("b", "email.bounced", THEN + SECOND)],
    "call.attempted, no answer": [act("a", "call.attempted", THEN, "ana")],
    "call.connected": [act("a", "call.connected", THEN, "ana")],
    "inbound call answered": [act("a", "call.inbound_answered", THEN)],
    "inbound call missed": [act("a", "call.missed", THEN)],
    "sms.sent / chat.message by a person": [act("a", "chat.message", THEN, "ana")],
    "bot chat": [act("a", "chat.message", THEN, "automation")],
    "meeting.booked by the lead": [act("a", "meeting.booked", THEN)],
    "note, status change, owner change, task done": [
        act("a", "note.added", THEN, "ana"), act("b", "stage.changed", THEN, "ana", stage="SAL"),
        act("c", "assignment.reassigned", THEN, "ana"),
    ],
    "nurture.enrolled": [act("a", "nurture.enrolled", THEN, "automation")],
    "occurred before the request": [act("a", "call.connected", START - SECOND, "ana")],
    "occurred_at == due_at": [act("a", "call.connected", START + 5 * MINUTE, "ana")],
}  # fmt: skip
# Which target of which story shows a column of the table.
COLUMNS = {
    "first_email": (DEMO, "first_email"),
    "first_call": (DEMO, "first_call"),
    "first_touch": (TRIAL, "first_personal"),
    "auto_ack": (TRIAL, "auto_ack"),
    "enrolled": (DOWNLOAD, "enrolled"),
}


def lived(type_: str, *acts: Activity, **route: Any) -> Story:
    """A lead asks, is routed, is answered or not; all is read as it happens; two weeks pass."""
    asked = request("r", type_, START)
    story = Story(START)
    story.reads(captured(START, asked))
    outcome = "nurture" if type_ == DOWNLOAD else "person"
    story.reads(routed(START + 2 * SECOND, asked, **{"outcome": outcome, "temperature": "warm", **route}))
    for each in sorted(acts, key=lambda a: a.received_at):
        story.reads(each, max(each.received_at, story.now))
    story.until(START + 14 * DAY)
    return story


def is_met(story: Story, target: str) -> bool:
    kinds = story.life(target)
    assert kinds[-1] in {"met", "breached", "resolved_late", "breach_retracted"}, "each promise ends"
    return kinds[-1] == "met"


def rows() -> list[Any]:
    found = []
    for row in vectors("response"):
        columns = {c: row[c] for c in COLUMNS if c in row} or {c: row["any"] for c in COLUMNS if "any" in row}
        if row["activity"] == "occurred_at == due_at":
            columns = {"first_email": True}
        found += [pytest.param(row["activity"], c, yes, id=f"{row['activity']}: {c}") for c, yes in columns.items()]
    return found


@pytest.mark.parametrize(("activity", "column", "counts"), rows())
def test_the_table_of_responses(activity: str, column: str, counts: bool) -> None:
    type_, target = COLUMNS[column]
    assert is_met(lived(type_, *SAID[activity]), target) is counts


def test_a_response_one_microsecond_after_the_due_time_is_late() -> None:
    late = START + 5 * MINUTE + SECOND / 1_000_000
    story = lived(DEMO, act("a", "email.sent", late, "ana"))
    assert story.life("first_email")[-2:] == ["breached", "resolved_late"]


def test_a_colleague_counts_and_is_named_as_another() -> None:
    (met,) = lived(DEMO, act("a", "email.sent", THEN, "ben")).of("first_email", "met")
    assert met.response is not None and (met.response.by, met.response.by_other) == ("ben", True)
    (met,) = lived(DEMO, act("a", "email.sent", THEN, "ana")).of("first_email", "met")
    assert met.response is not None and (met.response.by, met.response.by_other) == ("ana", False)


def test_thanking_the_referrer_answers_nobody_else() -> None:
    story = lived("referral", act("a", "email.sent", THEN, "ana", to="referrer"))
    assert (is_met(story, "thank_referrer"), is_met(story, "first_touch")) == (True, False)
    story = lived("referral", act("a", "email.sent", THEN, "ana"))
    assert (is_met(story, "thank_referrer"), is_met(story, "first_touch")) == (False, True)


def test_an_event_is_followed_up_by_a_person_or_where_nobody_has_it_by_a_cadence() -> None:
    enrolled = act("a", "nurture.enrolled", THEN, "automation")
    assert is_met(lived("webinar_attended", enrolled, outcome="nurture"), "post_event")
    assert not is_met(lived("webinar_attended", enrolled, outcome="person"), "post_event")


def test_a_bounce_after_the_answer_takes_it_back_and_the_clock_runs_on() -> None:
    story = lived(DEMO, *SAID["email.sent, hard bounce later"])
    assert story.life("first_email") == ["armed", "warned", "met", "armed", "warned", "breached"]
    (met,), again = story.of("first_email", "met"), story.of("first_email", "armed")[1]
    assert (again.supersedes, again.reason, again.due_at) == (met.sla_id, None, met.due_at)


def test_a_bounce_after_the_due_time_is_a_breach_that_supersedes_the_answer() -> None:
    sent = act("a", "email.sent", THEN, "ana")
    story = lived(DEMO, sent, act("b", "email.bounced", START + HOUR))
    (met,), (breach,) = story.of("first_email", "met"), story.of("first_email", "breached")
    assert breach.supersedes == met.sla_id
    assert (breach.occurred_at, breach.detected_at) == (breach.due_at, START + HOUR)


def test_a_soft_bounce_and_a_bounce_of_another_message_take_nothing_back() -> None:
    sent = act("a", "email.sent", THEN, "ana", message_id="<1@x>")
    assert is_met(lived(DEMO, sent, act("b", "email.bounced", THEN + SECOND, tag="soft")), "first_email")
    other = act("c", "email.sent", THEN + SECOND, "ana", message_id="<2@x>")
    bounce = act("b", "email.bounced", THEN + 2 * SECOND, message_id="<2@x>")
    (met,) = lived(DEMO, sent, other, bounce).of("first_email", "met")
    assert met.response is not None and met.response.activity == sent.id


@pytest.mark.parametrize(
    ("allowed", "left_out"),
    [({"respond_phone": False, "respond_email": True}, "first_call"), ({"respond_email": False}, "first_email")],
)
def test_a_target_that_cannot_be_met_is_not_armed(allowed: dict[str, bool], left_out: str) -> None:
    story = lived(DEMO, allowed_channels=channels(**allowed))
    assert not story.of(left_out)
    assert {"first_email", "first_call"} - {left_out} <= {e.target for e in story.told}


def test_no_consent_no_enrolment() -> None:
    assert not lived(DOWNLOAD, allowed_channels=channels(marketing_email=False)).of("enrolled")
    assert lived(DOWNLOAD, allowed_channels=channels(marketing_email=True)).of("enrolled")


def test_the_earliest_answer_wins_whichever_is_read_first() -> None:
    early = act("early", "email.sent", THEN, "ana", received_at=THEN + MINUTE)
    later = act("later", "email.sent", THEN + SECOND, "ana")
    story = lived(DEMO, later, early)
    first, corrected = story.of("first_email", "met")
    assert first.response is not None and first.response.activity == later.id
    assert corrected.response is not None and corrected.response.activity == early.id
    assert corrected.supersedes == first.sla_id


def test_an_answer_read_before_anything_else_counts() -> None:
    asked = request("r", DEMO, START)
    story = Story(START + 10 * SECOND)
    story.reads(act("a", "call.connected", THEN, "ana"))
    story.reads(routed(START + 2 * SECOND, asked))
    story.reads(captured(START, asked))
    story.until(START + DAY)
    assert story.life("first_email") == story.life("first_call") == ["armed", "met"]
    assert story.life("decision") == ["armed", "met"]


def test_an_act_is_known_by_its_id() -> None:
    story = lived(DEMO)
    mail = act("a", "email.sent", datetime.fromisoformat("2026-03-30T12:00:00Z"), "ana")
    assert story.reads(mail).kind == "emitted"
    assert story.reads(mail).kind == "duplicate"
    assert story.reads(act("view", "page.viewed", mail.occurred_at)).reason == "kept", "a lead that looks is not silent"
    assert story.reads(act("note", "note.added", mail.occurred_at, "ana")).reason == "not_addressed"
