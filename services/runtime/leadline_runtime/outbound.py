"""One guarded request to a server of somebody else: a configured host, no redirects, no private addresses, bounded time
and size.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final, Literal
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from leadline_runtime.core.retry_after import retry_after
from leadline_runtime.core.url_templates import host_of
from leadline_runtime.core.values import dataclass
from leadline_runtime.resolving import NotPublic, PublicResolver, is_public

_CHUNK: Final = 65_536
_REFUSED: Final = (401, 403)


@dataclass(frozen=True, slots=True)
class Request:
    """What is sent. url: with its query, encoded. most_bytes: the largest answer that is taken, inflated."""

    url: str
    headers: Mapping[str, str]
    budget_s: float
    most_bytes: int
    method: Literal["GET", "POST"] = "GET"
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Got:
    """What a server answered. The body of what is no success is not read."""

    content_type: str
    body: bytes
    status: int = 200
    again_in: timedelta | None = None


class NotGot(Exception):
    """Nothing useful came. `reason` is one of a few words; `vendor_fails`: it says something of the server's health."""

    def __init__(self, reason: str, *, vendor_fails: bool, again_in: timedelta | None = None) -> None:
        super().__init__(reason)
        self.reason, self.vendor_fails, self.again_in = reason, vendor_fails, again_in


class Outbound:
    """The client. Two sets of connections: to the hosts of one's own network that settings allow, and to the world.

    agent: how we name ourselves. private_hosts: with port; they may speak plain http.
    """

    def __init__(self, agent: str, private_hosts: frozenset[str]) -> None:
        self._private_hosts = private_hosts
        headers = {"User-Agent": agent, "Accept": "application/json"}
        cookies = aiohttp.DummyCookieJar  # what one server sets is never sent again
        self._public = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=PublicResolver(), limit=0),
            headers=headers, cookie_jar=cookies(), trust_env=False,
        )  # fmt: skip
        self._private = aiohttp.ClientSession(headers=headers, cookie_jar=cookies(), trust_env=False)

    async def exchange(self, request: Request) -> Got:
        """The answer, whatever its status. Raises NotGot if none comes, or one that is too large."""
        session = self._session(request.url)
        try:
            async with session.request(
                request.method, URL(request.url, encoded=True), headers=request.headers, data=request.body,
                allow_redirects=False, timeout=aiohttp.ClientTimeout(total=request.budget_s),
            ) as answer:  # fmt: skip
                body = await _body(answer, request.most_bytes) if 200 <= answer.status < 300 else b""
                again_in = retry_after(answer.headers.get("Retry-After", ""), answer.headers.get("Date", ""))
                return Got(answer.headers.get("Content-Type", "application/json"), body, answer.status, again_in)
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

    def _session(self, url: str) -> aiohttp.ClientSession:
        split = urlsplit(url)
        if host_of(url) in self._private_hosts:
            return self._private
        if split.scheme != "https":
            raise NotGot("not_https", vendor_fails=False)
        host = split.hostname or ""
        written_out = host.replace(".", "").isdigit() or ":" in host  # then it is never looked up
        if written_out and not is_public(host):
            raise NotGot("not_public", vendor_fails=False)
        return self._public

    async def close(self) -> None:
        """Let go of all connections."""
        await self._public.close()
        await self._private.close()


async def _body(answer: aiohttp.ClientResponse, most_bytes: int) -> bytes:
    found = bytearray()
    async for chunk in answer.content.iter_chunked(_CHUNK):  # counted as it inflates, whatever its length says
        found += chunk
        if len(found) > most_bytes:
            raise NotGot("too_large", vendor_fails=False)
    return bytes(found)


def judge(got: Got) -> None:
    """Raises NotGot for an answer that is no success."""
    status = got.status
    if status == 200:
        return
    if 300 <= status < 400:
        raise NotGot("redirected", vendor_fails=False)
    if status in _REFUSED:
        raise NotGot("refused", vendor_fails=False)
    if status == 429:
        raise NotGot("throttled", vendor_fails=True, again_in=got.again_in)
    if status >= 500:
        raise NotGot("vendor_fails", vendor_fails=True, again_in=got.again_in)
    raise NotGot("not_found" if status in (404, 410) else "not_taken", vendor_fails=False)
