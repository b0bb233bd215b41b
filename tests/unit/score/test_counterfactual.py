"""What would make a lead hot, or an MQL: the smallest sets, each found by judging it (rules B3.9, defaults C3)."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_schemas.activity import Activity
from leadline_schemas.scored import Scorecard
from leadline_score.core.counterfactual import Counterfactual, Counterfactuals, counterfactuals, with_changes
from leadline_score.core.exact import microseconds, thousandths
from leadline_score.core.known import known
from leadline_score.core.scorecard import Evidence, judge
from tests.unit.score.builders import act, asked, at, loaded
from tests.unit.score.golden import golden_snapshot
from tests.unit.score.test_levels import rules_with

NOON = at("03-12T16:00:00")
IDEAL = {"title": "CEO", "employees": 200, "industry": "logistics", "budget": "1", "timeline_months": 1}


def found(lead: dict[str, Any], *acts: Activity, requests: tuple[Any, ...] = (), **more: Any) -> Counterfactuals:
    return counterfactuals(
        Evidence(lead, acts, requests), more.pop("rules", loaded().rules), microseconds(NOON), **more
    )


def said(some: tuple[Counterfactual, ...]) -> list[str]:
    return [" + ".join(f"{c.words} (+{c.gain // 1000})" for c in each.changes) for each in some]


def test_g10_lacks_intent_alone_and_ten_points_of_any_kind_make_it_an_mql() -> None:
    told = golden_snapshot("G10", "g10-1")
    evidence = Evidence(known(told), told.captured.acts, told.captured.requests)
    reached = counterfactuals(evidence, loaded().rules, microseconds(told.captured.received_at))
    assert reached.complete
    assert said(reached.hot)[:2] == ["demo request (+30)", "pricing inquiry (+30)"]
    singles = [each for each in said(reached.mql) if " + " not in each]
    assert {"pricing page (+10)", "download (+10)", "webinar attended (+10)", "e-mail reply (+15)"} < set(singles)
    assert not any("budget" in each for each in singles), "fit is no intent: an MQL needs ten of that"


def test_a_fact_that_is_unknown_is_told_with_what_it_would_have_to_be() -> None:
    acts = [act(f"v{d}", "page.viewed", at(f"03-{d:02}T15:00:00"), tag="pricing") for d in (9, 10, 11)]
    reached = found({"title": "CEO", "industry": "logistics"}, *acts)  # 40 + 30, one act short of nothing: 70
    assert reached.mql == (), "an MQL already"
    facts = found({"title": "Sales Manager", "industry": "logistics"}, *acts)  # 33 + 30
    assert said(facts.mql)[:1] == ["demo request (+30)"]
    assert "employees 50 to 999 (+20)" in said(facts.mql)
    assert "budget known (+5) + timeline up to 3 (+5)" in said(facts.mql)
    title = found({"employees": 200, "industry": "retail"}, *acts)
    assert "title: decision maker (+15)" in said(title.mql)


def test_a_goal_that_is_reached_or_that_a_veto_forbids_has_none() -> None:
    demo = act("demo", "form.submitted", NOON, request_type="demo_request")
    reached = found(IDEAL, demo, requests=(asked("demo", "demo_request", NOON),))
    assert (reached.hot, reached.mql) == ((), ())
    student = found({"title": "Student"})
    assert student.mql == ()
    assert "demo request (+30)" in said(student.hot)


def test_nothing_is_told_of_a_lead_that_must_not_be_profiled() -> None:
    evidence = Evidence({}, (), withheld=True)
    assert counterfactuals(evidence, loaded().rules, microseconds(NOON)) == Counterfactuals((), (), complete=True)


def test_a_search_that_is_cut_short_says_so() -> None:
    assert not found({}, most_judged=40).complete


def test_a_full_group_leaves_a_hand_raise_its_word_though_not_its_points() -> None:
    rules = rules_with(("hand_raises", ["demo_request"]))
    call = act("call", "call.inbound_answered", NOON)
    mail = act("mail", "form.submitted", NOON, request_type="pricing_inquiry")
    reached = found({}, call, mail, rules=rules)
    assert said(reached.mql)[:1] == ["demo request (+0)"]


leads = st.fixed_dictionaries(
    {},
    optional={
        "title": st.sampled_from(["CEO", "Sales Manager", "Student", "Analyst"]),
        "employees": st.sampled_from([3, 30, 300, 3000]),
        "industry": st.sampled_from(["logistics", "retail", "mining"]),
        "domain_class": st.sampled_from(["free", "disposable"]),
    },
)
DONE = [
    ("content.downloaded", None), ("webinar.attended", None), ("page.viewed", "pricing"), ("email.clicked", None),
    ("product.activated", None), ("email.bounced", None),
]  # fmt: skip


@settings(max_examples=10, deadline=None)
@given(leads, st.lists(st.tuples(st.sampled_from(DONE), st.integers(1, 60)), max_size=5))
def test_each_set_really_reaches_its_goal_and_none_of_its_parts_does(
    lead: dict[str, Any], done: list[tuple[tuple[str, str | None], int]]
) -> None:
    rules, now = loaded().rules, microseconds(NOON)
    acts = [
        act(f"a{n}", kind, at("01-11T16:00:00") if days > 31 else at(f"02-{days % 28 + 1:02}T12:00:00"), tag=tag)
        for n, ((kind, tag), days) in enumerate(done)
    ]
    evidence = Evidence(lead, acts)
    before = judge(evidence, rules, now).card
    reached = counterfactuals(evidence, rules, now, most_judged=300)
    for goal, some in (("hot", reached.hot), ("mql", reached.mql)):
        if some:
            assert (before.temperature != "hot") if goal == "hot" else not before.mql
        for each in some[:20]:
            card = judge(with_changes(evidence, each.changes), rules, now).card
            assert reaches(goal, card)
            assert (thousandths(card.total), card.grade) == (each.total, each.grade)
            for left_out in each.changes:
                rest = [change for change in each.changes if change is not left_out]
                assert not reaches(goal, judge(with_changes(evidence, rest), rules, now).card)


def reaches(goal: str, card: Scorecard) -> bool:
    return card.temperature == "hot" if goal == "hot" else card.mql
