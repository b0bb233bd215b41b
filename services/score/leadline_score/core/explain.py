"""The scorecard in one line that a person can add up: `85 = 200 employees 20 + target industry 25 + ...`."""

from collections.abc import Sequence
from typing import NamedTuple

from leadline_schemas.scored import Learned, Override
from leadline_score.core.bands import Bands
from leadline_score.core.days import same_week, short, weekday, words
from leadline_score.core.exact import microseconds, plain
from leadline_score.core.fit import Fit
from leadline_score.core.intent import Counted, Intent, called
from leadline_score.core.matching import Scored
from leadline_score.core.rulebook import ActRule, ScoreRules
from leadline_score.core.signals import Signals
from leadline_score.core.standing_in import Effective


class Judged(NamedTuple):
    """What the line tells of, as of an instant in microseconds. `values`: those that count, `overrides`: in force."""

    fit: Fit
    intent: Intent
    signals: Signals
    as_of: int
    values: Effective
    overrides: Sequence[Override] = ()
    learned: Learned | None = None


def explain(judged: Judged, rules: ScoreRules) -> str:
    """The line. Its terms are what counted, so they add up to the unclipped total."""
    fit, intent = judged.values.fit, judged.values.intent
    found = rules.bands.total(fit, intent)
    terms = [*_terms("fit", judged, rules), *_terms("intent", judged, rules)]
    shown = f"{found // 1000}" if found % 1000 == 0 else f"{found // 1000} ({plain(found)})"
    line = f"{shown} = {' + '.join(terms)}" if terms else f"{shown}: nothing known yet that counts"
    line += _clips(judged, fit + intent, rules.bands)
    line += judged.fit.missing + _by_model(judged) + _missing(judged, found, rules)
    if not judged.overrides:
        return line
    return line + _set([each for each in judged.overrides if each.target in ("mql", "veto")], rules)


def withheld(overrides: Sequence[Override], rules: ScoreRules) -> str:
    """The line of a lead that must not be profiled."""
    return "not scored: the lead refused to be profiled" + _set(overrides, rules)


def _terms(name: str, judged: Judged, rules: ScoreRules) -> Sequence[str]:
    """What the value of a dimension is made of: what counted, or that a person set it."""
    for each in judged.overrides:
        if each.target == name:
            value = plain(judged.values.fit if name == "fit" else judged.values.intent)
            return [
                f"{name} set by {each.author} {value} (until {_day(each, rules)}, computed {_points(each.computed)})"
            ]
    return judged.fit.terms if name == "fit" else _act_terms(judged, rules)


def _act_terms(judged: Judged, rules: ScoreRules) -> list[str]:
    passed_over, today = judged.intent.passed_over, rules.days.ordinal(judged.as_of)
    found: list[str] = []
    told: ActRule | None = None
    for members in _of_one_name(judged.intent.counted):
        rule = members[0].scored.rule
        left_out = None if rule is told else passed_over.get(rule.rule)  # once, though acts may have several names
        told = rule
        counting = [each for each in members if each.counted]
        if counting:
            notes = [_left_out(left_out, rule.noun, today)] if left_out else []
            found.append(_act_term(members, counting, notes, today))
    return found


def _of_one_name(counted: list[Counted]) -> list[list[Counted]]:
    """The acts that each term tells of: all of a rule, which stand together, or those of them with one name."""
    found: list[list[Counted]] = []
    rule: ActRule | None = None
    members: list[Counted] | None = None
    by_name: dict[str, list[Counted]] = {}
    for each in counted:
        if each.scored.rule is not rule:
            rule, members = each.scored.rule, None
            if rule.named:
                by_name = {}
        if each.scored.rule.named:
            members = by_name.get(called(each.scored))
        if members is None:
            members = []
            found.append(members)
            if each.scored.rule.named:
                by_name[called(each.scored)] = members
        members.append(each)
    return found


