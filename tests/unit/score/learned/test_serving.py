"""A learned score at work: told in contributions that add up, deciding nothing in shadow, and the MQL band promoted."""

import subprocess
import sys
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline_schemas.consent import ConsentRecord
from leadline_schemas.enriched import Effective, LeadEnriched
from leadline_schemas.lead import Lead
from leadline_schemas.scored import Learned, Scorecard
from leadline_score.core.exact import microseconds
from leadline_score.core.learned import FULL, TOLD, assess
from leadline_score.core.scorecard import Evidence, judge
from leadline_score.learned_file import FeatureFile, compile_model, digest_of
from tests.unit.score.builders import Desk, act, asked, at, loaded, snapshot
from tests.unit.score.learned.models import PROMOTED, model, rules

NOON = at("03-10T16:00:00")
DOWNLOAD = act("download", "content.downloaded", NOON, request_type="content_download")  # intent 10
SHADOW, BY_MODEL = rules(), rules(stages=[PROMOTED])


def known(employees: int | None = 200, lead: Lead | None = None, acts: tuple[Any, ...] = (DOWNLOAD,)) -> LeadEnriched:
    effective = Effective(country="US", employees=employees, industry="logistics", domain_class="corporate")
    wanted = asked("download", "content_download", NOON)
    return snapshot(NOON, lead or Lead(source="referral"), effective, acts, requests=(wanted,))


def judged(enriched: LeadEnriched, in_force: Any = SHADOW) -> Scorecard:
    desk = Desk()
    desk.rules = in_force
    desk.snapshot(enriched)
    return desk.last.scorecard


def learned(card: Scorecard) -> Learned:
    assert card.learned is not None
    return card.learned


def test_points_by_hand() -> None:
    told = learned(judged(known(employees=1000)))
    assert told.points == "80.000"  # 50, source 10, size 20; no lead holds its landing page: the average one
    assert told.probability == "0.8808"  # 1 / (1 + e^-(-1 + 1 + 2))
    assert [(each.rule, each.counted, each.why) for each in told.contributions] == [
        ("learned.size", "20.000", "Size: over 500"),
        ("learned.lead_source", "10.000", "Lead Source: referral"),
    ]
    assert (told.mode, told.version, told.unknown, told.in_band) == ("shadow", "made-by-hand-1", 0, True)


def test_what_is_not_known_is_counted() -> None:
    told = learned(judged(known(employees=None)))
    assert told.unknown == 1
    assert told.points == "60.000"


VALUES = {
    "source": st.one_of(st.none(), st.text(max_size=5), st.sampled_from(["referral", "purchased_list"])),
    "employees": st.one_of(st.none(), st.integers(), st.floats(), st.text(max_size=5), st.booleans()),
}


@given(st.fixed_dictionaries(VALUES))
def test_contributions_add_up_and_points_rise_with_the_probability(facts: dict[str, Any]) -> None:
    compiled = compile_model(model())
    found = assess(compiled, facts)
    whole = 50 + sum(Decimal(each.counted) for each in found.contributions)
    assert found.points == min(FULL, max(0, whole * 1000))
    assert 0 < found.probability < 1
    average = assess(compiled, {})
    assert (found.points > average.points) == (found.probability > average.probability + 1e-12)


def test_of_many_contributions_the_weakest_are_told_as_one_sum() -> None:
    made = model()
    features = [
        FeatureFile(
            name=f"f{n}",
            column=f"f{n}",
            field="employees",
            kind="number",
            edges=(0.0,),
            weights=(0, n + 1, 0),
            shares=(1, 0, 0),
        )
        for n in range(12)
    ]
    found = assess(compile_model(made.model_copy(update={"features": tuple(features)})), {"employees": 5})
    assert len(found.contributions) == TOLD
    assert found.contributions[-1].why == "5 further things that matter less"
    assert sum(Decimal(each.counted) for each in found.contributions) == sum(10 * (n + 1) for n in range(12))


@given(
    st.sampled_from(["referral", "purchased_list", "website_form"]),
    st.one_of(st.none(), st.integers(1, 5000)),
    st.integers(0, 4),
)
def test_a_model_in_shadow_changes_nothing(source: str, employees: int | None, views: int) -> None:
    seen = [act(f"view {n}", "page.viewed", NOON + timedelta(days=n), tag="pricing") for n in range(views)]
    evidence = Evidence({"source": source, "employees": employees, "country": "US"}, [DOWNLOAD, *seen])
    as_of = microseconds(NOON + timedelta(days=10))
    without = judge(evidence, loaded().rules, as_of)
    beside = judge(evidence, SHADOW.rules, as_of)
    assert beside.card.model_copy(update={"learned": None}) == without.card
    assert (beside.qualified_at, beside.fits, beside.pending) == (without.qualified_at, without.fits, without.pending)


def test_who_refused_to_be_profiled_has_no_learned_score() -> None:
    no = ConsentRecord(purpose="profiling", channel="any", state="declined", at=NOON, source="form")
    for in_force in (SHADOW, BY_MODEL):
        card = judged(known(lead=Lead(source="referral", consent=(no,))), in_force)
        assert card.withheld
        assert card.learned is None


