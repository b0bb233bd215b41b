"""Dead letters: what can never be decided, kept whole for people, with a limit beyond which the service stops."""

from collections import deque

from leadline_runtime.consumed import Consumed
from leadline_runtime.frames import Outgoing
from leadline_schemas.dead_letter import DeadLetter
from leadline_schemas.topics import dead_letter_topic

IN_A_ROW = 100
SHARE, WINDOW = 0.10, 1000


class TooManyDeadLetters(Exception):
    """So much is rejected that the fault is likely ours: stop instead of draining the topic into dead letters."""


class Limit:
    """Counts outcomes: more than 100 rejected in a row, or more than 10 % of the last 1,000, is too many."""

    def __init__(self) -> None:
        self.in_a_row = 0
        self._recent: deque[bool] = deque(maxlen=WINDOW)
        self._rejected = 0

    def count(self, rejected: bool) -> None:
        """Take one outcome into account. Raises TooManyDeadLetters."""
        if len(self._recent) == WINDOW:
            self._rejected -= self._recent[0]
        self._recent.append(rejected)
        self.in_a_row = self.in_a_row + 1 if rejected else 0
        self._rejected += rejected
        if not self._rejected:  # nearly always
            return
        if self.in_a_row > IN_A_ROW:
            raise TooManyDeadLetters(f"{self.in_a_row} items in a row were rejected")
        if len(self._recent) == WINDOW and self._rejected > SHARE * WINDOW:
            raise TooManyDeadLetters(f"{self._rejected} of the last {WINDOW} items were rejected")

    def copy(self) -> "Limit":
        """A copy to try a batch on: what is rolled back has not happened."""
        made = Limit()
        made.in_a_row, made._recent, made._rejected = self.in_a_row, self._recent.copy(), self._rejected
        return made


def dead_letter(source: Consumed, letter: DeadLetter) -> Outgoing:
    """The record as it came, with what went wrong in headers `dl_*` beside its own."""
    said = ((f"dl_{name}", str(value).encode("utf-8", "replace")[:1000]) for name, value in letter)
    key, value = source.key, source.value or b""
    return Outgoing(dead_letter_topic(letter.service), source.partition, key, value, (*source.headers, *said))
