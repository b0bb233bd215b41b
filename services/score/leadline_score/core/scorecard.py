"""The whole judgement of a lead as of one instant: a pure function of its acts, what is known of it and the rules."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from leadline_runtime.core.values import dataclass
from leadline_schemas.activity import Activity
from leadline_schemas.event import filled
from leadline_schemas.lead import Request
from leadline_schemas.scored import Dimension, Learned, Override, Recheck, Scorecard, Veto
from leadline_score.core.bands import outside
from leadline_score.core.decay import NEVER
from leadline_score.core.exact import instant, microseconds, text
from leadline_score.core.explain import Judged, explain, withheld
from leadline_score.core.fit import Fit, judge_fit
from leadline_score.core.intent import Intent, intent_dimension, judge_intent
from leadline_score.core.learned_course import LearnedCourse, LearnedVerdict, course_by_model, judge_learned, told_of
from leadline_score.core.marks import Mark
from leadline_score.core.matching import Scored, assign
from leadline_score.core.overrides import NOTHING_SET, InForce, in_force
from leadline_score.core.recheck import next_recheck
from leadline_score.core.rulebook import ScoreRules
from leadline_score.core.set_course import walk_set
from leadline_score.core.signals import Signals, hand_raised, signals
from leadline_score.core.standing_in import Computed, Effective, dimension, effective, fixed, overrides
from leadline_score.core.trajectory import Course, FitCourse, fit_course, mark_of, walk
from leadline_score.core.vetoes import judge_vetoes, with_set

_NOTHING = Dimension(value="0.000", known="0.000", positives="0.000", after_cap="0.000", penalties="0.000")
_card_of: Final = filled(Scorecard)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a lead is judged on. `fits` is the course its fit took so far, `mark` how far it was walked under these
    rules; `withheld`: it must not be profiled; `orders`: the acts with which people override the score;
    `learned`: the course of its learned score.
    """

    known: dict[str, Any]
    acts: Sequence[Activity]
    requests: Sequence[Request] = ()
    fits: FitCourse = ()
    mark: Mark | None = None
    truncated: bool = False
    withheld: bool = False
    orders: Sequence[Activity] = ()
    learned: LearnedCourse | None = None


class Verdict(NamedTuple):
    """The scorecard, when it last qualified, what the next judgement goes on from, and when an act not yet happened or
    an override that begins or ends is to be looked at. Instants in microseconds.
    """

    card: Scorecard
    qualified_at: int | None
    fits: FitCourse
    mark: Mark | None
    pending: int | None
    learned: LearnedCourse | None = None


def judge(evidence: Evidence, rules: ScoreRules, as_of: int, *, brief: bool = False) -> Verdict:
    """Judge a lead as of an instant (microseconds); what happens later waits.

    `brief`: without words and the next change by decay, which cost as much as the rest; for who compares.
    """
    if evidence.withheld:
        return _withhold(evidence, rules, as_of)
    fit = judge_fit(evidence.known, rules)
    fits = fit_course(evidence.fits, fit.value, as_of)
    scored = assign(evidence.acts, rules)
    machine = [each for each in scored if each.automated]
    human = [each for each in scored if not each.automated] if machine else scored
    course = walk(human, fits, rules, as_of, evidence.mark)
    mark = mark_of(course, human, as_of)
    intent = judge_intent(course.tallies, machine, rules, as_of)
    settings = in_force(evidence.orders, as_of) if evidence.orders else NOTHING_SET
    shown = _set_course(course, human, fits, rules, settings, as_of)
    found = _learned(evidence, rules, as_of)
    told = told_of(rules.learned, found, course.standing.mql) if rules.learned and found else None
    if told is not None and found is not None and told.mode == "promoted":
        shown, course = (course_by_model(each, found.band, rules.bands) for each in (shown, course))
    card = _card(evidence, rules, _Parts(fit, intent, course, shown, settings, as_of, brief, told))
    pending = _pending(human, evidence, rules, settings, as_of)
    return Verdict(card, shown.standing.qualified_at, fits, mark, pending, found.course if found else None)


def _learned(evidence: Evidence, rules: ScoreRules, as_of: int) -> LearnedVerdict | None:
    """What the model makes of the lead, if there is one."""
    if rules.learned is None:
        return None
    captured_at = min((request.start for request in evidence.requests), default=None)
    return judge_learned(rules.learned, evidence.known, captured_at, evidence.learned, rules.bands.mql, as_of)


def _set_course(
    course: Course, human: list[Scored], fits: FitCourse, rules: ScoreRules, settings: InForce, as_of: int
) -> Course:
    """The course with a person's values in place of the computed ones, if any is in force."""
    if settings.fit is None and settings.intent is None:
        return course
    fit, intent = fixed(settings.fit, rules.fit_caps.cap), fixed(settings.intent, rules.intent_caps.cap)
    return walk_set(human, fits, rules, as_of, fit, intent)


def _pending(acts: list[Scored], evidence: Evidence, rules: ScoreRules, settings: InForce, as_of: int) -> int | None:
    """The earliest of what is known already but happens only after `as_of`."""
    found = NEVER if settings.changes_at is None else settings.changes_at
    for request in evidence.requests:
        if request.type in rules.hand_raises:
            start = microseconds(request.start)
            if start > as_of:
                found = min(found, start)
    for scored in reversed(acts):
        if scored.at <= as_of:
            break
        found = min(found, scored.at)
    return None if found == NEVER else found


