"""One guarded request for an object that a vendor pointed at, with each of the live secrets until one is taken."""

from collections.abc import Sequence
from typing import Final

from yarl import URL

from leadline_capture.core.pointers import Fetch
from leadline_capture.fetcher.settings import FetcherSettings
from leadline_runtime.outbound import Got, NotGot, Outbound, Request, judge

_AGENT: Final = "Leadline (lead fetcher)"


class Vendors:
    """The client, with the limits of the settings."""

    def __init__(self, settings: FetcherSettings) -> None:
        self._settings = settings
        self._outbound = Outbound(_AGENT, settings.fetch_private_hosts)

    async def get(self, fetch: Fetch, url: str, secrets: Sequence[str]) -> Got:
        """The object at `url`; each live secret is tried, the newest first. Raises NotGot."""
        for number, secret in enumerate(secrets or [""], 1):
            try:
                got = await self._outbound.exchange(self._with_token(fetch, url, secret))
                judge(got)
                return got
            except NotGot as failure:
                # Some vendors answer a token that has run out with a plain 400.
                if failure.reason not in ("refused", "not_taken") or number >= len(secrets):
                    raise
        raise AssertionError("each round returns or raises")

    def _with_token(self, fetch: Fetch, url: str, secret: str) -> Request:
        headers, token = dict(fetch.headers), fetch.token
        if token is not None and secret:
            if token.place == "header":
                headers[token.name] = token.prefix + secret
            else:
                url = str(URL(url, encoded=True).update_query({token.name: secret}))
        return Request(url, headers, self._settings.fetch_budget_s, self._settings.fetch_bytes)

    async def close(self) -> None:
        """Let go of all connections."""
        await self._outbound.close()
