"""The leads of a file, enriched by the code of the service, and every fact shown with where it comes from."""

import asyncio
import json
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from dataclasses import replace
from pathlib import Path
from typing import Any

from leadline_enrich.answering import Answering
from leadline_enrich.core.answers import NOT_ASKED, Answer, Gathered
from leadline_enrich.core.chain import Learned, learn
from leadline_enrich.core.company_domain import company_domain
from leadline_enrich.core.enrich_rules import EnrichRules
from leadline_enrich.core.sight import Sight
from leadline_enrich.core.subjects import subject_of
from leadline_enrich.enrich_commands.drawing import draw
from leadline_enrich.enrich_commands.reading import Read, read_leads
from leadline_enrich.enrich_commands.reasons import Row, rows_of
from leadline_enrich.rules import SPEC
from leadline_enrich.settings import EnrichSettings
from leadline_runtime.clock import PipelineClock
from leadline_runtime.command_errors import USAGE, CommandError
from leadline_runtime.command_settings import rules_directory
from leadline_runtime.rules import LoadedRules, load_rules
from leadline_runtime.settings import load_settings
from leadline_schemas.codec import encode_model


def show(file: str, rules: Path | None, *, as_json: bool) -> None:
    """Enrich the leads of a file and print them. Raises CommandError and RulesError."""
    if rules is not None and not rules.is_dir():
        raise CommandError(f"There is no folder {rules}; give one with an enrichment.yaml in it.", USAGE)
    loaded: LoadedRules[EnrichRules] = load_rules(SPEC, rules or rules_directory())
    leads = list(read_leads(file))
    with redirect_stdout(sys.stderr):  # what is logged of the tables is no part of the answer
        found = asyncio.run(_learned(leads, loaded.rules))
    told = [(lead, learned, rows_of(lead.captured, learned, loaded.rules))
            for lead, learned in zip(leads, found, strict=True)]  # fmt: skip
    if as_json:
        data = {"rules": loaded.ref.model_dump(), "leads": [_data(*each) for each in told]}
        print(json.dumps(data, indent=2, ensure_ascii=False))
        return
    for lead, learned, rows in told:
        draw(lead.name, learned, rows, loaded.ref)


async def _learned(leads: Sequence[Read], rules: EnrichRules) -> list[Learned]:
    # Nobody outside is asked: of the providers those alone that are tables here.
    tables = replace(rules, providers=tuple(each for each in rules.providers if each.table is not None))
    answering = Answering(load_settings(EnrichSettings), PipelineClock(), _no_vendor)
    try:
        await answering.take_up(tables)
        return [learn(await _sight(lead, rules, answering, tables)) for lead in leads]
    finally:
        await answering.close()


def _no_vendor(one: Any) -> Any:
    raise LookupError(f"{one.name} is no table")


async def _sight(lead: Read, rules: EnrichRules, answering: Answering, tables: EnrichRules) -> Sight:
    captured = lead.captured
    company = company_domain(captured.lead, rules.lists, rules.registrable)
    domain = company.domain if company else None
    (looked_up,) = await answering.ask([subject_of(captured, domain)], tables.providers)
    answers = dict.fromkeys((each.name for each in rules.providers), NOT_ASKED) | looked_up
    for name, values in lead.providers.items():
        if name not in answers:
            raise CommandError(f"providers.{name}: no such provider; known: {', '.join(sorted(answers))}", USAGE)
        answers[name] = Answer(status="found", values=values)
    gathered = Gathered(domain=domain, answers=answers)
    return Sight(captured=captured, company=company, gathered=gathered, earlier={}, rules=rules, now=lead.at)


def _data(lead: Read, learned: Learned, rows: Sequence[Row]) -> dict[str, Any]:
    return {
        "name": lead.name,
        "complete": learned.complete,
        "facts": [row._asdict() for row in rows],
        "account": json.loads(encode_model(learned.account)) if learned.account else None,
        "effective": json.loads(encode_model(learned.effective)),
    }
