"""rules/providers/*.yaml, compiled: who is asked over HTTP, without a line of code for it."""

import hashlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any, Final

from leadline_enrich.core.vendor_answer import AnswerRules, Expression, FieldRule, Sureness
from leadline_enrich.core.vendor_rules import Batch, Limits, VendorRules
from leadline_enrich.core.vendor_values import READ, Kind, Unfit
from leadline_enrich.providers.examples import check_examples
from leadline_enrich.providers.models import (
    AnswerModel,
    BatchModel,
    ConfidenceModel,
    EchoModel,
    LimitsModel,
    ValueModel,
    VendorModel,
    VendorsFile,
)
from leadline_enrich.providers.requests import compile_request
from leadline_runtime.core.breaker import BreakerPolicy
from leadline_runtime.core.matchers import Place
from leadline_runtime.core.rates import Rate
from leadline_runtime.expressions import PLAIN, names_in
from leadline_runtime.rules import RulesError, parse
from leadline_runtime.rules_faults import Faults

FOLDER: Final = "providers"
# How the values that the pipeline knows are read, and as what they may be read.
KINDS: Final[Mapping[str, tuple[Kind, ...]]] = {
    "employees": ("integer", "band"), "industry": ("word",), "country": ("country",),
}  # fmt: skip


def vendors(contents: Mapping[str, Any]) -> Mapping[str, VendorRules]:
    """The vendors of all files in the folder, by name. Raises RulesError that names all that is wrong."""
    found: dict[str, VendorRules] = {}
    declared_in: dict[str, str] = {}
    nobody: dict[str, VendorRules] = {}
    faults = Faults()
    for file, content in contents.items():
        if not file.startswith(f"{FOLDER}/"):
            continue
        for name, vendor in faults.take(partial(vendors_of, content, file), nobody).items():
            if name in declared_in:
                problem = f"is declared in {declared_in[name]} too; keep it in one of the two files"
                faults.found.append(RulesError(file, f"providers.{name}", problem))
            found[name], declared_in[name] = vendor, file
    faults.check()
    return found


def vendors_of(content: Any, file: str) -> dict[str, VendorRules]:
    """The vendors of one file, each tried on its own examples. Raises RulesError that names all that is wrong."""
    faults, found = Faults(), dict[str, VendorRules]()
    for name, declared in parse(VendorsFile, content, file).providers.items():
        place, before = Place(file, f"providers.{name}"), len(faults.found)
        vendor = faults.take(partial(_compiled, name, declared, place, faults), None)
        if vendor is not None and len(faults.found) == before:
            check_examples(vendor, declared.examples, place, faults)
            found[name] = vendor
    faults.check()
    return found


def _compiled(name: str, declared: VendorModel, place: Place, faults: Faults) -> VendorRules:
    asks = declared.model_dump_json(by_alias=True, include={"request", "batch", "answer"})
    return VendorRules(
        name=name,
        title=declared.title,
        template=compile_request(declared.request, declared.batch, place.at("request")),
        batch=_batch(declared.batch, declared.limits.budget_ms, place.at("batch")),
        answer=_answer(declared.answer, declared.batch, place.at("answer"), faults),
        not_found=frozenset(declared.answer.not_found_status),
        limits=_limits(declared.limits, place.at("limits")),
        breaker=BreakerPolicy(
            declared.breaker.failures,
            _long_enough(declared.breaker.rest, place.at("breaker.rest")).total_seconds(),
            declared.breaker.longest_rest.total_seconds(),
        ),
        found_for=_long_enough(declared.keep.found, place.at("keep.found")),
        not_found_for=_long_enough(declared.keep.not_found, place.at("keep.not_found")),
        digest=hashlib.sha256(asks.encode()).hexdigest()[:16],
    )


def _long_enough(duration: timedelta, place: Place) -> timedelta:
    if duration < timedelta(seconds=1):
        raise place.error("must be at least 1 s")
    return duration


def _limits(declared: LimitsModel, place: Place) -> Limits:
    try_ms = declared.try_ms or declared.budget_ms
    if try_ms > declared.budget_ms:
        raise place.at("try_ms").error("is longer than budget_ms, in which all tries must end")
    return Limits(
        budget_s=declared.budget_ms / 1000,
        try_s=try_ms / 1000,
        tries=declared.tries,
        at_once=declared.at_once,
        rate=Rate(declared.rate.per_s, declared.rate.burst) if declared.rate else None,
        most_bytes=declared.bytes,
    )


