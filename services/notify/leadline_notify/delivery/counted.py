"""What the senders count."""

from datetime import timedelta
from typing import Protocol

from leadline_notify.delivery.result import Ending


class Counted(Protocol):
    """Where it is counted (leadline_notify.metrics)."""

    def tried(self, endpoint: str, result: str) -> None: ...
    def ended(self, channel: str, ending: Ending, number: int = 1) -> None: ...
    def took(self, channel: str, time: timedelta) -> None: ...
    def looked(self) -> None: ...
