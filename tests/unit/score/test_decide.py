"""What score answers to snapshots, acts and alarms, in every order they may come."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from leadline_schemas.activity import Activity
from leadline_schemas.codec import decode
from leadline_schemas.consent import ConsentRecord
from leadline_schemas.enriched import Effective, LeadEnriched
from leadline_schemas.ids import derived_id
from leadline_schemas.lead import Lead, MergedInto, Quarantine
from leadline_schemas.topics import LEAD_ENRICHED, LEAD_SCORED
from leadline_score.core.acts import LIMIT
from leadline_score.state import Body
from tests.unit.score.builders import Desk, act, asked, at, bytes_of, scored, snapshot

NOON = at("03-10T16:00:00")
GOOD = Effective(country="US", employees=200, industry="logistics", domain_class="corporate")  # fit 45
DOWNLOAD = act("download", "content.downloaded", NOON, request_type="content_download")
WANTED = asked("download", "content_download", NOON)


def view(day: int) -> Activity:
    """The pricing page, seen on a day of March."""
    return act(f"view {day}", "page.viewed", at(f"03-{day:02}T17:00:00"), tag="pricing")


def known(**more: Any) -> LeadEnriched:
    return snapshot(NOON, Lead(), GOOD, [DOWNLOAD], requests=(WANTED,), **more)


def test_before_the_first_snapshot_facts_are_kept_and_nothing_is_said() -> None:
    desk = Desk()
    early = desk.act(act("click", "email.clicked", at("03-09T10:00:00")))
    assert (early.outcome.kind, early.outcome.reason, early.events) == ("dropped", "kept", ())
    desk.snapshot(known())
    card = desk.last.scorecard
    assert [each.rule for each in card.intent.contributions] == [
        "intent.content.gated_download", "intent.email.email_click",
    ]  # fmt: skip


def test_an_act_known_from_the_snapshot_or_read_before_is_a_duplicate() -> None:
    desk = Desk()
    desk.snapshot(known())
    assert desk.act(DOWNLOAD).outcome.kind == "duplicate"
    assert desk.act(view(11)).outcome.kind == "emitted"
    assert desk.act(view(11)).outcome.kind == "duplicate"


def test_an_act_that_scores_makes_the_next_revision_as_of_when_it_was_received() -> None:
    desk = Desk()
    first = desk.snapshot(known())
    late = view(11).model_copy(update={"received_at": at("03-11T18:30:00")})
    second = desk.act(late)
    event = scored(second)[0]
    assert (event.revision, event.basis.revision_before, event.cause) == (2, 1, "act")
    assert event.scorecard.as_of == event.basis.as_of == at("03-11T18:30:00")
    assert event.basis.facts == {"before": {"grade": "B3", "signal": "IQL", "mql": False}}
    assert scored(first)[0].basis.facts is None


def test_the_snapshot_travels_on_byte_by_byte_though_an_act_made_the_event() -> None:
    desk = Desk()
    raw = desk.snapshot(known()).events[0].carried
    made = desk.act(view(11))
    assert made.events[0].carried == raw
    event = decode(LEAD_SCORED, bytes_of(made)[0])
    assert event.enriched == decode(LEAD_ENRICHED, raw or b"")


def test_an_act_that_no_rule_speaks_of_says_nothing_new() -> None:
    desk = Desk()
    desk.snapshot(known())
    mail = act("mail", "email.sent", at("03-10T16:05:00"), direction="out", actor={"kind": "person", "id": "gus"})
    assert desk.act(mail).outcome.reason == "kept"
    assert desk.act(mail).outcome.kind == "duplicate"


def test_a_second_look_at_the_same_things_says_nothing_new() -> None:
    desk = Desk()
    desk.snapshot(known())
    again = desk.snapshot(known(revision=2))
    assert (again.outcome.kind, again.outcome.reason) == ("dropped", "unchanged")
    assert desk.state is not None
    assert desk.state.revision == 1


def test_what_later_steps_decide_on_is_told_on_though_the_score_stays() -> None:
    desk = Desk()
    desk.snapshot(known())
    gone = ConsentRecord(purpose="marketing", channel="email", state="withdrawn")
    moved = snapshot(NOON, Lead(consent=(gone,)), GOOD, [DOWNLOAD], requests=(WANTED,), revision=2)
    assert desk.snapshot(moved).outcome.kind == "emitted"
    assert desk.last.enriched.captured.lead.consent == (gone,)
    assert desk.last.cause == "fact"


def test_a_score_never_goes_back_before_its_last() -> None:
    desk = Desk()
    desk.snapshot(known())
    desk.act(view(12))
    desk.act(view(11).model_copy(update={"received_at": at("03-11T17:00:01")}))
    assert desk.last.scorecard.as_of == at("03-12T17:00:00")


def test_an_act_that_has_not_happened_yet_waits_for_its_time() -> None:
    desk = Desk()
    desk.snapshot(known())
    soon = view(11).model_copy(update={"received_at": at("03-11T16:57:00")})
    waiting = desk.act(soon)
    assert waiting.outcome.reason == "unchanged"
    assert desk.state is not None
    assert desk.state.timer_at == at("03-11T17:00:00")
    desk.alarm()
    assert (desk.last.cause, desk.last.scorecard.intent.value) == ("act", "20.000")
    assert desk.last.scorecard.as_of == at("03-11T17:00:00")


def test_what_fell_due_while_nobody_looked_is_decided_at_once() -> None:
    desk = Desk()
    desk.snapshot(known(), now=NOON + timedelta(days=300))
    card = desk.last.scorecard
    assert (card.grade, card.signal, card.next_recheck) == ("B4", "none", None)
    assert NOON + timedelta(days=247) < card.as_of < NOON + timedelta(days=248)
    assert desk.state is not None
    assert desk.state.timer_at is None


def test_alarm_follows_alarm_until_nothing_is_left_to_fade() -> None:
    desk = Desk()
    desk.snapshot(known())
    desk.act(view(11))
    desk.act(view(12))
    while desk.state is not None and desk.state.timer_at is not None:
        assert desk.alarm().outcome.kind == "emitted"
    told = [event.scorecard for decision in desk.decisions for event in scored(decision)]
    assert [(card.grade, card.signal) for card in told] == [
        ("B3", "IQL"), ("B2", "IQL"), ("B1", "MQL"),  # as the acts came
        ("B2", "MQL"), ("B3", "MQL"), ("B3", "IQL"), ("B4", "IQL"), ("B4", "none"),  # as they faded
    ]  # fmt: skip


def test_mql_by_score_through_a_page_view_opens_a_request_whose_clock_starts_with_it() -> None:
    desk = Desk()
    desk.snapshot(known())
    assert desk.last.requests == (WANTED,)
    desk.act(view(11))
    desk.act(view(12))
    opened = desk.last.requests[-1]
    assert desk.last.scorecard.mql_reasons == ("score",)
    assert (opened.type, opened.start, opened.historical) == ("other", at("03-12T17:00:00"), False)
    desk.act(view(13))
    assert [each.id for each in desk.last.requests] == [WANTED.id, opened.id]


def test_mql_by_a_late_fact_opens_a_request_whose_clock_starts_with_the_decision() -> None:
    acts = [DOWNLOAD, view(8), view(9)]
    desk = Desk()
    desk.snapshot(snapshot(NOON, Lead(), Effective(country="US"), acts, requests=(WANTED,)))
    assert not desk.last.scorecard.mql
    decided = NOON + timedelta(hours=2)
    desk.snapshot(snapshot(NOON, Lead(), GOOD, acts, requests=(WANTED,), revision=2), now=decided)
    assert (desk.last.cause, desk.last.scorecard.mql_reasons) == ("fact", ("score",))
    opened = desk.last.requests[-1]
    assert (opened.start, opened.received_at) == (decided, decided)
    assert opened.id == derived_id("mql", desk.last.basis.cause)


def test_a_request_that_makes_an_mql_by_itself_needs_no_other() -> None:
    desk = Desk()
    desk.snapshot(snapshot(NOON, Lead(), GOOD, [view(8), view(9), DOWNLOAD], requests=(WANTED,)))
    assert (desk.last.scorecard.mql, desk.last.requests) == (True, (WANTED,))


def test_a_lead_kept_apart_is_not_scored_until_it_is_released() -> None:
    desk = Desk()
    apart = known(quarantine=Quarantine(reason="spam", since=NOON))
    assert desk.snapshot(apart).outcome.reason == "quarantined"
    assert desk.act(view(8)).outcome.reason == "quarantined"
    assert desk.act(view(9)).outcome.reason == "quarantined"
    released = desk.snapshot(known(revision=2, outcome="released"))
    assert released.outcome.kind == "emitted"
    assert (desk.last.scorecard.total, desk.last.requests) == ("75.000", (WANTED,))


def test_a_scored_lead_that_is_put_apart_rings_no_alarm() -> None:
    desk = Desk()
    desk.snapshot(known())
    desk.snapshot(known(revision=2, quarantine=Quarantine(reason="spam", since=NOON)))
    assert desk.state is not None
    assert desk.state.timer_at is None


def test_a_tombstone_is_told_on_and_rings_no_alarm() -> None:
    desk = Desk()
    desk.snapshot(known())
    root = MergedInto(lead_id=derived_id("test", "root"), revision=3)
    desk.snapshot(known(revision=2, merged_into=root))
    assert desk.last.enriched.captured.merged_into == root
    assert desk.state is not None
    assert (desk.state.merged_into, desk.state.timer_at) == (root, None)


def test_an_erased_lead_leaves_nothing_behind() -> None:
    desk = Desk()
    desk.snapshot(known())
    assert desk.snapshot(known(revision=2, outcome="tombstone")).outcome.reason == "erased"
    assert desk.state is not None
    assert desk.state.body.snapshot == b""


def test_who_refused_to_be_profiled_is_not_scored_but_heard() -> None:
    refusal = ConsentRecord(purpose="profiling", channel="any", state="declined")
    desk = Desk()
    demo = asked("demo", "demo_request", NOON)
    acts = [act("demo", "form.submitted", NOON, request_type="demo_request"), view(9)]
    desk.snapshot(snapshot(NOON, Lead(consent=(refusal,), title="CEO"), GOOD, acts, requests=(demo,)))
    card = desk.last.scorecard
    assert (card.withheld, card.total, card.grade, card.gaps) == (True, "0.000", "D4", ())
    assert (card.signal, card.mql_reasons, card.next_recheck) == ("MQL", ("hand_raise",), None)
    assert card.fit.contributions == card.intent.contributions == ()


def test_who_takes_back_our_leave_to_answer_is_stopped() -> None:
    withdrawn = ConsentRecord(purpose="respond", channel="email", state="withdrawn")
    desk = Desk()
    desk.snapshot(snapshot(NOON, Lead(consent=(withdrawn,)), GOOD, [DOWNLOAD], requests=(WANTED,)))
    assert [(veto.id, veto.effect) for veto in desk.last.scorecard.vetoes] == [("do_not_contact", "disqualify")]


def test_fit_has_a_memory_too_so_that_a_letter_does_not_flap() -> None:
    desk = Desk()
    cfo = Lead(title="CFO")
    desk.snapshot(snapshot(NOON, cfo, GOOD, [DOWNLOAD], requests=(WANTED,)))  # 60: A
    later = GOOD.model_copy(update={"employees": 5})  # 43: below A's 45
    desk.snapshot(snapshot(NOON, cfo, later, [DOWNLOAD], requests=(WANTED,), revision=2))
    assert desk.last.scorecard.grade[0] == "B"
    between = GOOD.model_copy(update={"employees": 30})  # 50: A again
    desk.snapshot(snapshot(NOON, cfo, between, [DOWNLOAD], requests=(WANTED,), revision=3))
    assert desk.last.scorecard.grade[0] == "A"
    lower = between.model_copy(update={"employees": 30, "industry": None})
    desk.snapshot(snapshot(NOON, Lead(title="CFO", budget="yes"), lower, [DOWNLOAD], requests=(WANTED,), revision=4))
    assert (desk.last.scorecard.fit.value, desk.last.scorecard.grade[0]) == ("30.000", "B")


def test_at_most_so_many_facts_are_kept_the_newest_and_that_is_told() -> None:
    start = at("03-11T00:00:00")
    mails = [act(f"mail {each}", "email.sent", start + timedelta(minutes=each)) for each in range(LIMIT)]
    desk = Desk()
    desk.snapshot(known())
    assert desk.state is not None
    memory = desk.state.body.memory.model_copy(update={"facts": tuple(mails)})
    desk.state = desk.state.having(body=Body(memory, desk.state.body.snapshot))
    desk.act(view(12))
    assert desk.last.scorecard.truncated
    kept = {fact.id for fact in desk.state.body.memory.facts}
    assert kept == {mail.id for mail in mails[1:]} | {view(12).id}
    assert desk.last.scorecard.intent.value == "10.000"  # the download of the snapshot is older than all of them


def test_an_alarm_whose_reason_is_gone_does_nothing() -> None:
    desk = Desk()
    desk.snapshot(known())
    assert desk.state is not None
    desk.state = desk.state.having(body=Body())
    assert desk.alarm().outcome.reason == "no_longer_due"
    assert desk.state.timer_at is None


def test_display_is_floored_so_that_a_shown_70_is_a_reached_70() -> None:
    desk = Desk()
    desk.snapshot(snapshot(NOON, Lead(title="Analyst", budget="x"), GOOD, [DOWNLOAD, view(9)], requests=(WANTED,)))
    while desk.state is not None and desk.state.timer_at is not None:
        desk.alarm()
    shown = [event.scorecard for decision in desk.decisions for event in scored(decision)]
    assert shown[0].display == 73
    assert all(card.display <= Decimal(card.total) < card.display + 1 for card in shown)