def _batch(declared: BatchModel | None, budget_ms: int, place: Place) -> Batch | None:
    if declared is None:
        return None
    if declared.wait_ms * 2 > budget_ms:
        raise place.at("wait_ms").error("takes more than half of limits.budget_ms, in which the vendor must answer too")
    items, key = _expression(declared.items, place.at("items")), _expression(declared.key, place.at("key"))
    return Batch(declared.size, declared.wait_ms / 1000, items, (declared.by, key))


def _answer(declared: AnswerModel, batch: BatchModel | None, place: Place, faults: Faults) -> AnswerRules:
    echo = EchoModel(**{"from": declared.echo}) if isinstance(declared.echo, str) else declared.echo
    values = [
        faults.take(partial(_field, name, value, declared.confidence, place.at(f"values.{name}")), None)
        for name, value in declared.values.items()
    ]
    return AnswerRules(
        fields=tuple(field for field in values if field is not None),
        item=_optional(declared.item, place.at("item")),
        missing=_optional(declared.not_found_when, place.at("not_found_when")),
        failed=_optional(declared.failed_when, place.at("failed_when")),
        names=_names(declared, batch),
        echo=(echo.is_, _expression(echo.from_, place.at("echo"))) if echo else None,
        stated_at=_optional(declared.stated_at, place.at("stated_at")),
    )


def _names(declared: AnswerModel, batch: BatchModel | None) -> frozenset[str]:
    """Of all fields by which an answer is known to be one; an error has some of its own."""
    echo = declared.echo.from_ if isinstance(declared.echo, EchoModel) else declared.echo
    values = [value if isinstance(value, str) else value.from_ for value in declared.values.values()]
    looked_at = [*values, echo, declared.item, declared.not_found_when, declared.failed_when, declared.stated_at]
    names: set[str] = set()
    for text in [each for each in (*looked_at, batch.key if batch else None) if each is not None]:
        with suppress(ValueError):  # told of the expression itself
            names |= names_in(text)
    return frozenset(names)


def _field(name: str, declared: str | ValueModel, sure: float, place: Place) -> FieldRule:
    given = ValueModel(**{"from": declared}) if isinstance(declared, str) else declared
    kinds = KINDS.get(name)
    kind = given.as_ or (kinds[0] if kinds else "text")
    if kinds and kind not in kinds:
        raise place.at("as").error(f"must be {' or '.join(kinds)}, because rules reckon with it")
    table = given.map and {word.strip().lower(): meant for word, meant in given.map.items()}
    for meant in [*(table or {}).values(), *([] if given.otherwise is None else [given.otherwise])]:
        try:
            READ[kind](meant)
        except Unfit as fault:
            raise place.at("map").error(f"{meant!r} {fault}") from None
    if given.otherwise is not None and not table:
        raise place.at("otherwise").error("is what words mean that `map` does not name; give a `map`, or leave it out")
    return FieldRule(
        name=name,
        expression=_expression(given.from_, place.at("from")),
        kind=kind,
        table=table,
        otherwise=given.otherwise,
        sureness=_sureness(given.confidence, sure, place.at("confidence")),
        stated_at=_optional(given.stated_at, place.at("stated_at")),
    )


def _sureness(declared: float | str | ConfidenceModel | None, otherwise: float, place: Place) -> Sureness:
    if declared is None or isinstance(declared, float):
        return Sureness(otherwise if declared is None else declared)
    given = ConfidenceModel(**{"from": declared}) if isinstance(declared, str) else declared
    return Sureness(told=_expression(given.from_, place), of=given.of)


def _optional(text: str | None, place: Place) -> Expression | None:
    return None if text is None else _expression(text, place)


def _expression(text: str, place: Place) -> Expression:
    try:
        found: Callable[[Any, None], Any] = PLAIN.compiled(text)
    except ValueError as fault:
        raise place.error(f"{text!r} {fault}") from None
    return lambda item: found(item, None)
