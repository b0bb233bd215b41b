"""How many connections a door keeps open: at its limit the one that was silent for longest makes room for a new one.

So clients that open connections and say nothing can push out each other, and never one whose request is in hand.
"""

from collections import OrderedDict
from collections.abc import Callable
from itertools import islice
from typing import Final, Protocol

_LOOK_AT: Final = 64  # at most so many are looked at for each new one


class Open(Protocol):
    """A connection, as far as its place among the others goes."""

    @property
    def is_idle(self) -> bool:
        """Whether no request is in hand."""

    def cut(self) -> None:
        """End it at once."""


class Connections:
    """The open ones, the longest silent first. stuck_s: who was silent for so long does not read its answer.

    `told(reason)` hears of each that is `evicted`, `stuck` or `refused`.
    """

    def __init__(self, most: int, stuck_s: float, clock: Callable[[], float], told: Callable[[str], None]) -> None:
        self._most, self._stuck_s, self._clock, self._told = most, stuck_s, clock, told
        self._heard: OrderedDict[Open, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._heard)

    def admit(self, connection: Open) -> bool:
        """Take a new one in, if there is room or can be made."""
        now = self._clock()
        for each, heard in list(islice(self._heard.items(), _LOOK_AT)):
            if now - heard <= self._stuck_s:
                break
            self._cut(each, "stuck")
        if len(self._heard) >= self._most:
            longest = next((each for each in islice(self._heard, _LOOK_AT) if each.is_idle), None)
            if longest is None:
                self._told("refused")
                return False
            self._cut(longest, "evicted")
        self._heard[connection] = now
        return True

    def heard(self, connection: Open) -> None:
        """Something came on it."""
        if connection in self._heard:
            self._heard[connection] = self._clock()
            self._heard.move_to_end(connection)

    def gone(self, connection: Open) -> None:
        """It is closed."""
        self._heard.pop(connection, None)

    def _cut(self, connection: Open, reason: str) -> None:
        self._heard.pop(connection, None)
        self._told(reason)
        connection.cut()
