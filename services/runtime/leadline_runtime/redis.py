"""Redis as a cache that may be flushed, wrong or away at any moment. The only file that imports the client.

Nothing here raises into a decision: what goes wrong is counted and looks like an empty cache. While Redis is away it is
left alone for a moment after each failure, so that its time-outs are not paid by every batch.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from time import monotonic
from typing import Any, cast

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from leadline_runtime.logs import logger

log = logger(__name__)
_TROUBLE = (RedisError, OSError, TimeoutError)


class _Connection:
    """A client that is made at first use, in the event loop that uses it, and left alone after a failure.

    timeout_s: the longest that one call may take, connecting included. rest_s: how long Redis is left alone.
    """

    def __init__(self, url: str, timeout_s: float, rest_s: float) -> None:
        self._url, self._timeout_s, self._rest_s = url, timeout_s, rest_s
        self._client: Redis | None = None
        self._users: Counter[Redis] = Counter()
        self._away_until = 0.0

    @property
    def up(self) -> bool:
        """Did the last call get through?"""
        return self._away_until == 0.0

    @property
    def _resting(self) -> bool:
        return monotonic() < self._away_until

    async def close(self) -> None:
        """Let go of the connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    @asynccontextmanager
    async def _use(self) -> AsyncIterator[Redis]:
        """The client for one call. One that another call gave up meanwhile is closed when its last user is done."""
        client = self._connected()
        self._users[client] += 1
        try:
            yield client
        finally:
            self._users[client] -= 1
            await self._close_unused(client)

    async def _close_unused(self, client: Redis) -> None:
        if self._users[client] == 0:
            del self._users[client]
            if client is not self._client:
                with suppress(*_TROUBLE):
                    await client.aclose()

    def _connected(self) -> Redis:
        if self._client is None:
            try:
                self._client = Redis.from_url(
                    self._url,
                    socket_connect_timeout=self._timeout_s,
                    socket_timeout=self._timeout_s,
                    retry=Retry(NoBackoff(), 0),
                )
            except ValueError:  # its text holds the address, with the password
                raise RedisError("LEADLINE_REDIS_URL is no address such as redis://host:6379/0") from None
        return self._client

    async def _failed(self, error: BaseException) -> None:
        if self.up:
            log.warning("Redis cannot be used; going on without it", fault=type(error).__name__)
        self._away_until = monotonic() + self._rest_s
        client, self._client = self._client, None  # a reply that is still on its way must not be read as the next one's
        if client is not None:
            await self._close_unused(client)


class Cache(_Connection):
    """Byte values by key. `count(outcome, number)` hears of each `hit`, `miss`, `error` and `skipped` key."""

    def __init__(
        self,
        url: str,
        count: Callable[[str, int], None],
        *,
        timeout_s: float = 0.1,
        rest_s: float = 1.0,
    ) -> None:
        super().__init__(url, timeout_s, rest_s)
        self._count = count

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]:
        """The values of these keys, None for each that is not to be had for whatever reason."""
        if not keys:
            return []
        nothing: list[bytes | None] = [None] * len(keys)
        if self._resting:
            self._count("skipped", len(keys))
            return nothing
        try:
            async with asyncio.timeout(self._timeout_s), self._use() as client:
                found = cast(list[bytes | None], await client.mget(keys))  # bytes: nothing decodes
        except _TROUBLE as error:
            self._count("error", len(keys))
            await self._failed(error)
            return nothing
        if len(found) != len(keys):
            self._count("error", len(keys))
            return nothing
        self._away_until = 0.0
        hits = sum(value is not None for value in found)
        self._count("hit", hits)
        self._count("miss", len(keys) - hits)
        return found

    async def set_many(self, values: Mapping[str, bytes], ttl_s: int) -> None:
        """Keep these values for `ttl_s` seconds, if it can be done now."""
        if not values or self._resting:
            return
        try:
            async with asyncio.timeout(self._timeout_s), self._use() as client:
                pipeline = client.pipeline(transaction=False)
                for key, value in values.items():
                    pipeline.set(key, value, ex=ttl_s)
                await pipeline.execute(raise_on_error=False)
        except _TROUBLE as error:
            self._count("error", len(values))
            await self._failed(error)

    async def take_many(self, keys: Sequence[str], ttl_ms: int) -> set[str]:
        """Those of the keys that nobody had taken: they are now, for `ttl_ms` milliseconds at most.

        All of them while Redis is away: who needs to be the only one for more than courtesy must not ask here.
        """
        if not keys or self._resting:
            return set(keys)
        try:
            async with asyncio.timeout(self._timeout_s), self._use() as client:
                pipeline = client.pipeline(transaction=False)
                for key in keys:
                    pipeline.set(key, b"", nx=True, px=ttl_ms)
                taken = await pipeline.execute(raise_on_error=False)
        except _TROUBLE as error:
            self._count("error", len(keys))
            await self._failed(error)
            return set(keys)
        # None: somebody has it. An error (Redis is full, or read-only) keeps nobody from going on.
        return {key for key, got in zip(keys, taken, strict=True) if got is not None}

    async def give_back(self, keys: Sequence[str]) -> None:
        """Let others take these keys, if it can be told now; else their time runs out."""
        if not keys or self._resting:
            return
        try:
            async with asyncio.timeout(self._timeout_s), self._use() as client:
                await client.delete(*keys)
        except _TROUBLE as error:
            self._count("error", len(keys))
            await self._failed(error)


class Script(_Connection):
    """A Lua script that Redis runs as one step."""

    def __init__(self, url: str, text: str, *, timeout_s: float = 0.1, rest_s: float = 1.0) -> None:
        super().__init__(url, timeout_s, rest_s)
        self._text = text

    async def run(self, keys: Sequence[str], args: Sequence[str | float]) -> Any:
        """What the script returns; None if Redis does not answer in time, or is left alone just now."""
        if self._resting:
            return None
        try:
            async with asyncio.timeout(self._timeout_s), self._use() as client:
                found = await client.register_script(self._text)(keys=keys, args=args)
        except _TROUBLE as error:
            await self._failed(error)
            return None
        if not self.up:
            log.info("Redis answers again")
        self._away_until = 0.0
        return found
