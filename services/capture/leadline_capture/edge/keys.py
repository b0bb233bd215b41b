"""API keys: `ll_<id>_<secret>`, and publishable ones, `lp_…`. Of the 256 random bits only their SHA-256 is stored.

A publishable key stands in a public page: it says which source and whose pages a form belongs to, and proves nothing.
It opens /v1/forms alone, and no secret key opens that: what has stood in a page is worth nothing elsewhere.
The canary's key is a setting and no row, so that it works from the first start on; it sends canaries and nothing else.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final, Literal

from leadline_runtime.core.values import dataclass
from leadline_runtime.sql import Sql

Scope = Literal[
    "leads:write", "consents:write", "leads:read", "pii:read", "admin", "forms:write", "leads:command",
    "assignments:write", "roster:write", "canary:write",
]  # fmt: skip
FORMS: Final[Scope] = "forms:write"  # the one scope of publishable keys; no other key has it
CANARY: Final[Scope] = "canary:write"  # the one scope of the canary's key; no other key has it either
_ALL: Final[tuple[Scope, ...]] = Scope.__args__  # type: ignore[attr-defined]
SCOPES: Final[tuple[Scope, ...]] = tuple(each for each in _ALL if each not in (FORMS, CANARY))  # of secret keys
PREFIX: Final = "ll_"
PUBLISHABLE: Final = "lp_"
_NOBODY: Final = bytes(32)


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is stored. `source`: the system that holds it; `trusted`: it may name external ids (rules B1.4).

    `origins`, `pages`: of a publishable key, whose pages may post with it and where a form may send the browser to.
    `former_sha256`: the secret before the last rotation, in force until `former_until`.
    `rate`, `burst`: requests a second, and how many at once; None: as the door's settings have it.
    """

    id: str
    secret_sha256: bytes
    name: str
    source: str
    scopes: frozenset[str]
    trusted: bool
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    origins: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    former_sha256: bytes | None = None
    former_until: datetime | None = None
    rate: float | None = None
    burst: int | None = None

    @property
    def publishable(self) -> bool:
        """Whether it may stand in a public page."""
        return FORMS in self.scopes

    def may(self, scope: Scope) -> bool:
        """Whether it may do this."""
        return scope in self.scopes or ("admin" in self.scopes and scope in SCOPES)

    def fits(self, secret_sha256: bytes, now: datetime) -> bool:
        """Whether this is one of its secrets in force; both are compared, so that time tells nothing."""
        newest = hmac.compare_digest(secret_sha256, self.secret_sha256)
        former = hmac.compare_digest(secret_sha256, self.former_sha256 or _NOBODY)
        return newest or (former and self.former_is_live(now))

    def former_is_live(self, now: datetime) -> bool:
        """Whether the secret before the last rotation is still in force."""
        return self.former_sha256 is not None and self.former_until is not None and now < self.former_until

    def is_live(self, now: datetime) -> bool:
        """Whether it is in force."""
        return (self.expires_at is None or now < self.expires_at) and (self.revoked_at is None or now < self.revoked_at)


# What is compared with for an id that does not exist, so that an answer takes as long as for one that does.
_EVER: Final = datetime(2000, 1, 1, tzinfo=UTC)
_NO_KEY: Final = Key("", _NOBODY, "", "", frozenset(), False, _EVER)


def new_key(prefix: str = PREFIX) -> tuple[str, str, bytes]:
    """A new id, the whole key to give away once, and the hash to keep."""
    key_id = secrets.token_hex(6)
    return key_id, *new_secret(key_id, prefix)


def new_secret(key_id: str, prefix: str) -> tuple[str, bytes]:
    """The whole key with a new secret, to give away once, and the hash to keep."""
    secret = secrets.token_urlsafe(32)
    return f"{prefix}{key_id}_{secret}", hashed(secret)


