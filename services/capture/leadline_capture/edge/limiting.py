"""How many requests a key, or else an address, may make: 429 beyond it, with how long to wait.

The headers are those of the IETF draft "RateLimit header fields for HTTP": RateLimit-Policy and RateLimit.
"""

import hashlib
from functools import lru_cache
from ipaddress import IPv6Address, ip_address
from math import ceil
from typing import Final, Literal

import aiohttp
from aiohttp import web

from leadline_capture.edge.door import Call
from leadline_capture.edge.forms import FORMS
from leadline_capture.edge.keys import Key
from leadline_capture.edge.problem import Problem
from leadline_capture.edge.submission import sender_address
from leadline_runtime.core.rates import SECOND, Rate, Taken

By = Literal["key", "address"]
CODE: Final = "rate_limited"


async def limit(call: Call) -> None:
    """Count a request against its key, or without a live one against its address. Raises Problem 429."""
    settings = call.door.settings
    key = _key_of(call)
    if key is not None:
        rate = (
            Rate(key.rate, key.burst)
            if key.rate and key.burst
            else _rate(settings.edge_key_rate, settings.edge_key_burst)
        )
        return await _take(call, "key", f"k:{key.id}", rate)
    address = sender_address(call.request, settings.edge_proxies) or ""
    bucket = _bucket(address, settings.database_url.get_secret_value())
    return await _take(call, "address", f"a:{bucket}", _rate(settings.edge_address_rate, settings.edge_address_burst))


def _rate(per_s: float, burst: int) -> Rate | None:
    return Rate(per_s, burst) if per_s else None


async def _take(call: Call, by: By, bucket: str, rate: Rate | None) -> None:
    if rate is None:
        return
    taken = await call.door.rates.take(bucket, rate)
    call.headers["RateLimit-Policy"] = f'"{by}";q={rate.burst};w={max(1, ceil(rate.burst / rate.per_s))}'
    call.headers["RateLimit"] = f'"{by}";r={taken.remaining};t={_seconds(taken.reset)}'
    if not taken.allowed:
        call.door.metrics.limited.labels(by).inc()
        raise _too_many(by, rate, taken)


def _too_many(by: By, rate: Rate, taken: Taken) -> Problem:
    wait = max(1, _seconds(taken.retry))
    told = f"this {by} may make {rate.per_s:g} requests a second, {rate.burst} at once; come again in {wait} s"
    return Problem(429, CODE, told, headers={"Retry-After": str(wait)})


def _seconds(microseconds: int) -> int:
    return ceil(microseconds / SECOND)


def _key_of(call: Call) -> Key | None:
    """The live key that the request shows where keys stand, wherever it is checked later; it is not judged here."""
    keys, now, request = call.door.keys, call.door.clock(), call.request
    if request.path.startswith(FORMS):
        return keys.find_publishable(request.path.removeprefix(FORMS), now)
    kind, _, given = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "basic":
        given = _user(request)
    return keys.find(given.strip(), now) if given else None


def _user(request: web.BaseRequest) -> str:
    try:
        return str(aiohttp.BasicAuth.decode(request.headers["Authorization"]).login)
    except ValueError:
        return ""


@lru_cache(maxsize=10_000)
def _bucket(address: str, secret: str) -> str:
    """The bucket of an address: of an IPv6 host's whole network. Redis never sees the address itself."""
    try:
        found = ip_address(address)
        network = found.exploded[:19] if isinstance(found, IPv6Address) else address
    except ValueError:
        network = address
    key = hashlib.sha256(secret.encode()).digest()
    return hashlib.blake2b(network.encode(), key=key, digest_size=12).hexdigest()
