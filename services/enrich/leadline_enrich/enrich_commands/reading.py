"""Leads as a person writes them down, made the events that enrich reads."""

import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, Field, ValidationError

from leadline_enrich.rules_examples import Touches, as_captured
from leadline_runtime.command_errors import NOT_FOUND, USAGE, CommandError
from leadline_runtime.core.matchers import closest
from leadline_runtime.rules import RulesError, RulesModel, parse, read_yaml
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.codec import describe
from leadline_schemas.lead import Lead
from leadline_schemas.vocabulary import ConsentPurpose

_LEAD = UUID(int=0)


class WrittenLead(RulesModel):
    """A lead with what is known around it. providers: what they answer instead of being looked up, by name and field;
    sources: who stated a field, where it is not the lead's source."""

    name: str | None = None
    lead: dict[str, Any]
    at: AwareDatetime | None = None
    providers: dict[str, dict[str, Any]] = {}
    touches: Touches | None = None
    refused: tuple[ConsentPurpose, ...] = ()
    sources: dict[str, str] = {}


class Read(RulesModel):
    """A lead of the file: what to call it, the event, what its providers answer."""

    name: str
    captured: LeadCaptured
    at: datetime
    providers: Annotated[dict[str, dict[str, Any]], Field(default_factory=dict)]


def read_leads(file: str) -> Iterator[Read]:
    """Every lead of a file. Raises CommandError for one that cannot be read, naming where."""
    name, content = file if file != "-" else "stdin", _content(file)
    several = content if isinstance(content, list) else [content]
    for place, one in enumerate(several):
        where = f"{name}, lead {place + 1}" if isinstance(content, list) else name
        if not isinstance(one, dict):
            raise CommandError(f'{where}: a lead is an object such as {{"email": "ann@acme.com"}}', USAGE)
        yield _read(one, where)


def _content(file: str) -> Any:
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "is not UTF-8"
        raise CommandError(f"{file}: cannot be read: {why}", NOT_FOUND) from None
    return read_yaml(file, text)  # which JSON is a part of


def _read(one: Mapping[str, Any], where: str) -> Read:
    if "lead_id" in one and "received_at" in one:
        return _event(one, where)
    written = parse(WrittenLead, one if "lead" in one else {"lead": one}, where)
    at = written.at or datetime.now(UTC)
    captured = as_captured(
        _lead(written.lead, where), at, touches=written.touches, refused=written.refused, sources=written.sources
    )
    return Read(name=written.name or str(written.lead.get("name") or where), captured=captured, at=at,
                providers=written.providers)  # fmt: skip


def _event(one: Mapping[str, Any], where: str) -> Read:
    try:
        captured = LeadCaptured.model_validate(one)
    except ValidationError as error:
        raise CommandError(f"{where}: is no lead.captured event: {describe(error)}", USAGE) from None
    return Read(name=str(captured.lead_id), captured=captured, at=captured.received_at, providers={})


def _lead(given: Mapping[str, Any], where: str) -> dict[str, Any]:
    known = frozenset(Lead.model_fields)
    for name in given:
        if name not in known:
            raise RulesError(where, str(name), f"is no field of a lead; {closest(name, known)}")
    phone = given.get("phone")
    if phone is not None and not str(phone).startswith("+"):
        raise RulesError(where, "phone", "must be international, as +442079460018")
    try:
        Lead.model_validate(given)
    except ValidationError as error:
        raise CommandError(f"{where}: {describe(error)}", USAGE) from None
    return dict(given)
