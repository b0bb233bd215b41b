"""What enrich decides, told as stories: silence and late answers, quarantine and release, values that grow old."""

import json

from leadline_enrich.core.answers import NOT_ASKED, NOT_FOUND, UNAVAILABLE, Answer, Gathered
from leadline_enrich.decide import decide
from leadline_enrich.state import Body, BodyCodec
from leadline_runtime.decision import Decision, LeadState
from leadline_runtime.items import Message
from leadline_runtime.outcomes import EMITTED, dropped
from leadline_runtime.step import NoView
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.codec import decode, encode
from leadline_schemas.ids import derived_id
from leadline_schemas.lead import MergedInto, Quarantine
from leadline_schemas.topics import LEAD_CAPTURED, LEAD_ENRICHED
from tests.unit.enrich.leads import (
    DAY,
    MINUTE,
    NOW,
    SECOND,
    alarm,
    answers,
    captured,
    domain_of,
    grounds,
    record,
    silence,
    told,
)


def on_record(
    event: LeadCaptured, facts: Gathered | None, state: LeadState[Body] | None = None, raw: bytes | None = None
) -> Decision[Body]:
    item = record(event, raw)
    return decide(item, state, NoView(), grounds(item, facts, event.received_at + SECOND))


def on_alarm(event: LeadCaptured, facts: Gathered | None, state: LeadState[Body]) -> Decision[Body]:
    item = alarm(event.lead_id, state)
    return decide(item, state, NoView(), grounds(item, facts, item.due))


def state_of(decision: Decision[Body]) -> LeadState[Body]:
    (state,) = decision.states.values()
    codec = BodyCodec()
    return state.having(body=codec.decode(codec.encode(state.body)))  # as it comes back from the database


def test_a_lead_is_told_with_its_facts_and_the_captured_event_untouched() -> None:
    event = captured()
    raw = encode(LEAD_CAPTURED, event)[:-1] + b',"field_of_tomorrow":{"a":1}}'
    decision = on_record(event, answers(event, employees=400, industry="logistics"), raw=raw)
    (emit,) = decision.events
    value = encode(LEAD_ENRICHED, told(decision), emit.carried)
    assert decision.outcome == EMITTED
    assert b'"captured":' + raw in value
    assert json.loads(value)["captured"]["field_of_tomorrow"] == {"a": 1}
    assert decode(LEAD_ENRICHED, value).effective.employees == 400
    assert emit.key == event.lead_id


def test_a_company_that_nobody_knows_is_an_answer() -> None:
    event = captured()
    found = told(on_record(event, answers(event)))
    assert found.complete
    assert found.facts["employees"].absent == "not_found"
    assert found.effective.stale == ()


def test_silence_is_told_at_once_and_asked_again_until_the_answer_comes() -> None:
    event = captured()
    first = on_record(event, silence(event))
    state = state_of(first)
    assert not told(first).complete
    assert told(first).facts["employees"].absent == "unavailable"
    assert state.timer_at == event.received_at + SECOND + 30 * SECOND

    still = on_alarm(event, silence(event), state)
    assert still.outcome == dropped("unchanged")
    assert state_of(still).timer_at == state.timer_at + 2 * MINUTE

    late = on_alarm(event, answers(event, employees=400), state_of(still))
    assert told(late).revision == 2
    assert told(late).complete
    assert told(late).effective.employees == 400
    assert late.events[0].carried == encode(LEAD_CAPTURED, event)
    published = encode(LEAD_ENRICHED, told(late), late.events[0].carried)
    assert decode(LEAD_ENRICHED, published).captured == event
    assert state_of(late).body.known.asked == 0


def test_what_a_table_says_once_more_is_nothing_to_tell_while_another_is_silent() -> None:
    event = captured()
    said = Gathered(
        domain=domain_of(event),
        answers={"firmographics": Answer(status="found", values={"employees": 400}), "accounts": UNAVAILABLE},
    )
    state = state_of(on_record(event, said))
    again = on_alarm(event, said, state)
    assert again.outcome == dropped("unchanged")
    fact = state_of(again).body.known.facts["employees"]
    assert fact.at > state.body.known.facts["employees"].at  # it is as young as when it was said last


