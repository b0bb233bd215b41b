"""Who is told what: assignments, moves, warnings, breaches; and what nobody is told."""

import json
from datetime import timedelta
from uuid import uuid4

from leadline_notify.app import wants
from leadline_notify.core.content import Kind
from leadline_notify.core.notices import Told
from leadline_notify.core.wording import worded
from leadline_runtime.outcomes import EMITTED
from leadline_schemas.topics import LEAD_SLA, LEAD_STAGE
from leadline_schemas.views import ROUTED_TOLD
from tests.unit.notify.company import LEAD, MONDAY, NIGHT, Story, changed, contents, rules, sent_to

NOTICES = contents()["notify.yaml"]["notices"]


def needless(told: Told) -> set[tuple[tuple[Kind, ...], str, str | None]]:
    return {(each.kinds, each.reason, each.recipient) for each in told.needless}


def test_the_owner_is_told_of_a_new_lead_by_every_way_he_has() -> None:
    told = Story().routed()
    assert sent_to(told) == {("ana", "mail", "assigned"), ("ana", "chat", "assigned")}
    content = told.notices[0].content
    assert (content.owner, content.manager, content.request, content.grade) == ("ana", "mia", "demo_request", "D1")


def test_the_same_assignment_told_anew_is_no_news() -> None:
    story = Story()
    story.routed()
    assert sent_to(story.routed(cause="scored")) == set()


def test_who_had_the_lead_and_the_manager_are_told_that_it_moved_and_why() -> None:
    story = Story()
    story.routed()
    told = story.routed(owner="ben", assignment=2, released="ana", cause="owner_clock_lapsed")
    assert sent_to(told) == {
        ("ben", "mail", "assigned"),
        ("ana", "mail", "moved"),
        ("ana", "chat", "moved"),
        ("mia", "mail", "moved"),
    }
    moved = next(each.content for each in told.notices if each.content.kind == "moved")
    assert (moved.previous, moved.owner, moved.cause) == ("ana", "ben", "owner_clock_lapsed")
    assert needless(told) == {(("assigned", "warned"), "moved_on", "ana")}


def test_both_owners_and_the_manager_read_why_a_lead_moved() -> None:
    story = Story()
    story.routed()
    told = story.routed(owner="ben", assignment=2, released="ana", cause="owner_clock_lapsed")
    read = [worded(each.content, each.recipient, None, rules()) for each in told.notices]
    assert len(read) == 4
    assert all(each is not None and "nobody had turned to it in time" in each.text for each in read)


def test_a_manager_to_whom_it_is_escalated_hears_of_it_once() -> None:
    story = Story()
    story.routed()
    told = story.routed(owner="mia", assignment=2, released="ana", cause="owner_clock_lapsed", escalated=True)
    assert {(who, kind) for who, _, kind in sent_to(told)} == {("mia", "assigned"), ("ana", "moved")}


def test_who_took_a_lead_himself_is_not_told_that_he_has_it() -> None:
    story = Story()
    story.routed()
    told = story.routed(owner="ben", assignment=2, released="ana", cause="claimed")
    assert {(who, kind) for who, _, kind in sent_to(told)} == {("ana", "moved"), ("mia", "moved")}


def test_a_lead_that_went_to_a_queue_is_told_to_who_had_it() -> None:
    story = Story()
    story.routed()
    told = story.routed(owner=None, outcome="queue", assignment=2, released="ana", cause="returned")
    assert {(who, kind) for who, _, kind in sent_to(told)} == {("ana", "moved"), ("mia", "moved")}


def test_an_import_of_old_leads_tells_nobody_now_nor_of_its_promises() -> None:
    story = Story()
    requests = [{
        "id": str(uuid4()), "type": "demo_request", "start": MONDAY, "received_at": MONDAY, "historical": True,
        "origin": str(LEAD),
    }]  # fmt: skip
    assert sent_to(story.routed(requests=requests)) == set()
    assert sent_to(story.sla("warned")) == set()


