"""`leadline sources list | test | new`: which channels there are, what becomes of a body, and a file to begin one with.

What the commands need is loaded when they run: every `leadline` command loads this file.
"""
# ruff: noqa: PLC0415

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from leadline_runtime.command_errors import FAILED, NOT_FOUND, USAGE, CommandError
from leadline_runtime.command_settings import rules_directory

if TYPE_CHECKING:
    from datetime import datetime

    from leadline_capture.core.sources import SourceRules
    from leadline_capture.source_trying import Sent

_ENDINGS: Final = {".json": "application/json", ".form": "application/x-www-form-urlencoded", ".eml": "message/rfc822"}

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
Headers = Annotated[
    Path | None, typer.Option("--headers", help="A file with the headers it came with, one `Name: value` a line.")
]
Url = Annotated[str, typer.Option("--url", help="The whole address it was sent to, with path and query.")]
At = Annotated[str | None, typer.Option("--at", help="When it came, for signed times: 2026-03-01T12:00:00Z. Now.")]


def register(app: typer.Typer) -> None:
    """Add the commands to an application."""
    sources = typer.Typer(help="Channels: what may post to /v1/sources/<name>.", no_args_is_help=True)
    sources.command("list")(list_)
    sources.command("test")(test)
    sources.command("new")(new)
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


def test(  # noqa: PLR0913, PLR0917 - an option of the command each
    name: Annotated[str, typer.Argument(metavar="NAME", help="The source.")],
    file: File,
    content_type: ContentType = None,
    headers: Headers = None,
    url: Url = "",
    at: At = None,
    rules: Rules = None,
) -> None:
    """Print the submissions that a body becomes, with what was odd about each. Nothing is sent, nothing is stored.

    With --headers or --url also whether it proves who it is, by the secrets in LEADLINE_SOURCE_SECRETS. Exits 1 if the
    body cannot be read or the request is not authentic.
    """
    from leadline_capture.source_trying import proves, tried
    from leadline_runtime.core.json_reader import NotReadable

    found = _rules(rules).sources
    source = found.get(name)
    if source is None:
        raise CommandError(f"There is no source {name}; there are {', '.join(sorted(found))}.", NOT_FOUND)
    given = _headers(headers) if headers is not None else {}
    kind = content_type or given.get("content-type") or _ENDINGS.get(file.suffix) or next(iter(source.decoders))
    body = _read(file)
    sent = _sent(name, body, _with_boundary(kind, body), given, url)
    try:
        told = tried(source, sent, _secrets(), _instant(at))
    except NotReadable as fault:
        other = " Is it another kind? --content-type or --headers tells which." if headers is None else ""
        raise CommandError(f"The door would refuse this body (400): {fault}.{other}", FAILED) from None
    if headers is None and not url:
        del told["proved_by"]
    print(json.dumps(told, indent=2, ensure_ascii=False))
    if told.get("proved_by", "") is None and proves(source):
        needed = " or ".join(dict.fromkeys(proof.secret for proof in source.proofs if proof.secret))
        raise CommandError(
            f"The door would refuse this request (401): it does not show what {name} must show. Is the secret {needed}"
            " in LEADLINE_SOURCE_SECRETS, and the body the very bytes that were signed? --at tries another time, --url"
            " the address it was sent to.",
            FAILED,
        )


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Small letters, digits and _: /v1/sources/NAME.")],
    rules: Annotated[
        Path | None, typer.Option("--rules", help="Write it to this folder as sources/NAME.yaml; else print it.")
    ] = None,
) -> None:
    """Begin a channel: a file with comments that works as it stands. Change it, then try it with `sources test`."""
    from importlib.resources import files

    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name):
        raise CommandError(f"{name} cannot be a source's name; use up to 40 small letters, digits and _.", USAGE)
    text = (files("leadline_capture") / "rules" / "skeleton" / "source.yaml").read_text(encoding="utf-8")
    text = text.replace("NAME", name)
    if rules is None:
        print(text, end="")
        return
    path = rules / "sources" / f"{name}.yaml"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise CommandError(f"{path} exists already; it was not changed.", USAGE) from None
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror}.", USAGE) from None
    print(f"{path} is written. Try it: leadline sources test {name} BODY.json --rules {rules}")


def _read(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.", USAGE) from None


def _with_boundary(content_type: str, body: bytes) -> str:
    """Of a form in parts that was kept without its headers: the boundary is what its first line says."""
    first = body[:200].partition(b"\n")[0].strip()
    if content_type != "multipart/form-data" or not first.startswith(b"--"):
        return content_type
    return f'{content_type}; boundary="{first[2:].decode("latin-1")}"'


def _headers(file: Path) -> dict[str, str]:
    """The headers in a file: one `Name: value` a line, or a JSON object."""
    text = _read(file).decode("utf-8", "replace")
    try:
        pairs = json.loads(text).items() if text.lstrip().startswith("{") else _lines(text)
        return {str(name).strip().lower(): str(value).strip() for name, value in pairs}
    except (ValueError, AttributeError):
        raise CommandError(f"{file} holds no headers; write one a line, as `X-Signature: abc`.", USAGE) from None


def _lines(text: str) -> list[tuple[str, str]]:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith(("POST ", "GET ", "HTTP/"))]
    parts = [line.partition(":") for line in lines]
    if not all(colon for _, colon, _ in parts):
        raise ValueError
    return [(name, value) for name, _, value in parts]


def _sent(name: str, body: bytes, content_type: str, headers: dict[str, str], url: str) -> "Sent":
    from urllib.parse import parse_qsl, urlsplit

    from leadline_capture.source_trying import Sent

    try:
        parts = urlsplit(url)
    except ValueError:
        raise CommandError(f"{url} is no address.", USAGE) from None
    segment = parts.path.partition(f"/v1/sources/{name}/")[2] or None
    query: dict[str, str] = {}
    for key, value in parse_qsl(parts.query, keep_blank_values=True):
        query.setdefault(key, value)
    return Sent(body, content_type, headers=headers, query=query, url=url, segment=segment)


def _secrets() -> dict[str, list[str]]:
    from leadline_capture.source_secrets import SourceSecrets
    from leadline_runtime.settings import SettingsError, load_settings

    try:
        # Nothing is stored, so that no database is needed.
        given = load_settings(SourceSecrets, database_url="postgresql://nowhere").source_secrets
    except SettingsError as error:
        raise CommandError(str(error), USAGE) from None
    return {name: [secret.get_secret_value() for secret in secrets] for name, secrets in given.items()}


def _instant(text: str | None) -> "datetime":
    from datetime import UTC, datetime

    if text is None:
        return datetime.now(UTC)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text} is no time; give one such as 2026-03-01T12:00:00Z.", USAGE) from None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _rules(directory: Path | None) -> "SourceRules":
    """The sources. Raises RulesError, which names file and place, and CommandError."""
    from leadline_capture.edge.app import RULES
    from leadline_runtime.rules import load_rules

    chosen = directory or rules_directory()
    if directory is not None and not ((directory / "sources.yaml").is_file() or (directory / "sources").is_dir()):
        raise CommandError(f"There is no sources.yaml and no folder sources in {directory}.", USAGE)
    return load_rules(RULES, chosen).rules
