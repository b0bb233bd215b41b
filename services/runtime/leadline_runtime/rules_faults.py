"""All that is wrong with rules files, gathered, so that it is told at once and not one by one."""

from collections.abc import Callable
from typing import TypeVar

from leadline_runtime.core.errors import RulesError, all_of

T = TypeVar("T")


class Faults:
    """What was found so far."""

    def __init__(self) -> None:
        self.found: list[RulesError] = []

    def take(self, make: Callable[[], T], otherwise: T) -> T:
        """What `make` gives; `otherwise` if it raises RulesError, which is kept."""
        try:
            return make()
        except RulesError as fault:
            self.found.append(fault)
            return otherwise

    def check(self) -> None:
        """Raise one RulesError that names all of them, if there are any."""
        if self.found:
            raise all_of(self.found)
