"""The rules of this service: read from `rules/scoring.yaml`, compiled once, checked by the examples inside."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from leadline_runtime.core.conditions import Condition, compile_condition
from leadline_runtime.core.errors import RulesError
from leadline_runtime.rules import RulesSpec, parse
from leadline_runtime.rules_faults import Faults
from leadline_score.compiling_acts import compile_acts, intent_caps
from leadline_score.compiling_faults import all_faults
from leadline_score.compiling_fit import asked, compile_fit, compile_penalties, fit_caps, template
from leadline_score.core.bands import Band, Bands
from leadline_score.core.days import LocalDays
from leadline_score.core.known import FACT_FIELDS
from leadline_score.core.rulebook import ScoreRules, VetoRule
from leadline_score.core.scorecard import SQL_FIELDS
from leadline_score.examples import check
from leadline_score.learned_file import MODEL_FILE, compile_model, read_model
from leadline_score.rules_file import BandFile, BandsFile, ScoringFile, VetoFile
from leadline_score.rules_warnings import warnings

FILE = "scoring.yaml"


def build(contents: Mapping[str, Any]) -> ScoreRules:
    """Compile the file and run its examples. Raises RulesError with every fault."""
    content = parse(ScoringFile, contents[FILE], FILE)
    try:
        rules = compile_rules(content)
    except RulesError:
        raise all_faults(content, compile_rules, (_zone, _vetoes, _bands, _sql_suggestion), FILE) from None
    check(content.examples, rules, FILE)
    if (model := contents.get(MODEL_FILE)) is None:
        return rules
    return replace(rules, learned=compile_model(read_model(model, MODEL_FILE)), fits={})


SPEC = RulesSpec(package="leadline_score", files=(FILE,), build=build, optional=(MODEL_FILE,), warn=warnings)


def compile_rules(content: ScoringFile) -> ScoreRules:
    """The rules without their examples. Raises RulesError."""
    fit, penalties = compile_fit(content.fit, FILE), compile_penalties(content.fit, FILE)
    return ScoreRules(
        days=LocalDays(_zone(content)),
        hand_raises=frozenset(content.hand_raises),
        fit=fit,
        fit_caps=fit_caps(content.fit),
        fit_penalties=penalties,
        acts=compile_acts(content.intent, content.bands.pql.group, FILE),
        intent_caps=intent_caps(content.intent),
        vetoes=_vetoes(content),
        bands=_bands(content),
        letters="ABCD",
        temperatures=tuple(content.bands.temperature[digit] for digit in (1, 2, 3, 4)),
        sql_suggestion=_sql_suggestion(content),
        fit_asks=asked(content.fit, fit, penalties),
    )


def _sql_suggestion(content: ScoringFile) -> Condition:
    return compile_condition(content.sql_suggestion, FACT_FIELDS | SQL_FIELDS, FILE, "sql_suggestion")


def _zone(content: ScoringFile) -> ZoneInfo:
    try:
        return ZoneInfo(content.zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise RulesError(FILE, "zone", "is no IANA time zone, e.g. America/New_York") from None


def _vetoes(content: ScoringFile) -> tuple[VetoRule, ...]:
    faults = Faults()
    found = [faults.take(partial(_veto, name, veto), None) for name, veto in content.veto.items()]
    faults.check()
    return tuple([veto for veto in found if veto is not None])


def _veto(name: str, veto: VetoFile) -> VetoRule:
    path = f"veto.{name}"
    when = compile_condition(veto.when, FACT_FIELDS, FILE, f"{path}.when")
    return VetoRule(name, veto.effect, when, template(veto.why, FILE, f"{path}.why"))


def _bands(whole: ScoringFile) -> Bands:
    content, total = whole.bands, whole.total
    _complete(content)
    preset = content.presets.get(content.mql.preset)
    if preset is None:
        raise RulesError(FILE, "bands.mql.preset", f"names no preset; known: {', '.join(content.presets)}")
    return Bands(
        total_floor=total.floor * 1000,
        total_cap=total.cap * 1000,
        letter=_nested([content.letter[each] for each in ("A", "B", "C")], "bands.letter"),
        digit=_nested([content.digit[each] for each in (1, 2, 3)], "bands.digit"),
        mql=_band(preset),
        mql_fit=content.mql.fit * 1000,
        mql_intent=content.mql.intent * 1000,
        pql=_band(content.pql),
        fast=_band(content.fast_track),
    )


def _complete(content: BandsFile) -> None:
    for name, given, wanted in (
        ("letter", set(content.letter), "A, B, C"),
        ("digit", set(content.digit), "1, 2, 3"),
        ("temperature", set(content.temperature), "1, 2, 3, 4"),
    ):
        if len(given) != len(wanted.split(", ")):
            raise RulesError(FILE, f"bands.{name}", f"needs all of {wanted}")


def _nested(bands: list[BandFile], path: str) -> tuple[Band, ...]:
    for better, worse in pairwise(bands):
        if worse.enter >= better.enter or worse.leave >= better.leave:
            raise RulesError(FILE, path, "each band needs lower enter and leave values than the one before")
    return tuple(_band(band) for band in bands)


def _band(content: BandFile) -> Band:
    return Band(content.enter * 1000, content.leave * 1000)
