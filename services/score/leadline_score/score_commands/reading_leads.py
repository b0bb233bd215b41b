"""Leads from a file: one as JSON, a JSON list, one a line (JSONL), or YAML as the examples of scoring.yaml."""

import json
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Any, NamedTuple, TextIO

from leadline_runtime.command_errors import USAGE, CommandError
from leadline_runtime.rules import RulesError, parse, read_yaml
from leadline_score.written_leads import WrittenLead


class Unread(NamedTuple):
    """A lead of a file before it is looked at: a line of JSON, or what it was read as; and where it stands."""

    content: Any
    place: str

    def read(self) -> WrittenLead:
        """The lead. Raises RulesError naming the place, for what is no lead."""
        if not isinstance(self.content, str):
            return parse(WrittenLead, self.content, self.place)
        try:
            return parse(WrittenLead, json.loads(self.content), self.place)
        except json.JSONDecodeError as error:
            raise RulesError(self.place, "", f"is no JSON: {error}") from None


def leads_in(file: str) -> Iterator[Unread]:
    """The leads of a file; `-` is stdin. JSONL is read line by line, however long it is. Raises CommandError."""
    name = "stdin" if file == "-" else file
    try:
        with nullcontext(sys.stdin) if file == "-" else Path(file).open(encoding="utf-8") as stream:
            yield from _leads(stream, name)
    except FileNotFoundError:
        raise CommandError(f"There is no file {file}.", USAGE) from None
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{name} cannot be read as UTF-8 text ({type(error).__name__}).", USAGE) from None


def _leads(stream: TextIO, name: str) -> Iterator[Unread]:
    first = next((line for line in stream if line.strip()), "")
    if not first:
        raise CommandError(f"{name} is empty; give a lead as JSON, or a lead a line.", USAGE)
    try:
        begun = json.loads(first)
    except ValueError:
        yield from _listed(_whole(first + stream.read(), name), name)
        return
    if isinstance(begun, dict):
        yield Unread(first, f"{name} line 1")
        yield from (Unread(line, f"{name} line {number}") for number, line in enumerate(stream, 2) if line.strip())
    else:
        yield from _listed(begun, name)


def _whole(text: str, name: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return read_yaml(name, text)  # also tells what is wrong with JSON: it is YAML


def _listed(content: Any, name: str) -> Iterator[Unread]:
    if isinstance(content, dict) and isinstance(content.get("examples"), list):
        content = content["examples"]  # a whole scoring.yaml
    if isinstance(content, list):
        yield from (Unread(each, f"{name} lead {number}") for number, each in enumerate(content, 1))
    else:
        yield Unread(content, name)
