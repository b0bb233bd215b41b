"""Rate limits that all instances share in Redis, and that each keeps alone while Redis does not answer in time.

Requests that come at the same time share one call of one script, so that the limit costs next to nothing under load. A
request waits a few milliseconds for it at the most; what Redis said last stands in the own bucket, which decides then.
"""

import asyncio
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any, Final

from leadline_runtime.core.rates import SECOND, Rate, Taken, take
from leadline_runtime.core.values import dataclass
from leadline_runtime.redis import Script

# As core.rates.take, for each key with its interval, burst and cost. ARGV[1]: the time, '' for Redis' own.
LUA: Final = """
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000000 + time[2]
end
local answers = {}
for i, key in ipairs(KEYS) do
  local interval, burst, cost = tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i]), tonumber(ARGV[3 * i + 1])
  local start = math.max(tonumber(redis.call('GET', key) or '0'), now)
  local after = start + cost * interval
  local room = now + burst * interval - after
  if room < -0.5 then
    local left = math.max(0, math.floor((now + burst * interval - start + 0.5) / interval))
    answers[i] = {0, left, math.ceil(-room), math.ceil(start - now)}
  else
    redis.call('SET', key, string.format('%.2f', after), 'PX', math.max(1, math.ceil((after - now) / 1000)))
    answers[i] = {1, math.max(0, math.floor((room + 0.5) / interval)), 0, math.ceil(after - now)}
  end
end
return answers
"""
_AT_MOST: Final = 200  # of one call, which takes Redis about a microsecond each
_BUCKETS: Final = 100_000
# One slot, so that a cluster takes the script too.
_PREFIX: Final = "leadline:{rate}:"


@dataclass
class _Asked:
    key: str
    rate: Rate
    cost: int
    answer: "asyncio.Future[Taken]"


class Rates:
    """Buckets by key. wait_s: how long one request waits for Redis. `script`: None keeps all in this process."""

    def __init__(self, script: Script | None, *, wait_s: float = 0.005, clock: Callable[[], float] = monotonic) -> None:
        self._script, self._wait_s, self._clock = script, wait_s, clock
        self._asked: list[_Asked] = []
        self._wake = asyncio.Event()
        self._own: dict[str, float] = {}

    @property
    def shared(self) -> bool:
        """Whether Redis answered last time."""
        return self._script is not None and self._script.up

    async def take(self, key: str, rate: Rate, cost: int = 1) -> Taken:
        """Take `cost` from the bucket `key`, if it has as much. Never raises, and never waits for long."""
        if self.shared:
            asked = _Asked(key, rate, cost, asyncio.get_running_loop().create_future())
            self._asked.append(asked)
            self._wake.set()
            try:
                async with asyncio.timeout(self._wait_s):
                    return await asked.answer
            except TimeoutError:
                pass
        return self._take_own(key, rate, cost)

    def _take_own(self, key: str, rate: Rate, cost: int) -> Taken:
        now = self._clock() * SECOND
        taken, arrival = take(self._own.get(key, 0.0), now, rate, cost)
        self._keep(key, arrival, now)
        return taken

    def _keep(self, key: str, arrival: float, now: float) -> None:
        if key not in self._own and len(self._own) >= _BUCKETS:
            self._own = {each: until for each, until in self._own.items() if until > now}
            if len(self._own) >= _BUCKETS:
                self._own.clear()
        self._own[key] = arrival

    async def run(self, look_every_s: float = 1.0) -> None:
        """Ask Redis, and look now and then whether it is back. Ends by cancellation."""
        if self._script is None:
            return
        while True:
            if not self._script.up:
                await asyncio.sleep(look_every_s)
                await self._script.run([], [""])
                continue
            try:
                await asyncio.wait_for(self._wake.wait(), look_every_s)
            except TimeoutError:
                await self._script.run([], [""])
                continue
            self._wake.clear()
            while self._asked and self._script.up:
                group, self._asked = self._asked[:_AT_MOST], self._asked[_AT_MOST:]
                await self._ask(self._script, [each for each in group if not each.answer.done()])
            self._asked.clear()

    async def _ask(self, script: Script, group: Sequence[_Asked]) -> None:
        args: list[Any] = [""]
        for each in group:
            args += (each.rate.interval, each.rate.burst, each.cost)
        found = await script.run([_PREFIX + each.key for each in group], args)
        if found is None:
            return
        now = self._clock() * SECOND
        for each, (allowed, remaining, retry, reset) in zip(group, found, strict=True):
            self._keep(each.key, now + reset, now)
            if not each.answer.done():
                each.answer.set_result(Taken(bool(allowed), remaining, retry, reset))

    async def close(self) -> None:
        """Let go of the connection."""
        if self._script is not None:
            await self._script.close()
