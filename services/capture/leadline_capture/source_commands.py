"""`leadline sources list | test`: which channels there are, and what becomes of a body before anybody sends it.

What the commands need is loaded when they run: every `leadline` command loads this file.
"""
# ruff: noqa: PLC0415

import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from leadline_capture.command_errors import FAILED, NOT_FOUND, USAGE, CommandError

if TYPE_CHECKING:
    from leadline_capture.core.sources import SourceRules

_ENDINGS: Final = {".json": "application/json", ".form": "application/x-www-form-urlencoded"}

Rules = Annotated[
    Path | None,
    typer.Option(
        "--rules", help="The folder with sources.yaml or sources/*.yaml; LEADLINE_RULES_DIR, else what ships."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
File = Annotated[Path, typer.Argument(metavar="FILE", help="A body as the source sends it; - for standard input.")]
ContentType = Annotated[
    str | None, typer.Option("--content-type", help="As the source sends it; else by the file's name, .json or .form.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to an application."""
    sources = typer.Typer(help="Channels: what may post to /v1/sources/<name>.", no_args_is_help=True)
    sources.command("list")(list_)
    sources.command("test")(test)
    app.add_typer(sources, name="sources")


def list_(rules: Rules = None, as_json: AsJson = False) -> None:
    """Show the sources, how they prove who they are, and which secret they need."""
    rows = [
        (
            name,
            one.channel,
            " or ".join(proof.kind for proof in one.proofs),
            " ".join(dict.fromkeys(proof.secret for proof in one.proofs if proof.secret)),
            " ".join(one.decoders),
        )
        for name, one in _rules(rules).sources.items()
    ]
    head = ("source", "channel", "authenticates by", "secret", "sends")
    if as_json:
        print(json.dumps([dict(zip(head, row, strict=True)) for row in rows], indent=2))
        return
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def test(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The source.")],
    file: File,
    content_type: ContentType = None,
    rules: Rules = None,
) -> None:
    """Print what becomes of a body: leads, acts, notes. Nothing is sent. Exits 1 if the body cannot be read."""
    from leadline_capture.core.items import surroundings
    from leadline_capture.core.json_reader import NotReadable
    from leadline_capture.core.mapping import decoded, mapped
    from leadline_capture.core.own_ids import own_id

    found = _rules(rules).sources
    source = found.get(name)
    if source is None:
        raise CommandError(f"There is no source {name}; there are {', '.join(sorted(found))}.", NOT_FOUND)
    try:
        raw = sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.", USAGE) from None
    try:
        document = decoded(source, raw, content_type or _ENDINGS.get(file.suffix, next(iter(source.decoders))))
    except NotReadable as fault:
        raise CommandError(f"The door would refuse this body (400): {fault}.", FAILED) from None
    result = mapped(source, document, {})
    told: dict[str, Any] = {
        "own_id": own_id(source, surroundings(document, {})),
        "test": result.test,
        "leads": [lead.model_dump(mode="json", exclude_defaults=True) for lead in result.leads],
        "activities": [act.model_dump(mode="json", exclude_defaults=True) for act in result.activities],
        "notes": list(result.notes),
    }
    print(json.dumps(told, indent=2, ensure_ascii=False))


def _rules(directory: Path | None) -> "SourceRules":
    """The sources. Raises RulesError, which names file and place, and CommandError."""
    from leadline_capture.edge.app import RULES
    from leadline_runtime.rules import load_rules

    chosen = directory or (Path(given) if (given := os.environ.get("LEADLINE_RULES_DIR")) else None)
    if directory is not None and not ((directory / "sources.yaml").is_file() or (directory / "sources").is_dir()):
        raise CommandError(f"There is no sources.yaml and no folder sources in {directory}.", USAGE)
    return load_rules(RULES, chosen).rules
