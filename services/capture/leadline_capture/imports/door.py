"""The door's batch endpoint, from outside: tried again for as long as it is away, so that no row is lost or doubled."""

import asyncio
import json
from collections.abc import Callable, Sequence
from time import monotonic
from types import TracebackType
from typing import Any, Final

import aiohttp

from leadline_capture.imports.sending import Fate, Item
from leadline_runtime.command_errors import UNREACHABLE, USAGE, CommandError

_LONGEST_WAIT_S: Final = 30.0
_TIMEOUT_S: Final = 60.0


class RemoteDoor:
    """A door at `url`. `patience_s`: how long it may be away before the import stops (it can be continued)."""

    def __init__(self, url: str, key: str, patience_s: float, tell: Callable[[str], None]) -> None:
        if not url.startswith(("http://", "https://")):
            raise CommandError(f"{url!r} is no address of a door; give one like http://127.0.0.1:8080.", USAGE)
        self.url, self._key, self._patience_s, self._tell = url.rstrip("/"), key, patience_s, tell

    async def __aenter__(self) -> "RemoteDoor":
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        timeout = aiohttp.ClientTimeout(total=_TIMEOUT_S)
        self._http = aiohttp.ClientSession(headers=headers, timeout=timeout)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.close()

    async def send(self, items: Sequence[Item]) -> list[Fate]:
        """See imports.sending.Sends. Raises CommandError if the door stays away, or will never take this."""
        fates: list[Fate | None] = [None] * len(items)
        began, attempt = monotonic(), 0
        while left := [place for place, fate in enumerate(fates) if fate is None]:
            wait, why = await self._try(left, items, fates)
            if wait is None:
                continue
            if monotonic() - began + wait > self._patience_s:
                raise CommandError(
                    f"The door at {self.url} does not take the rows: {why}. Nothing is lost: when it is back "
                    "(`leadline status`), run the same command again and it goes on where it stopped.",
                    UNREACHABLE,
                )
            if attempt == 3:
                self._tell(f"the door does not take rows now ({why}); trying again")
            attempt += 1
            await asyncio.sleep(max(wait, min(0.1 * 2**attempt, 5.0)))
        return [fate for fate in fates if fate is not None]

    async def _try(
        self, left: Sequence[int], items: Sequence[Item], fates: list[Fate | None]
    ) -> tuple[float | None, str]:
        """Send what has no fate yet. Gives how long to wait before the next try, None if it may follow at once."""
        body = b"[" + b",".join(items[place].body for place in left) + b"]"
        try:
            async with self._http.post(f"{self.url}/v1/leads/batch", data=body) as response:
                status, content = response.status, await response.read()
                asked = response.headers.get("Retry-After", "")
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return 0.2, type(error).__name__
        told = _object(content)
        results = told.get("results")
        if status in (202, 207, 422, 503) and isinstance(results, list) and len(results) == len(left):
            for place, result in zip(left, results, strict=True):
                fates[place] = _fate(result)
            waits = any(fates[place] is None for place in left)
            return (_seconds(asked), "it cannot store some of them now") if waits else (None, "")
        if status in (401, 403):
            raise CommandError(
                f"The door at {self.url} does not take this key ({status}): {told.get('detail', '')}. "
                "`leadline keys create --name import --source NAME` makes one; give it in LEADLINE_API_KEY.",
                USAGE,
            )
        if status in (408, 429) or status >= 500:
            return _seconds(asked), f"it says {status}, not now"
        raise CommandError(
            f"The door at {self.url} answers {status} to a batch: {told.get('detail') or 'no reason given'}. "
            "Is this the address of a Leadline door (--edge)?",
            USAGE,
        )


def _object(content: bytes) -> dict[str, Any]:
    try:
        told = json.loads(content)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _fate(result: Any) -> Fate | None:
    """What one item's answer says; None if it is to be sent again."""
    if result.get("status") == "accepted":
        return Fate(str(result["submission_id"]))
    if result.get("status") == "unavailable":
        return None
    faults = [f"{each.get('path')}: {each.get('problem')}" for each in result.get("errors") or ()]
    return Fate(reasons=tuple(faults or [str(result.get("detail") or result.get("code"))]))


def _seconds(asked: str) -> float:
    return min(float(asked), _LONGEST_WAIT_S) if asked.isdigit() else 0.2