def test_promoted_its_points_make_an_mql_in_place_of_the_total() -> None:
    shadow, promoted = judged(known(employees=1000)), judged(known(employees=1000), BY_MODEL)
    assert (shadow.mql, learned(shadow).total_in_band) == (False, False)
    assert (promoted.mql, promoted.mql_by_score, promoted.mql_reasons) == (True, True, ("score",))
    assert promoted.total == shadow.total, "the rules' points stay as they are"
    assert "the learned score decides on MQL: 80 of 100" in promoted.explanation
    low = judged(known(employees=20), BY_MODEL)
    assert not low.mql
    assert "MQL begins at 70" in low.explanation


def test_the_minima_hold_for_a_promoted_model_too() -> None:
    quiet = judged(known(employees=1000, acts=()), BY_MODEL)
    assert learned(quiet).in_band
    assert not quiet.mql, "who did nothing is no MQL, whatever a model thinks of him"


def test_hand_raises_and_vetoes_are_untouched_by_a_promoted_model() -> None:
    demo = act("demo", "form.submitted", NOON, request_type="demo_request")
    wanted = asked("demo", "demo_request", NOON)
    effective = Effective(country="US", employees=10, domain_class="corporate")
    raised = judged(snapshot(NOON, Lead(source="purchased_list"), effective, (demo,), requests=(wanted,)), BY_MODEL)
    assert learned(raised).points == "30.000"
    assert raised.mql_reasons == ("hand_raise",)
    student = judged(known(employees=1000, lead=Lead(source="referral", title="student")), BY_MODEL)
    assert student.vetoes
    assert not student.mql


def test_the_band_is_left_lower_than_it_is_entered() -> None:
    desk = Desk()
    desk.rules = BY_MODEL
    points = []
    for number, (employees, source) in enumerate(
        [(200, "referral"), (1000, "other"), (200, "referral"), (200, "other")]
    ):
        later = NOON + timedelta(minutes=number)
        effective = Effective(country="US", employees=employees, industry="logistics", domain_class="corporate")
        wanted = asked("download", "content_download", NOON)
        desk.snapshot(
            snapshot(later, Lead(source=source), effective, (DOWNLOAD,), requests=(wanted,), revision=number + 1)
        )
        told = learned(desk.last.scorecard)
        points.append((told.points, told.in_band, desk.last.scorecard.mql_entry))
    assert points == [("60.000", False, 0), ("70.000", True, 1), ("60.000", True, 1), ("50.000", False, 1)]


def test_time_ends_what_rests_on_intent() -> None:
    card = judged(known(employees=1000), BY_MODEL)
    assert card.next_recheck is not None
    assert "intent below what an MQL needs" in card.next_recheck.change


def test_promoting_is_a_change_of_rules_that_leads_are_judged_by_again() -> None:
    desk = Desk()
    desk.rules = SHADOW
    desk.snapshot(known(employees=1000))
    assert not desk.last.scorecard.mql
    desk.rejudge(BY_MODEL)
    assert (desk.last.cause, desk.last.scorecard.mql) == ("rules_change", True)
    assert desk.last.basis.rules.digest == BY_MODEL.ref.digest != SHADOW.ref.digest
    assert desk.last.review is not None, "who newly qualifies waits for a person"
    desk.rejudge(SHADOW)
    assert not desk.last.scorecard.mql


def test_a_judgement_again_on_the_same_evidence_is_the_same() -> None:
    evidence = Evidence({"source": "referral", "employees": 1000}, [DOWNLOAD])
    first = judge(evidence, BY_MODEL.rules, microseconds(NOON))
    again = judge(Evidence(evidence.known, evidence.acts, learned=first.learned), BY_MODEL.rules, microseconds(NOON))
    assert again.card == first.card
    assert again.learned == first.learned


def test_another_model_begins_its_own_course() -> None:
    evidence = Evidence({"source": "referral", "employees": 1000}, [DOWNLOAD])
    first = judge(evidence, SHADOW.rules, microseconds(NOON))
    other = rules(version="made-by-hand-2", points_per_log_odds=5.0)
    later = microseconds(NOON + timedelta(days=1))
    second = judge(Evidence(evidence.known, evidence.acts, learned=first.learned), other.rules, later)
    assert second.learned is not None
    assert second.learned.points == ((microseconds(NOON), 65_000),)


def test_promoting_does_not_change_what_a_model_is_called() -> None:
    assert digest_of(model()) == digest_of(model(stages=[PROMOTED]))
    assert digest_of(model()) != digest_of(model(intercept=0.0))


@pytest.mark.parametrize("module", ["leadline_score.app", "leadline_score.rules", "leadline_score.commands"])
def test_serving_needs_no_library_of_training(module: str) -> None:
    script = f"import sys, {module}; print(sorted({{'sklearn', 'numpy', 'scipy', 'pandas'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "[]"
