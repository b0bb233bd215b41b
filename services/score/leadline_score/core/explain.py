"""The scorecard in one line that a person can add up: `85 = 200 employees 20 + target industry 25 + ...`."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from leadline_schemas.scored import Gap, Learned, Override
from leadline_score.core.bands import Bands
from leadline_score.core.days import LocalDays, same_week, short, weekday
from leadline_score.core.exact import microseconds, plain
from leadline_score.core.fit import Fit
from leadline_score.core.intent import Counted, Intent, called
from leadline_score.core.matching import Scored
from leadline_score.core.rulebook import ScoreRules
from leadline_score.core.signals import Signals
from leadline_score.core.standing_in import Effective

WORTH_TELLING = 10  # points: smaller gaps are in the list only


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
    fit, intent = judged.values
    found = rules.bands.total(fit, intent)
    terms = [*_terms("fit", judged, rules), *_terms("intent", judged, rules)]
    shown = f"{found // 1000}" if found % 1000 == 0 else f"{found // 1000} ({plain(found)})"
    line = f"{shown} = {' + '.join(terms)}" if terms else f"{shown}: nothing known yet that counts"
    line += _clips(judged, fit + intent, rules.bands)
    line += _gaps(judged.fit.gaps) + _by_model(judged) + _missing(judged, found, rules)
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
    terms: dict[tuple[str, str], list[Counted]] = {}
    for each in judged.intent.counted:
        terms.setdefault((each.scored.rule.rule, called(each.scored)), []).append(each)
    passed_over: dict[str, list[Scored]] = {}
    for scored in judged.intent.passed_over:
        passed_over.setdefault(scored.rule.rule, []).append(scored)
    today, days = rules.days.day(judged.as_of), rules.days
    found = []
    for (rule, name), members in terms.items():
        left_out = passed_over.pop(rule, None)  # told once, though acts of the rule may have several names
        if any(member.counted for member in members):
            notes = [_left_out(left_out, members[0].scored.rule.noun, today, days)] if left_out else []
            found.append(_act_term(name, members, notes, today, days))
    return found


def _act_term(name: str, members: list[Counted], notes: list[str], today: date, days: LocalDays) -> str:
    counting = [m for m in members if m.counted]
    points = sum([m.counted for m in counting])
    before = sum([m.points for m in members])
    when = ""
    if len(counting) > 1:
        on = {days.ordinal(m.scored.at) for m in counting}
        when = f" on {len(on)} days" if len(on) == len(counting) else f" {len(counting)} times"
        week = today.toordinal() - today.weekday()
        if week <= min(on) and max(on) < week + 7:
            when += " this week"
    if before != points:
        notes.insert(0, f"of {plain(before)}, capped")
    return f"{name}{when} {plain(points)}" + (f" ({'; '.join(notes)})" if notes else "")


def _left_out(scored: Sequence[Scored], noun: str, today: date, days: LocalDays) -> str:
    if len(scored) > 1:
        return f"{len(scored)} more {noun}s not counted"
    day = days.day(scored[0].at)
    return f"a second {noun} on {weekday(day) if same_week(day, today) else short(day)} not counted"


def _clips(judged: Judged, unclipped: int, bands: Bands) -> str:
    known = {"fit": judged.fit.known, "intent": judged.intent.sums.known}
    is_set = {each.target for each in judged.overrides}
    said = [f"{name} not below 0" for name, value in known.items() if value < 0 and name not in is_set]
    if unclipped > bands.total_cap:
        said.append(f"{plain(unclipped)} capped at {plain(bands.total_cap)}")
    if unclipped < bands.total_floor:
        said.append(f"{plain(unclipped)} raised to {plain(bands.total_floor)}")
    return f", {', '.join(said)}" if said else ""


def _gaps(gaps: Sequence[Gap]) -> str:
    worth = [gap for gap in gaps if gap.worth_up_to >= WORTH_TELLING]
    worth.sort(key=lambda gap: -gap.worth_up_to)
    said = ", ".join(f"{gap.fact} unknown, worth up to {gap.worth_up_to}" for gap in worth)
    return f"; {said}" if said else ""


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
    words = {"mql": ("no", "yes"), "veto": ("off", "on")}.get(each.target)
    value = f" {words[each.value is True]}" if words else ""
    said = f"{names.get(each.target, each.target)} set{value} by {each.author} until {_day(each, rules)}"
    return f"{said}, to no effect: {each.without_effect}" if each.without_effect else said


def _day(each: Override, rules: ScoreRules) -> str:
    return short(rules.days.day(microseconds(each.until)))


def _points(value: bool | str) -> str:
    return str(value).rstrip("0").rstrip(".")
