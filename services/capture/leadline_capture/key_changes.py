"""`leadline keys rotate | limit`: what can be changed of a key that is in use."""
# ruff: noqa: PLC0415

import json
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leadline_capture.command_database import with_database
from leadline_runtime.command_errors import NOT_FOUND, USAGE, CommandError

if TYPE_CHECKING:
    from leadline_capture.edge.keys import Key
    from leadline_runtime.sql import Sql

KeyId = Annotated[str, typer.Argument(metavar="ID", help="As `leadline keys list` shows it.")]
Overlap = Annotated[
    float,
    typer.Option("--overlap-hours", min=0, max=24 * 90, help="How long the present secret stays in force beside it."),
]
Force = Annotated[bool, typer.Option("--force", help="Also if a former secret is still in force: that one ends now.")]


def rotate(
    key_id: KeyId,
    overlap_hours: Overlap = 24.0,
    force: Force = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Give a key a new secret and print it. The present one stays in force for the overlap: two are live meanwhile.

    Everything else of the key stays, its id too: what was sent with an Idempotency-Key before is still known after.
    """
    from leadline_capture.edge.keys import PREFIX, PUBLISHABLE, new_secret, rotate_key

    now = datetime.now(UTC)

    async def done(sql: "Sql") -> "tuple[Key, str]":
        key = await _live_key(sql, id_in(key_id), now)
        if key.former_is_live(now) and not force:
            raise CommandError(
                f"{key.id} has two secrets already, the former one until {key.former_until:%Y-%m-%d %H:%M} UTC."
                " To end that one now: --force",
                USAGE,
            )
        text, secret = new_secret(key.id, PUBLISHABLE if key.publishable else PREFIX)
        if not await rotate_key(sql, key, secret, now + timedelta(hours=overlap_hours)):
            raise CommandError(f"{key.id} was changed at this moment; look at it with `leadline keys list`.", USAGE)
        return key, text

    key, text = with_database(done)
    until = now + timedelta(hours=overlap_hours)
    if as_json:
        print(json.dumps({"id": key.id, "key": text, "former_until": until.isoformat()}))
        return
    print(f"Keep this key now; it is not shown again. The former one ends {until:%Y-%m-%d %H:%M} UTC.", file=sys.stderr)
    print(text)


def limit(
    key_id: KeyId,
    rate: Annotated[float | None, typer.Option("--rate", min=0.01, help="Requests a second.")] = None,
    burst: Annotated[int | None, typer.Option("--burst", min=1, help="Requests at once.")] = None,
    default: Annotated[bool, typer.Option("--default", help="As the door's settings say, from now on.")] = False,
) -> None:
    """Set how many requests a key may make. Doors know it within 5 s."""
    from leadline_capture.edge.keys import limit_key

    if default == (rate is not None):
        raise CommandError("Give --rate, with or without --burst, or --default.", USAGE)
    wanted, found = id_in(key_id), rates(rate, burst)
    if not with_database(lambda sql: limit_key(sql, wanted, **found)):
        raise _unknown(wanted)
    told = "as the settings say" if rate is None else f"{rate:g} a second, {found['burst']} at once"
    print(f"{wanted}: {told}")


def rates(rate: float | None, burst: int | None) -> dict[str, Any]:
    """The two limits of a key; without a burst that of two seconds. Raises CommandError for a burst without a rate."""
    if rate is None:
        if burst is not None:
            raise CommandError("--burst belongs to --rate.", USAGE)
        return {"rate": None, "burst": None}
    return {"rate": rate, "burst": burst or max(1, round(2 * rate))}


def id_in(text: str) -> str:
    """The id of a key, given by itself or in a whole key."""
    return text.removeprefix("ll_").removeprefix("lp_").partition("_")[0]


async def _live_key(sql: "Sql", key_id: str, now: datetime) -> "Key":
    from leadline_capture.edge.keys import stored_keys

    found = [key for key in await stored_keys(sql) if key.id == key_id]
    if not found:
        raise _unknown(key_id)
    if not found[0].is_live(now):
        raise CommandError(f"{key_id} has ended; make a new key with `leadline keys create`.", USAGE)
    return found[0]


def _unknown(key_id: str) -> CommandError:
    return CommandError(f"There is no key {key_id}; `leadline keys list` shows them.", NOT_FOUND)
