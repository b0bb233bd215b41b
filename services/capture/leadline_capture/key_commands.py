"""`leadline keys create | list | revoke | rotate | limit`: who may send leads over the API.

What the commands need is loaded when they run: every `leadline` command loads this file.
"""
# ruff: noqa: PLC0415

import json
import re
import sys
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leadline_capture.command_database import with_database
from leadline_capture.key_changes import KeyId, id_in, limit, rates, rotate
from leadline_runtime.command_errors import NOT_FOUND, USAGE, CommandError

if TYPE_CHECKING:
    from leadline_capture.edge.keys import Key


Name = Annotated[str, typer.Option("--name", help="What the key is for, as `website, production`.")]
SourceName = Annotated[
    str,
    typer.Option(
        "--source",
        help="The system that will hold it, as `website` or `salesforce`: its ids are its own. Of a publishable key a"
        " source of sources.yaml, as `website_form`.",
    ),
]
Scopes = Annotated[list[str], typer.Option("--scope", help="What it may do, as leads:write; repeatable.")]
Days = Annotated[int | None, typer.Option("--days", min=1, help="End it after so many days; never, if not given.")]
Trusted = Annotated[bool, typer.Option("--trusted", help="It may name ids of other systems (a CRM, not a web page).")]
Publishable = Annotated[
    bool,
    typer.Option("--publishable", help="A key that may stand in a public page: it opens /v1/forms and nothing else."),
]
Origins = Annotated[
    list[str],
    typer.Option("--origin", help="Whose pages may post with it, as https://www.example.com; repeatable."),
]
Pages = Annotated[
    list[str],
    typer.Option("--return-to", help="Pages a form may go on to, with all below them; else any of the origins'."),
]
Rate = Annotated[
    float | None, typer.Option("--rate", min=0.01, help="Requests a second; if not given, as the door's settings say.")
]
Burst = Annotated[
    int | None, typer.Option("--burst", min=1, help="Requests at once; if not given, those of two seconds.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(app: typer.Typer) -> None:
    """Add the commands to an application."""
    keys = typer.Typer(help="Keys of the API: who may send leads.", no_args_is_help=True)
    for command in (create, revoke, rotate, limit):
        keys.command()(command)
    keys.command("list")(list_)
    app.add_typer(keys, name="keys")


def create(  # noqa: PLR0913 - one parameter an option
    name: Name,
    source: SourceName,
    *,
    scope: Scopes = ["leads:write"],  # noqa: B006 - typer reads the default, nobody changes it
    days: Days = None,
    trusted: Trusted = False,
    publishable: Publishable = False,
    origin: Origins = [],  # noqa: B006
    return_to: Pages = [],  # noqa: B006
    rate: Rate = None,
    burst: Burst = None,
    as_json: AsJson = False,
) -> None:
    """Make a key and print it: it is shown this once and kept only as a hash. Doors know it within 5 s."""
    from leadline_capture.edge.keys import PREFIX, PUBLISHABLE, SCOPES, Key, new_key, store_key
    from leadline_capture.publishable_keys import doubt_about, key_parts

    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", source):
        raise CommandError("--source must be lower-case letters, digits and _, as `website`.", USAGE)
    if unknown := sorted(set(scope) - set(SCOPES)):
        raise CommandError(f"There is no scope {unknown[0]!r}; there are {', '.join(SCOPES)}.", USAGE)
    scopes, origins, pages = key_parts(publishable, scope, trusted, origin, return_to)
    if publishable and (doubt := doubt_about(source)):
        print(f"look: {doubt}", file=sys.stderr)
    key_id, text, secret = new_key(PUBLISHABLE if publishable else PREFIX)
    now = datetime.now(UTC)
    expires = now + timedelta(days=days) if days else None
    key = Key(
        key_id, secret, name, source, scopes, trusted, now, expires, origins=origins, pages=pages, **rates(rate, burst)
    )
    with_database(lambda sql: store_key(sql, key))
    _show(key, text, as_json)


def list_(as_json: AsJson = False) -> None:
    """Show the keys, without their secrets."""
    from leadline_capture.edge.keys import stored_keys

    keys = with_database(stored_keys)
    if as_json:
        print(json.dumps([_told(key) for key in keys], indent=2))
        return
    rows = [("id", "name", "source", "scopes", "trusted", "limit", "state")]
    rows += [
        (k.id, k.name, k.source, " ".join(sorted(k.scopes)), "yes" if k.trusted else "no", _limit(k), _state(k))
        for k in keys
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def revoke(key_id: KeyId) -> None:
    """End a key. Doors refuse it within 5 s."""
    from leadline_capture.edge.keys import revoke_key

    wanted = id_in(key_id)
    if not with_database(lambda sql: revoke_key(sql, wanted, datetime.now(UTC))):
        raise CommandError(f"There is no key {wanted}; `leadline keys list` shows them.", NOT_FOUND)
    print(f"revoked {wanted}")


def _show(key: "Key", text: str, as_json: bool) -> None:
    """Print a whole key, this once."""
    if as_json:
        print(json.dumps({**_told(key), "key": text}))
    else:
        print("Keep this key now; it is not shown again:", file=sys.stderr)
        print(text)


def _told(key: "Key") -> dict[str, Any]:
    told = {name: value for name, value in asdict(key).items() if not name.endswith("_sha256")}
    dates = {name: value.isoformat() for name, value in told.items() if isinstance(value, datetime)}
    return {**told, **dates, "scopes": sorted(key.scopes)}


def _limit(key: "Key") -> str:
    return "default" if key.rate is None else f"{key.rate:g}/s"


def _state(key: "Key") -> str:
    if key.revoked_at is not None:
        return f"revoked {key.revoked_at:%Y-%m-%d}"
    now = datetime.now(UTC)
    until = "" if key.expires_at is None else f" until {key.expires_at:%Y-%m-%d}"
    if not key.is_live(now):
        return f"ended {key.expires_at:%Y-%m-%d}"
    former = f", its former secret until {key.former_until:%Y-%m-%d %H:%M} UTC" if key.former_is_live(now) else ""
    return f"live{until}{former}"
