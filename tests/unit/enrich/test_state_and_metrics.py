"""The state's bytes, and what is counted of committed events."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_enrich.core.answers import Answer
from leadline_enrich.decide import decide
from leadline_enrich.metrics import FACTS, measure
from leadline_enrich.state import Body, BodyCodec, Known
from leadline_runtime.step import NoView
from leadline_schemas.codec import Undecodable, encode
from leadline_schemas.enriched import Account, Effective, Fact
from tests.unit.enrich.leads import NOW, SECOND, answers, captured, grounds, record


@settings(max_examples=50)
@given(st.binary(max_size=200), st.text(max_size=20), st.integers(0, 99))
def test_a_body_comes_back_as_it_was(raw: bytes, text: str, asked: int) -> None:
    fact = Fact(value=text, provider="firmographics", at=NOW, flags=("stale",))
    account = Account(domain="acme.com", status="customer")
    body = Body(
        Known(
            domain=text, asked=asked, facts={"industry": fact}, account=account, effective=Effective(employees=asked)
        ),
        raw,
    )
    codec = BodyCodec()
    assert codec.decode(codec.encode(body)) == body


@settings(max_examples=50)
@given(st.integers(1, 10_000), st.sampled_from([None, "customer"]), st.text(max_size=20))
def test_what_is_encoded_once_for_event_and_state_is_what_each_would_say(
    employees: int, status: str | None, title: str
) -> None:
    event = captured(lead={"email": "ann@acme.example", "title": title})
    item, said = record(event), answers(event, employees=employees)
    if status is not None:
        said.answers["accounts"] = Answer(status="found", values={"status": status})
    decision = decide(item, None, NoView(), grounds(item, said, NOW + SECOND))
    body = decision.states[event.lead_id].body
    assert BodyCodec().encode(body) == BodyCodec().encode(Body(body.known, body.captured))
    (emit,) = decision.events
    once = encode(emit.topic, emit.event, emit.carried, emit.told)
    assert once == encode(emit.topic, emit.event, emit.carried)


def test_other_bytes_are_refused() -> None:
    with pytest.raises(Undecodable):
        BodyCodec().decode(b"\x00\x00\x00\x02[]")


def count(provider: str, outcome: str) -> float:
    return float(FACTS.labels(provider, outcome)._value.get())


def test_facts_are_counted_by_provider_and_outcome() -> None:
    event = captured()
    item = record(event)
    decision = decide(item, None, NoView(), grounds(item, answers(event, employees=400), NOW + SECOND))
    filled, missing = count("firmographics", "filled"), count("firmographics", "not_found")
    measure(decision.events)
    assert count("firmographics", "filled") == filled + 1
    assert count("firmographics", "not_found") == missing + 1  # industry