def _act_term(members: list[Counted], counting: list[Counted], notes: list[str], today: int) -> str:
    """What acts of one name gave, when, and of how much; `today` is a day's ordinal."""
    before = points = 0
    for each in members:
        before += each.points
        points += each.counted
    said = called(members[0].scored)
    if len(counting) > 1:  # in order of time, as all acts of a rule
        first = day = counting[0].scored.day
        days = 1
        for each in counting:
            if each.scored.day != day:
                day = each.scored.day
                days += 1
        said += f" on {days} days" if days == len(counting) else f" {len(counting)} times"
        if same_week(first, today) and same_week(day, today):
            said += " this week"
    if before != points:
        notes.insert(0, f"of {plain(before)}, capped")
    return f"{said} {plain(points)} ({'; '.join(notes)})" if notes else f"{said} {plain(points)}"


def _left_out(scored: list[Scored], noun: str, today: int) -> str:
    if len(scored) > 1:
        return f"{len(scored)} more {noun}s not counted"
    day = scored[0].day
    return f"a second {noun} on {weekday(day) if same_week(day, today) else words(day)} not counted"


def _clips(judged: Judged, unclipped: int, bands: Bands) -> str:
    is_set = [each.target for each in judged.overrides]
    said: list[str] = []
    if judged.fit.known < 0 and "fit" not in is_set:
        said.append("fit not below 0")
    if judged.intent.sums.known < 0 and "intent" not in is_set:
        said.append("intent not below 0")
    if unclipped > bands.total_cap:
        said.append(f"{plain(unclipped)} capped at {plain(bands.total_cap)}")
    if unclipped < bands.total_floor:
        said.append(f"{plain(unclipped)} raised to {plain(bands.total_floor)}")
    return f", {', '.join(said)}" if said else ""


def _by_model(judged: Judged) -> str:
    """That a promoted model's points count in place of the total for the MQL band; in shadow they are not spoken of."""
    learned = judged.learned
    if learned is None or learned.mode != "promoted":
        return ""
    return f"; the learned score decides on MQL: {_shown(learned)} of 100"


def _shown(learned: Learned) -> str:
    return learned.points.rstrip("0").rstrip(".")


def _missing(judged: Judged, found: int, rules: ScoreRules) -> str:
    """What keeps a lead that nothing stops from being an MQL: the distance, and the minimum it does not reach."""
    if judged.signals.mql or judged.signals.signal == "none" or any(each.target == "mql" for each in judged.overrides):
        return ""
    bands = rules.bands
    if judged.learned is not None and judged.learned.mode == "promoted":
        said = [] if judged.learned.in_band else [f"MQL begins at {plain(bands.mql.enter)}"]
    else:
        said = [f"{plain(bands.mql.enter - found)} below MQL"] if found < bands.mql.enter else []
    for name, value, least in (
        ("fit", judged.values.fit, bands.mql_fit),
        ("intent", judged.values.intent, bands.mql_intent),
    ):
        if value < least:
            said.append(f"{name} {plain(value)} of the {plain(least)} that an MQL needs")
    return f"; {', '.join(said)}" if said else ""


def _set(overrides: Sequence[Override], rules: ScoreRules) -> str:
    """What people set besides the values, or set in vain. Never why: they write there what they like."""
    return "".join(f"; {_setting(each, rules)}" for each in overrides)


def _setting(each: Override, rules: ScoreRules) -> str:
    names = {"mql": "MQL", "veto": f"veto {each.veto}"}
    answers = {"mql": ("no", "yes"), "veto": ("off", "on")}.get(each.target)
    value = f" {answers[each.value is True]}" if answers else ""
    said = f"{names.get(each.target, each.target)} set{value} by {each.author} until {_day(each, rules)}"
    return f"{said}, to no effect: {each.without_effect}" if each.without_effect else said


def _day(each: Override, rules: ScoreRules) -> str:
    return short(rules.days.day(microseconds(each.until)))


def _points(value: bool | str) -> str:
    return str(value).rstrip("0").rstrip(".")