class _Parts(NamedTuple):
    """`course` is that of the computed values, `shown` the one whose bands count."""

    fit: Fit
    intent: Intent
    course: Course
    shown: Course
    settings: InForce
    as_of: int
    brief: bool = False
    learned: Learned | None = None


def _card(evidence: Evidence, rules: ScoreRules, parts: _Parts) -> Scorecard:
    standing, settings = parts.shown.standing, parts.settings
    values = effective(parts.fit.value, parts.intent.sums.value, settings, rules)
    fit, intent = values.fit, values.intent
    computed_vetoes = judge_vetoes(evidence.known, rules)
    vetoes = with_set(computed_vetoes, settings.vetoes, rules)
    raised = hand_raised(evidence.requests, rules.hand_raises, parts.as_of)
    wanted = settings.mql.on if settings.mql else None
    found = signals(standing, raised, vetoes, intent, wanted)
    whole = rules.bands.total(fit, intent)
    told = _overrides(parts, values, rules, raised, computed_vetoes, vetoes)
    return _card_of(
        {
            "as_of": instant(parts.as_of),
            "fit": dimension(parts.fit.dimension, settings.fit, fit),
            "intent": dimension(intent_dimension(parts.intent, rules, brief=parts.brief), settings.intent, intent),
            "total": text(whole),
            "unclipped_total": text(fit + intent),
            "display": whole // 1000,
            "grade": f"{rules.letters[standing.letter]}{standing.digit + 1}",
            "temperature": rules.temperatures[standing.digit],
            "signal": found.signal,
            "hand_raise": raised,
            "mql": found.mql,
            "mql_by_score": standing.mql,
            "mql_reasons": found.reasons,
            "mql_entry": standing.entries,
            "fast_track": found.fast_track,
            "sql_suggested": found.mql and _sql(evidence, rules, fit, parts.fit.matched, raised),
            "vetoes": vetoes,
            "gaps": parts.fit.gaps,
            "next_recheck": _recheck(parts, found, rules, settled=bool(vetoes) or wanted is False),
            "truncated": evidence.truncated,
            "withheld": False,
            "explanation": ""
            if parts.brief
            else explain(Judged(parts.fit, parts.intent, found, parts.as_of, values, told, parts.learned), rules),
            "overrides": told or None,
            "learned": parts.learned,
        }
    )


def _recheck(parts: _Parts, found: Signals, rules: ScoreRules, *, settled: bool) -> Recheck | None:
    """The next change by decay; `settled`: vetoes or a person decide, so that no fast track is left."""
    if parts.brief:
        return None
    iql = found.signal == "IQL"
    return next_recheck(parts.shown, rules, parts.as_of, qualified=found.mql or settled, iql=iql)


def _overrides(
    parts: _Parts,
    values: Effective,
    rules: ScoreRules,
    raised: bool,
    computed_vetoes: tuple[Veto, ...],
    vetoes: tuple[Veto, ...],
) -> tuple[Override, ...]:
    if parts.settings is NOTHING_SET:
        return ()
    fit, intent = parts.fit.value, parts.intent.sums.value
    mql = signals(parts.course.standing, raised, computed_vetoes, intent).mql
    computed = Computed(fit, intent, mql, computed_vetoes)
    return overrides(parts.settings, computed, values, rules, vetoed=vetoes, withheld=False)


SQL_FIELDS = frozenset({"hand_raise", "fit", "fit_rules"})


def _sql(evidence: Evidence, rules: ScoreRules, fit: int, matched: tuple[str, ...], hand_raise: bool) -> bool:
    """Is it worth suggesting to a person that this is an SQL (rules B6.4)?"""
    asked = {**evidence.known, "hand_raise": hand_raise, "fit": fit / 1000, "fit_rules": matched}
    return rules.sql.first(asked) == 0


def _withhold(evidence: Evidence, rules: ScoreRules, as_of: int) -> Verdict:
    """Routing by type and territory only: what the lead asked for, what stops it, and whom people want to be called,
    are no profile (rules B1.9).
    """
    settings, nowhere = in_force(evidence.orders, as_of), outside(rules.bands)
    computed_vetoes = judge_vetoes(evidence.known, rules)
    vetoes = with_set(computed_vetoes, settings.vetoes, rules)
    raised = hand_raised(evidence.requests, rules.hand_raises, as_of)
    found = signals(nowhere, raised, vetoes, 0, settings.mql.on if settings.mql else None)
    computed = Computed(0, 0, signals(nowhere, raised, computed_vetoes, 0).mql, computed_vetoes)
    told = overrides(settings, computed, Effective(0, 0), rules, vetoed=vetoes, withheld=True)
    card = Scorecard(
        as_of=instant(as_of),
        fit=_NOTHING,
        intent=_NOTHING,
        total="0.000",
        unclipped_total="0.000",
        display=0,
        grade=f"{rules.letters[-1]}{len(rules.bands.digit) + 1}",
        temperature=rules.temperatures[-1],
        signal=found.signal,
        hand_raise=raised,
        mql=found.mql,
        mql_by_score=False,
        mql_reasons=found.reasons,
        fast_track=False,
        sql_suggested=False,
        vetoes=vetoes,
        withheld=True,
        explanation=withheld(told, rules),
        overrides=told or None,
    )
    pending = _pending([], evidence, rules, settings, as_of)
    return Verdict(card, None, evidence.fits, None, pending, evidence.learned)