def hashed(secret: str) -> bytes:
    """What is stored of a secret. Its 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).digest()


class KeyRing:
    """The keys in memory, looked up again every few seconds; while PostgreSQL is away those last seen are in force."""

    def __init__(self, keys: Iterable[Key] = (), always: Iterable[Key] = ()) -> None:
        """`always`: keys of settings, in force beside those of the table."""
        self._always = tuple(always)
        self._keys: Mapping[str, Key] = {key.id: key for key in (*keys, *self._always)}

    def __len__(self) -> int:
        return len(self._keys)

    def replace(self, keys: Iterable[Key]) -> None:
        """Put other keys in force, all at once."""
        self._keys = {key.id: key for key in (*keys, *self._always)}

    def find(self, text: str, now: datetime) -> Key | None:
        """The live secret key that `text` is; None for anything else, in the same time."""
        key = self._find(PREFIX, text, now)
        return key if key is not None and not key.publishable else None

    def find_publishable(self, text: str, now: datetime) -> Key | None:
        """The live publishable key that `text` is; None for anything else, a secret key too."""
        key = self._find(PUBLISHABLE, text, now)
        return key if key is not None and key.publishable else None

    def _find(self, prefix: str, text: str, now: datetime) -> Key | None:
        key_id, _, secret = text.removeprefix(prefix).partition("_")
        key = self._keys.get(key_id) if text.startswith(prefix) else None
        fits = (key or _NO_KEY).fits(hashed(secret), now)
        return key if key is not None and fits and key.is_live(now) else None


def canary_key(text: str) -> Key:
    """The key that settings give the canary: `ll_canary_<secret>`. Table rows have hexadecimal ids, so none is its."""
    key_id, _, secret = text.removeprefix(PREFIX).partition("_")
    scopes = frozenset({CANARY})
    # Nobody counts what it sends, so it must not be much.
    return Key(key_id, hashed(secret), "the canary", "other", scopes, False, _EVER, rate=1.0, burst=30)


COLUMNS = (
    "id, secret_sha256, name, source, scopes, trusted, created_at, expires_at, revoked_at, origins, pages,"
    " former_sha256, former_until, rate, burst"
)


async def stored_keys(sql: Sql) -> list[Key]:
    """All keys in the table. Raises DatabaseTrouble."""
    rows = await sql.fetch(f"SELECT {COLUMNS} FROM api_key ORDER BY created_at, id")  # noqa: S608
    return [
        Key(
            row[0], bytes(row[1]), row[2], row[3], frozenset(row[4]), row[5], row[6], row[7], row[8],
            tuple(row[9]), tuple(row[10]), None if row[11] is None else bytes(row[11]), *row[12:],
        )
        for row in rows
    ]  # fmt: skip


async def store_key(sql: Sql, key: Key) -> None:
    """Keep a new key. Raises DatabaseTrouble."""
    await sql.run(
        (
            f"INSERT INTO api_key ({COLUMNS}) VALUES ({', '.join(['%s'] * 15)})",  # noqa: S608
            (
                key.id, key.secret_sha256, key.name, key.source, sorted(key.scopes), key.trusted, key.created_at,
                key.expires_at, key.revoked_at, list(key.origins), list(key.pages),
                key.former_sha256, key.former_until, key.rate, key.burst,
            ),
        )
    )  # fmt: skip


async def revoke_key(sql: Sql, key_id: str, at: datetime) -> bool:
    """End a key; False if there is no such key. One that was revoked before keeps its time. Raises DatabaseTrouble."""
    found = await sql.fetch(
        "UPDATE api_key SET revoked_at = coalesce(revoked_at, %s) WHERE id = %s RETURNING id", (at, key_id)
    )
    return bool(found)


async def rotate_key(sql: Sql, key: Key, secret_sha256: bytes, former_until: datetime) -> bool:
    """Give a key, as it was read, a new secret; the present one ends at `former_until`.

    False if it was changed meanwhile. Raises DatabaseTrouble.
    """
    found = await sql.fetch(
        "UPDATE api_key SET former_sha256 = secret_sha256, former_until = %s, secret_sha256 = %s"
        " WHERE id = %s AND secret_sha256 = %s AND revoked_at IS NULL RETURNING id",
        (former_until, secret_sha256, key.id, key.secret_sha256),
    )
    return bool(found)


async def limit_key(sql: Sql, key_id: str, rate: float | None, burst: int | None) -> bool:
    """Set how many requests a key may make; False if there is no such key. Raises DatabaseTrouble."""
    found = await sql.fetch(
        "UPDATE api_key SET rate = %s, burst = %s WHERE id = %s RETURNING id", (rate, burst, key_id)
    )
    return bool(found)
