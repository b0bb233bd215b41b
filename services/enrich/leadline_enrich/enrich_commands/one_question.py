"""One question to one vendor, by the code of the service, told to a person at a terminal."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

from pydantic_core import to_jsonable_python

from leadline_enrich.core.domain_class import ascii_domain
from leadline_enrich.core.questions import Question
from leadline_enrich.core.vendor_answer import Heard
from leadline_enrich.core.vendor_request import Built, askable, built
from leadline_enrich.core.vendor_rules import VendorRules
from leadline_enrich.providers.advice import ADVICE
from leadline_enrich.providers.calling import Outcome
from leadline_enrich.providers.requests import masks
from leadline_enrich.providers.rules import FOLDER, vendors
from leadline_enrich.providers.vendors import Vendors
from leadline_enrich.settings import EnrichSettings
from leadline_runtime.command_errors import FAILED, NOT_FOUND, USAGE, CommandError
from leadline_runtime.command_settings import rules_directory
from leadline_runtime.core.matchers import closest
from leadline_runtime.core.values import dataclass
from leadline_runtime.rules import RulesSpec, load_rules
from leadline_runtime.settings import load_settings

SPEC: RulesSpec[Mapping[str, VendorRules]] = RulesSpec("leadline_enrich", (), vendors, folders=(FOLDER,))


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of one question. seconds: until the answer; None: nobody was asked."""

    vendor: VendorRules
    sent: Built
    outcome: Outcome | None = None
    heard: Heard | None = None
    seconds: float | None = None


def list_all(rules: Path | None, *, as_json: bool) -> None:
    """Every vendor, what it is told and what it says."""
    found = [
        {"name": one.name, "title": one.title, "told": sorted(one.inputs), "says": sorted(one.fields),
         "secrets": sorted(one.template.secrets)}
        for one in _vendors(rules).values()
    ]  # fmt: skip
    if as_json:
        print(json.dumps(found, indent=2, ensure_ascii=False))
        return
    if not found:
        print("There is no vendor yet. One is a file providers/NAME.yaml in LEADLINE_RULES_DIR: docs/enrichment.md.")
    for each in found:
        print(f"{each['name']}: {each['title']}")
        print(f"  is told {_listed(each['told'])}; says {_listed(each['says'])}; secrets {_listed(each['secrets'])}")


def ask(name: str, question: Question, rules: Path | None, *, only_show: bool, as_json: bool) -> None:
    """Ask and print. Raises CommandError and RulesError."""
    known = _vendors(rules)
    vendor = known.get(name)
    if vendor is None:
        there = closest(name, frozenset(known)) if known else "there is none yet, see docs/enrichment.md"
        raise CommandError(f"There is no file that declares the provider {name}; {there}", NOT_FOUND)
    if question.domain is not None:
        question = replace(question, domain=ascii_domain(question.domain))
    if not askable(vendor.template, question):
        missing = [f"--{each}" for each in sorted(vendor.inputs) if not question.given(each)]
        raise CommandError(f"{name} cannot be asked without {' and '.join(missing) or 'a domain'}.", USAGE)
    sent = built(vendor.template, [question], masks(vendor.template))
    told = Told(vendor, sent) if only_show else asyncio.run(_asked(vendor, question, sent))
    print(json.dumps(_data(told), indent=2, ensure_ascii=False) if as_json else _text(told))
    if told.outcome is not None and told.outcome.trouble is not None:
        status = f" (HTTP {told.outcome.status})" if told.outcome.status else ""
        raise CommandError(f"{name}: {told.outcome.trouble}{status}. {ADVICE[told.outcome.trouble]}", FAILED)


async def _asked(vendor: VendorRules, question: Question, sent: Built) -> Told:
    open_vendors = Vendors(load_settings(EnrichSettings))
    try:
        began = perf_counter()
        outcome = await open_vendors.calling(vendor).call([question], vendor.limits.budget_s)
        return Told(vendor, sent, outcome, outcome.heard[question], perf_counter() - began)
    finally:
        await open_vendors.close()


def _vendors(rules: Path | None) -> Mapping[str, VendorRules]:
    if rules is not None and not (rules / FOLDER).is_dir():
        raise CommandError(f"There is no folder {FOLDER} in {rules}; a vendor is a file {FOLDER}/NAME.yaml.", USAGE)
    return load_rules(SPEC, rules or rules_directory()).rules


def _data(told: Told) -> dict[str, Any]:
    sent: dict[str, Any] = {"method": told.sent.method, "url": told.sent.url, "headers": dict(told.sent.headers)}
    if told.sent.body is not None:
        sent["body"] = json.loads(told.sent.body)
    found: dict[str, Any] = {"provider": told.vendor.name, "sent": sent}
    if told.heard is not None and told.outcome is not None and told.seconds is not None:
        found["answer"] = to_jsonable_python(told.heard.answer.model_dump(exclude_defaults=True))
        found["http_status"], found["seconds"] = told.outcome.status, round(told.seconds, 3)
        found["notes"] = [{"of": name, "note": note} for name, note in told.heard.notes]
    return found


def _text(told: Told) -> str:
    lines = [f"{told.vendor.name}: {told.vendor.title}", "", f"sent      {told.sent.method} {told.sent.url}"]
    lines += [f"          {name}: {value}" for name, value in told.sent.headers.items()]
    if told.sent.body is not None:
        lines += [f"          {line}" for line in json.dumps(json.loads(told.sent.body), indent=2).splitlines()]
    if told.heard is None or told.outcome is None:
        return "\n".join([*lines, "", "Nobody was asked (--show)."])
    status = f"HTTP {told.outcome.status}" if told.outcome.status else "no answer"
    lines += ["", f"came      {status} after {told.seconds:.2f} s"]
    answer = told.heard.answer
    kept = told.vendor.kept_for(answer)
    lines.append(f"is        {answer.status}" + (f", kept for {_span(kept.total_seconds())}" if kept else ""))
    width = max(map(len, answer.values), default=0)
    for name, value in answer.values.items():
        at = answer.at(name)
        since = f", true on {at:%Y-%m-%d}" if at else ""
        lines.append(f"  {name.ljust(width)}  {value}  (sure {answer.confidence.get(name, 1):.0%}{since})")
    lines += [f"  not used: {name} {note}" for name, note in told.heard.notes]
    return "\n".join(lines)


def _span(seconds: float) -> str:
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= length and seconds % length == 0:
            return f"{seconds / length:g} {unit}"
    return f"{seconds:g} s"


def _listed(names: Any) -> str:
    return ", ".join(names) or "none"
