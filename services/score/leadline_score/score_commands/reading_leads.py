"""Leads from a file: one as JSON, a JSON list, one a line (JSONL), or YAML as the examples of scoring.yaml."""

import json
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any, TextIO

from leadline_runtime.command_errors import USAGE, CommandError
from leadline_runtime.rules import RulesError, parse, read_yaml
from leadline_score.written_leads import WrittenLead


def read_leads(file: str) -> Iterator[tuple[WrittenLead, str]]:
    """Each lead with its place, as `leads.jsonl line 3`; `-` is stdin. JSONL is read line by line.

    Raises CommandError for what cannot be read, RulesError for what is no lead.
    """
    name = "stdin" if file == "-" else file
    try:
        with nullcontext(sys.stdin) if file == "-" else Path(file).open(encoding="utf-8") as stream:
            for content, place in _contents(stream, name):
                yield parse(WrittenLead, content, place), place
    except FileNotFoundError:
        raise CommandError(f"There is no file {file}.", USAGE) from None
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{name} cannot be read as UTF-8 text ({type(error).__name__}).", USAGE) from None


def _contents(stream: TextIO, name: str) -> Iterator[tuple[Any, str]]:
    first = next((line for line in stream if line.strip()), "")
    if not first:
        raise CommandError(f"{name} is empty; give a lead as JSON, or a lead a line.", USAGE)
    try:
        begun = json.loads(first)
    except ValueError:
        yield from _listed(_whole(first + stream.read(), name), name)
        return
    if isinstance(begun, list):
        yield from _listed(begun, name)
        return
    yield begun, f"{name} line 1"
    yield from _lines(stream, name)


def _lines(stream: TextIO, name: str) -> Iterator[tuple[Any, str]]:
    for number, line in enumerate(stream, 2):
        if line.strip():
            try:
                yield json.loads(line), f"{name} line {number}"
            except ValueError as error:
                raise RulesError(f"{name} line {number}", "", f"is no JSON: {error}") from None


def _whole(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return read_yaml(name, text)  # also tells what is wrong with JSON: it is YAML


def _listed(content: Any, name: str) -> Iterator[tuple[Any, str]]:
    if isinstance(content, dict) and isinstance(content.get("examples"), list):
        content = content["examples"]  # a whole scoring.yaml
    if isinstance(content, list):
        for index, each in enumerate(content, 1):
            yield each, f"{name} lead {index}"
    else:
        yield content, name