def test_warnings_and_breaches_go_to_whom_the_event_names() -> None:
    story = Story()
    story.routed()
    assert sent_to(story.sla("warned")) == {("ana", "mail", "warned"), ("ana", "chat", "warned")}
    told = story.sla("breached")
    assert {(who, kind) for who, _, kind in sent_to(told)} == {("ana", "breached"), ("mia", "breached")}
    content = told.notices[0].content
    assert (content.request, content.target, content.cause) == ("demo_request", "first_email", "owner")


def test_a_step_of_a_ladder_after_the_due_time_is_told_like_the_breach_and_taken_back_with_it() -> None:
    story = Story()
    story.routed()
    breach, promise = str(uuid4()), {"cycle": str(uuid4()), "target": "first_email"}
    story.sla("breached", sla_id=breach, **promise)
    told = story.sla("escalated", sla_id=str(uuid4()), told=["ben"], level=150, breach=breach, **promise)
    assert {(who, kind) for who, _, kind in sent_to(told)} == {("ben", "breached")}
    taken_back = story.sla("breach_retracted", supersedes=breach, told=["ana", "mia", "ben"], **promise)
    assert {who for who, _, _ in sent_to(taken_back)} == {"ana", "mia", "ben"}
    assert [each.covers(told.notices[0]) for each in taken_back.needless] == [False, True]


def test_a_promise_of_the_system_alone_is_told_to_nobody_not_even_to_who_is_told_everything() -> None:
    story = Story(changed(notices={**NOTICES, "breached": {**NOTICES["breached"], "also": ["crm"]}}))
    assert sent_to(story.sla("breached", clock="decision", target="decision", owner=None, told=[])) == set()
    assert ("crm", "webhook", "breached") in sent_to(story.sla("breached", sla_id=str(uuid4())))


def test_a_breach_taken_back_is_told_to_whom_the_event_names() -> None:
    story = Story()
    story.routed()
    breach = str(uuid4())
    story.sla("breached", sla_id=breach)
    told = story.sla("breach_retracted", supersedes=breach, told=["ana", "mia"])
    assert {(who, kind) for who, _, kind in sent_to(told)} == {("ana", "retracted"), ("mia", "retracted")}
    assert needless(told) == {(("warned",), "retracted", None), (("breached", "lapsed"), "retracted", None)}
    assert {each.content.cause for each in told.notices} == {"answered_in_time"}


def test_a_breach_told_of_a_lead_that_is_part_of_another_by_now_is_taken_back_under_that_one() -> None:
    part, root, promise = Story(), Story(lead=uuid4()), {"cycle": str(uuid4()), "target": "first_email"}
    breach = str(uuid4())
    warned = part.sla("warned", **promise).notices[0]
    broken = part.sla("breached", sla_id=breach, told=["ben"], **promise).notices[0]
    told = root.sla("breach_retracted", supersedes=breach, told=["ben"], **promise)
    assert {who for who, _, _ in sent_to(told)} == {"ben"}
    assert {each.breach for each in told.notices} == {broken.breach}
    assert any(each.covers(broken) for each in told.needless), "what waits for the morning is not told at all"
    assert any(each.covers(warned) for each in told.needless)


def test_that_somebody_has_a_lead_which_is_another_by_now_or_spam_need_not_be_told() -> None:
    for cause in ("merged", "quarantined"):
        story = Story()
        (assigned, _) = story.routed().notices
        told = story.routed(outcome="parked", owner=None, cause=cause, assigned_at=None)
        assert sent_to(told) == set(), "what it became part of tells who had it"
        assert [each.covers(assigned) for each in told.needless] == [True]
        assert story.state is not None and story.state.body.owner is None
        again = story.routed(assignment=2, cause="unmerged")
        assert {(who, kind) for who, _, kind in sent_to(again)} == {("ana", "assigned")}


def test_a_promise_that_was_met_makes_its_warnings_needless() -> None:
    story = Story()
    story.routed()
    warned = story.sla("warned").notices[0]
    (met,) = story.sla("met", cycle="8994972f-a425-5fc2-92df-a0ffdfb09c86", target="first_email").needless
    assert met.covers(warned)
    (other,) = story.sla("met", cycle=str(uuid4()), target="first_email").needless
    assert not other.covers(warned)