def test_another_reason_of_a_silence_is_nothing_to_tell() -> None:
    event = captured()
    told_first = silence(event)
    late = told_first.model_copy(
        update={"answers": {**told_first.answers, "firmographics": Answer(status="unavailable", reason="timeout")}}
    )
    first = on_record(event, late)
    assert told(first).facts["employees"].absent == "timeout"
    assert state_of(first).timer_at == event.received_at + 2 * SECOND  # it may be on its way
    assert on_alarm(event, told_first, state_of(first)).outcome == dropped("unchanged")


def test_a_silent_provider_is_not_asked_for_ever() -> None:
    event = captured()
    state = state_of(on_record(event, silence(event)))
    rings = 0
    while state.timer_at is not None:
        state = state_of(on_alarm(event, silence(event), state))
        rings += 1
    assert rings == 39  # with the first time: at_most 40


def test_an_alarm_without_facts_counts_as_silence() -> None:
    event = captured()
    state = state_of(on_record(event, silence(event)))
    assert on_alarm(event, None, state).outcome == dropped("unchanged")


def test_what_was_known_outlives_a_silence() -> None:
    event = captured()
    account = Answer(status="found", values={"status": "customer", "owner": "hana"})
    known = Gathered(
        domain="acme.example",
        answers={"firmographics": Answer(status="found", values={"employees": 400}), "accounts": account},
    )
    state = state_of(on_record(event, known))
    again = captured(at=NOW + MINUTE, revision=2, lead_id=event.lead_id)
    found = told(on_record(again, silence(again), state))
    assert found.effective.employees == 400
    assert found.account is not None
    assert found.account.owner == "hana"
    assert not found.complete


def test_another_company_inherits_nothing() -> None:
    event = captured()
    state = state_of(on_record(event, answers(event, employees=400)))
    moved = captured(at=NOW + MINUTE, revision=2, lead_id=event.lead_id, lead={"email": "ann@other.example"})
    found = told(on_record(moved, silence(moved), state))
    assert found.effective.employees is None
    assert found.facts["employees"].absent == "unavailable"


def test_facts_about_another_domain_are_not_used() -> None:
    event = captured()
    elsewhere = answers(captured(lead={"email": "bob@other.example"}), employees=400)
    found = told(on_record(event, elsewhere))
    assert found.effective.employees is None
    assert not found.complete


def test_a_value_that_grows_too_old_is_asked_for_again() -> None:
    event = captured()
    state = state_of(on_record(event, answers(event, at=NOW - 100 * DAY, employees=400)))
    assert state.timer_at == NOW + 80 * DAY + SECOND

    stale = on_alarm(event, answers(event, at=NOW - 100 * DAY, employees=400), state)
    assert told(stale).effective.employees is None
    assert told(stale).effective.stale == ("employees",)
    assert told(stale).facts["employees"].value == 400
    assert told(stale).facts["employees"].flags == ("stale",)
    assert state_of(stale).timer_at is None

    fresh = on_alarm(event, answers(event, at=NOW + 79 * DAY, employees=420), state)
    assert told(fresh).effective.employees == 420
    assert told(fresh).facts["employees"].written == "refreshed"


def test_a_form_that_is_far_off_is_flagged_and_a_person_is_believed() -> None:
    form = captured(lead={"email": "ann@acme.example", "employees": 50})
    found = told(on_record(form, answers(form, employees=5000)))
    assert found.effective.employees == 5000
    assert found.facts["employees"].flags == ("disagreement",)

    rep = captured(lead={"email": "ann@acme.example", "employees": 480}, sources={"employees": "manual"})
    found = told(on_record(rep, answers(rep, employees=5000)))
    assert found.effective.employees == 480
    assert found.effective.sources["employees"] == "stated"
    assert found.facts["employees"].value == 5000


