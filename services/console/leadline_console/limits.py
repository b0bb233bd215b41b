"""So many, or so many percent, may change before a command says no."""

import re

from leadline_console.errors import UserError


class Limit:
    """A number, or a share of what was looked at."""

    def __init__(self, number: float, *, percent: bool) -> None:
        self._number, self._percent = number, percent

    def of(self, whole: int) -> int:
        """As a number."""
        return int(whole * self._number / 100) if self._percent else int(self._number)


def limit_in(written: str | None, option: str, things: str) -> Limit | None:
    """What an option says: `50` or `2.5%`. Raises UserError."""
    if written is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)(%?)", written.strip())
    if found is None or (not found[2] and "." in found[1]):
        raise UserError(f"{option} {written!r} is neither a number of {things}, as 50, nor a percentage, as 2.5%.")
    return Limit(float(found[1]), percent=bool(found[2]))
