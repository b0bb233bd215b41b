"""What providers answered is recorded whole, and shows nothing of a person by accident."""

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from leadline_enrich.core.answers import REASONS, Answer, Gathered
from leadline_enrich.core.questions import INPUTS, Question

INSTANTS = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
NAMES = st.sampled_from(["employees", "industry", "country"])
ANSWERS = st.builds(
    Answer,
    status=st.sampled_from(["found", "not_found", "unavailable"]),
    reason=st.none() | st.sampled_from(REASONS),
    values=st.dictionaries(NAMES, st.integers(1, 10**6) | st.text(max_size=9), max_size=3),
    stated_at=st.none() | INSTANTS,
    confidence=st.dictionaries(NAMES, st.floats(0, 1), max_size=2),
    stated=st.dictionaries(NAMES, INSTANTS, max_size=2),
)


@given(st.builds(Gathered, domain=st.just("acme.com"), answers=st.dictionaries(st.just("acme"), ANSWERS)))
def test_a_recorded_answer_is_read_again_as_it_was(gathered: Gathered) -> None:
    kept = json.loads(json.dumps(gathered.recorded(), default=lambda instant: instant.isoformat()))
    assert Gathered.model_validate(kept) == gathered


def test_an_answer_without_reason_and_doubt_is_recorded_in_three_words() -> None:
    answer = Answer(status="found", values={"employees": 5})
    told = Gathered(domain="acme.com", answers={"acme": answer}).recorded()
    assert set(told["answers"]["acme"]) == {"status", "values", "stated_at"}


def test_a_question_is_equal_by_its_inputs_and_shows_nothing_of_a_person() -> None:
    asked = Question(domain="acme.com", email="joan.canary@acme.com", ip="203.0.113.7", company="Joan Canary")
    assert asked == Question(domain="acme.com", email="joan.canary@acme.com", ip="203.0.113.7", company="Joan Canary")
    assert len({asked, Question(domain="acme.com")}) == 2
    assert "anary" not in f"{asked} {asked!r}" and "203.0" not in repr(asked)
    assert [asked.given(name) for name in INPUTS][:2] == ["acme.com", "joan.canary@acme.com"]
    assert Question(domain="").given("domain") is None
