"""One guarded request to a vendor: a configured host, no redirects, no private addresses, bounded time and size."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from leadline_capture.core.pointers import Fetch, host_of
from leadline_capture.fetcher.resolving import NotPublic, PublicResolver, is_public
from leadline_capture.fetcher.settings import FetcherSettings
from leadline_runtime.core.values import dataclass

_AGENT: Final = "Leadline (lead fetcher)"
_CHUNK: Final = 65_536
_REFUSED: Final = (401, 403)


@dataclass(frozen=True, slots=True)
class Got:
    """What a vendor answered."""

    content_type: str
    body: bytes


class NotGot(Exception):
    """Nothing useful came. `reason` is one of a few words; `vendor_fails`: it says something of the vendor's health."""

    def __init__(self, reason: str, *, vendor_fails: bool, again_in: timedelta | None = None) -> None:
        super().__init__(reason)
        self.reason, self.vendor_fails, self.again_in = reason, vendor_fails, again_in


class Vendors:
    """The client. Two sets of connections: to the hosts of one's own network that settings allow, and to the world."""

    def __init__(self, settings: FetcherSettings) -> None:
        self._settings = settings
        timeout = aiohttp.ClientTimeout(total=settings.fetch_budget_s)
        cookies = aiohttp.DummyCookieJar  # what one vendor sets is never sent again
        self._public = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=PublicResolver(), limit=0),
            timeout=timeout, cookie_jar=cookies(), trust_env=False,
        )  # fmt: skip
        self._private = aiohttp.ClientSession(timeout=timeout, cookie_jar=cookies(), trust_env=False)

    async def get(self, fetch: Fetch, url: str, secrets: Sequence[str]) -> Got:
        """The object at `url`; each live secret is tried, the newest first. Raises NotGot."""
        session = self._session(url)
        for number, secret in enumerate(secrets or [""], 1):
            target, headers = _with_token(fetch, url, secret)
            try:
                return await self._get(session, target, headers)
            except NotGot as failure:
                # Some vendors answer a token that has run out with a plain 400.
                if failure.reason not in ("refused", "not_taken") or number >= len(secrets):
                    raise
        raise AssertionError("each round returns or raises")

    def _session(self, url: str) -> aiohttp.ClientSession:
        split = urlsplit(url)
        if host_of(url) in self._settings.fetch_private_hosts:
            return self._private
        if split.scheme != "https":
            raise NotGot("not_https", vendor_fails=False)
        host = split.hostname or ""
        written_out = host.replace(".", "").isdigit() or ":" in host  # then it is never looked up
        if written_out and not is_public(host):
            raise NotGot("not_public", vendor_fails=False)
        return self._public

    async def _get(self, session: aiohttp.ClientSession, url: URL, headers: Mapping[str, str]) -> Got:
        try:
            async with session.get(url, headers=headers, allow_redirects=False) as answer:
                _judge(answer)
                return Got(answer.headers.get("Content-Type", "application/json"), await self._body(answer))
        except NotPublic:
            raise NotGot("not_public", vendor_fails=False) from None
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.os_error, NotPublic):
                raise NotGot("not_public", vendor_fails=False) from None
            raise NotGot("not_reached", vendor_fails=True) from None
        except TimeoutError:
            raise NotGot("too_slow", vendor_fails=True) from None
        except (aiohttp.ClientError, OSError, ValueError):
            raise NotGot("broken_answer", vendor_fails=True) from None

    async def _body(self, answer: aiohttp.ClientResponse) -> bytes:
        found = bytearray()
        async for chunk in answer.content.iter_chunked(_CHUNK):  # counted as it inflates, whatever its length says
            found += chunk
            if len(found) > self._settings.fetch_bytes:
                raise NotGot("too_large", vendor_fails=False)
        return bytes(found)

    async def close(self) -> None:
        """Let go of all connections."""
        await self._public.close()
        await self._private.close()


def _with_token(fetch: Fetch, url: str, secret: str) -> tuple[URL, dict[str, str]]:
    headers = {"User-Agent": _AGENT, "Accept": "application/json", **dict(fetch.headers)}
    target, token = URL(url, encoded=True), fetch.token
    if token is None or not secret:
        return target, headers
    if token.place == "header":
        return target, {**headers, token.name: token.prefix + secret}
    return target.update_query({token.name: secret}), headers


def _judge(answer: aiohttp.ClientResponse) -> None:
    status = answer.status
    if status == 200:
        return
    if 300 <= status < 400:
        raise NotGot("redirected", vendor_fails=False)
    if status in _REFUSED:
        raise NotGot("refused", vendor_fails=False)
    if status == 429:
        raise NotGot("throttled", vendor_fails=True, again_in=_retry_after(answer))
    if status >= 500:
        raise NotGot("vendor_fails", vendor_fails=True, again_in=_retry_after(answer))
    raise NotGot("not_found" if status in (404, 410) else "not_taken", vendor_fails=False)


def _retry_after(answer: aiohttp.ClientResponse) -> timedelta | None:
    given = answer.headers.get("Retry-After", "")
    return timedelta(seconds=int(given)) if given.isascii() and given.isdigit() and len(given) < 8 else None