def test_of_a_silent_lead_they_hear_whom_the_event_names_and_of_other_words_on_stages_nobody() -> None:
    story = Story()
    story.routed()
    told = story.stage("stale_notice")
    assert sent_to(told) == {("ana", "mail", "stale"), ("ana", "chat", "stale")}
    assert told.notices[0].content.request == "demo_request"
    both = story.stage("stale_notice", told=["ana", "mia"], action="manager")
    assert {who for who, _, _ in sent_to(both)} == {"ana", "mia"}
    assert sent_to(story.stage("stale_to_nurture")) == sent_to(story.stage("routed_to_mql")) == set()
    assert wants(f"{LEAD_STAGE.event_type}.stale") and not wants(f"{LEAD_STAGE.event_type}.applied")


def test_a_deadline_that_moves_makes_warnings_of_the_old_one_needless() -> None:
    for kind in ("paused", "moved"):
        story = Story()
        warned = story.sla("warned").notices[0]
        (gone,) = story.sla("warned", kind=kind, told=[]).needless
        assert gone.covers(warned) and gone.reason == "deadline_moved"


def test_a_breach_taken_back_because_its_clock_stood_still_says_so() -> None:
    story, breach = Story(), str(uuid4())
    story.sla("breached", sla_id=breach)
    told = story.sla("breached", kind="breach_retracted", supersedes=breach, told=["ana"], reason="paused")
    assert {each.content.cause for each in told.notices} == {"paused"}


def test_a_warning_waits_for_the_hours_of_who_is_warned() -> None:
    story = Story(now=NIGHT)
    story.routed()
    (due,) = {each.due_at for each in story.sla("warned").notices}
    assert due == MONDAY + timedelta(days=1, hours=-1)  # Tuesday at nine


def test_a_breach_that_nobody_has_or_that_is_ours_waits_for_no_hours() -> None:
    story = Story(now=NIGHT)
    for cause, any_time in (("coverage", True), ("system", True), ("owner", False), ("delivery", False)):
        notices = story.sla("breached", cause=cause, sla_id=str(uuid4())).notices
        assert {each.any_time for each in notices} == {any_time}
        assert all((each.due_at == NIGHT) == any_time for each in notices)


def test_what_happened_too_long_ago_tells_nobody_and_is_known_all_the_same() -> None:
    story = Story()
    told = story.routed(decided_at=MONDAY - timedelta(hours=25))
    assert sent_to(told) == set()
    assert story.state is not None and story.state.body.owner == "ana"
    assert sent_to(story.sla("warned")) != set()


def test_somebody_without_an_address_is_counted_and_holds_up_nobody() -> None:
    told = Story().routed(owner="cleo")
    assert (told.notices, told.unknown) == ((), ("cleo",))


def test_an_event_decided_twice_gives_the_same_notices() -> None:
    story, again = Story(), Story()
    value = story._event("lead.routed/g3_round_robin", {})
    first, second = story.decided(ROUTED_TOLD, value), again.decided(ROUTED_TOLD, value)
    assert first.outcome == EMITTED
    assert story.told(first).notices == again.told(second).notices
    assert len({each.id for each in story.told(first).notices}) == 2


def test_two_ways_and_two_roles_of_one_person_make_one_notice_a_way() -> None:
    story = Story(
        changed(notices={**NOTICES, "assigned": {**NOTICES["assigned"], "to": ["owner", "manager", "owner"]}})
    )
    told = story.routed(manager="ana")
    assert len(told.notices) == len(sent_to(told)) == 2


def test_a_canary_is_nobodys_and_nothing_is_kept_of_it() -> None:
    story = Story()
    event = json.loads(story._event("lead.routed/g3_round_robin", {}))
    event["scored"]["enriched"]["captured"]["canary"] = True
    for topic, value in (
        (ROUTED_TOLD, json.dumps(event).encode()),
        (LEAD_SLA, story._event("lead.sla/breached", {"canary": True})),
    ):
        decided = story.decided(topic, value)
        assert (decided.outcome.reason, decided.states, decided.delta) == ("not_addressed", {}, None)


def test_what_is_no_record_of_a_lead_is_passed_over() -> None:
    story = Story()
    decided = story.decided(LEAD_SLA, story._event("lead.sla/customer_armed", {}))
    assert decided.outcome.reason == "unchanged"
