"""The laws of the whole chain: what a person said stands, order changes nothing, a refusal leaves nothing."""

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_enrich.core.answers import NOT_FOUND, UNAVAILABLE, Answer, Gathered
from leadline_enrich.core.chain import Learned, learn
from leadline_enrich.core.company_domain import company_domain
from leadline_enrich.core.sight import Sight
from leadline_enrich.rules_examples import Touches, as_captured
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.enriched import Fact
from tests.unit.enrich.leads import NOW, RULES

some = st.sampled_from
LEADS = st.fixed_dictionaries(
    {},
    optional={
        "email": some(["ann@acme.example", "ann@acme.de", "ann@gmail.com", "info@acme.ch", "x@mailinator.com"]),
        "phone": some(["+41446681800", "+12125550142", "+80012345678"]),
        "title": some(["CEO", "Leiter Einkauf", "Assistant to the CFO", "Werkstudent", "wizard"]),
        "city": some(["Paris", "München, Germany", "Austin, TX 78701"]),
        "state": some(["TX", "Ontario"]),
        "country": some(["DE", "US"]),
        "language": some(["fr", "en"]),
        "employees": st.integers(1, 9000),
        "industry": some(["logistics", "Retail", "farming"]),
        "ip": some(["193.99.144.0", "2003:e0::", "10.0.0.0", "8.8.8.0"]),
        "source": some(["website_form", "crm", "manual"]),
    },
)
ANSWERS = st.one_of(
    st.just(NOT_FOUND),
    st.just(UNAVAILABLE),
    st.builds(
        lambda values, days: Answer(status="found", values=values, stated_at=NOW - timedelta(days=days)),
        st.fixed_dictionaries(
            {},
            optional={
                "employees": st.integers(1, 9000),
                "industry": some(["logistics", "retail"]),
                "country": some(["FR", "SE"]),
            },
        ),
        st.integers(0, 300),
    ),
)
TOUCHES = st.one_of(st.none(), st.just(Touches(first="paid_search", last="email")))
cases = settings(max_examples=80)


def run(event: LeadCaptured, answer: Answer, earlier: dict[str, Fact] | None = None) -> Learned:
    company = company_domain(event.lead, RULES.lists, RULES.registrable)
    said = {**dict.fromkeys((each.name for each in RULES.providers), answer), "accounts": NOT_FOUND}
    gathered = Gathered(domain=company.domain if company else None, answers=said)
    return learn(Sight(event, company, gathered, earlier or {}, RULES, NOW))


@cases
@given(LEADS, TOUCHES, ANSWERS)
def test_what_a_person_said_is_never_overwritten(lead: dict[str, Any], came: Touches | None, answer: Answer) -> None:
    event = as_captured(lead, NOW, touches=came)
    values = run(event, answer).effective
    for field in ("country", "language"):
        if field in lead:
            assert (getattr(values, field), values.sources[field]) == (lead[field], "stated")
    if lead.get("source") in RULES.person_sources:
        for field in ("employees", "industry"):
            if field in lead:
                assert values.sources[field] == "stated"
    assert event.lead == as_captured(lead, NOW, touches=came).lead  # facts are written, the lead's fields never


@cases
@given(LEADS, ANSWERS, ANSWERS)
def test_two_answers_leave_the_same_whichever_came_first(lead: dict[str, Any], one: Answer, other: Answer) -> None:
    event = as_captured(lead, NOW)
    if one.stated_at == other.stated_at:
        return
    first = run(event, other, run(event, one).facts)
    second = run(event, one, run(event, other).facts)
    assert first.effective == second.effective
    values = [{name: (fact.value, fact.at) for name, fact in each.facts.items() if fact.value is not None}
              for each in (first, second)]  # fmt: skip
    assert values[0] == values[1]


@cases
@given(LEADS, TOUCHES, ANSWERS)
def test_learning_the_same_again_changes_nothing(lead: dict[str, Any], came: Touches | None, answer: Answer) -> None:
    event = as_captured(lead, NOW, touches=came)
    once = run(event, answer)
    assert run(event, answer, once.facts) == once


@cases
@given(LEADS, TOUCHES, ANSWERS)
def test_every_fact_has_a_value_or_a_reason_and_says_how_sure_it_is(
    lead: dict[str, Any], came: Touches | None, answer: Answer
) -> None:
    learned = run(as_captured(lead, NOW, touches=came), answer)
    written = {name for link in RULES.links for name in link.writes}
    assert set(learned.facts) <= written
    for fact in learned.facts.values():
        assert (fact.value is None) == (fact.absent is not None)
        assert 0 < fact.confidence <= 1


@cases
@given(LEADS, TOUCHES, ANSWERS, ANSWERS)
def test_who_refuses_to_be_profiled_is_known_by_its_own_words_alone(
    lead: dict[str, Any], came: Touches | None, answer: Answer, before: Answer
) -> None:
    known = run(as_captured(lead, NOW, touches=came), before).facts
    event = as_captured(lead, NOW, touches=came, refused=["profiling"])
    learned = run(event, answer, known)
    withheld = {name for link in RULES.links if link.needs_consent == "profiling" for name in link.writes}
    assert withheld > {"employees", "seniority", "country:ip"}
    assert {learned.facts[name].absent for name in withheld} == {"consent"}
    assert learned.complete
    assert set(learned.effective.sources.values()) <= {"stated", "phone", "email_domain", "address", "country"}