def test_a_number_that_contradicts_the_form_is_flagged() -> None:
    event = captured(lead={"email": "ann@acme.example", "country": "DE", "phone": "+41446681800"})
    found = told(on_record(event, answers(event)))
    assert found.effective.country == "DE"
    assert found.facts["country:phone"].value == "CH"
    assert found.facts["country:phone"].flags == ("conflict",)


def test_a_company_seat_is_the_last_hint_at_a_country() -> None:
    event = captured()
    found = told(on_record(event, answers(event, country="SE")))
    assert (found.effective.country, found.effective.sources["country"]) == ("SE", "company_seat")
    assert (found.effective.language, found.effective.sources["language"]) == ("sv", "country")


def test_a_quarantined_lead_is_kept_and_enriched_once_it_is_released() -> None:
    apart = captured(outcome="quarantined", quarantine=Quarantine(reason="spam", since=NOW))
    kept = on_record(apart, Gathered(domain=domain_of(apart), answers={"firmographics": NOT_ASKED}))
    assert kept.outcome == dropped("quarantined")
    assert not kept.events
    assert state_of(kept).timer_at is None

    released = captured(at=NOW + DAY, revision=2, lead_id=apart.lead_id, outcome="released")
    found = on_record(released, answers(released, employees=400), state_of(kept))
    assert told(found).revision == 1
    assert told(found).effective.employees == 400


def test_an_alarm_of_a_lead_that_was_put_apart_rings_for_nobody() -> None:
    event = captured()
    state = state_of(on_record(event, silence(event)))
    apart = captured(
        at=NOW + SECOND, revision=2, lead_id=event.lead_id, quarantine=Quarantine(reason="spam", since=NOW)
    )
    kept = state_of(on_record(apart, None, state))
    assert kept.timer_at is None
    ringing = alarm(event.lead_id, state)
    late = decide(ringing, kept, NoView(), grounds(ringing, None, ringing.due))
    assert late.outcome == dropped("no_longer_due")


def test_a_tombstone_is_told_on_so_that_later_steps_hear_of_it() -> None:
    event = captured()
    state = state_of(on_record(event, answers(event, employees=400)))
    root = MergedInto(lead_id=derived_id("root"), revision=7)
    stone = captured(at=NOW + MINUTE, revision=2, lead_id=event.lead_id, outcome="tombstone", merged_into=root)
    facts = Gathered(domain="acme.example", answers={"firmographics": NOT_ASKED, "accounts": NOT_ASKED})
    decision = on_record(stone, facts, state)
    assert told(decision).captured.merged_into == root
    assert told(decision).effective.employees == 400
    assert state_of(decision).merged_into == root
    assert state_of(decision).timer_at is None


def test_a_refused_provider_message_is_for_somebody_else() -> None:
    message = Message(derived_id("m"), derived_id("l"), b"")
    assert decide(message, None, NoView(), grounds(message, None, NOW)).outcome == dropped("not_addressed")


def test_the_recorded_basis_gives_the_same_bytes_again() -> None:
    event = captured(lead={"email": "ann@acme.example", "phone": "+442079460018", "employees": 50})
    gathered = Gathered(
        domain="acme.example",
        answers={
            "firmographics": Answer(status="found", values={"employees": 5000}, stated_at=NOW - DAY),
            "accounts": NOT_FOUND,
        },
    )
    first = encode(LEAD_ENRICHED, told(on_record(event, gathered)))
    recorded = decode(LEAD_ENRICHED, first).basis.facts
    assert recorded is not None
    assert encode(LEAD_ENRICHED, told(on_record(event, Gathered.model_validate(recorded)))) == first


def test_a_repeat_of_the_same_answers_is_the_same_knowledge() -> None:
    event = captured()
    said = answers(event, at=NOW, employees=400, industry="logistics")
    first = on_record(event, said)
    again = captured(at=NOW + MINUTE, revision=2, lead_id=event.lead_id)
    second = on_record(again, said, state_of(first))
    assert told(second).facts["employees"] == told(first).facts["employees"]
    assert told(second).effective == told(first).effective
    assert told(second).revision == 2
