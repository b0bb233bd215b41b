"""How long the oldest unread record has waited, from what is known without reading it."""

from collections.abc import Mapping

Place = tuple[str, int]  # topic, partition


class Lag:
    """Takes one look after the other; all times are POSIX seconds.

    A partition that is behind was read up to a record of a known time, and was once seen with nothing to read. What
    waits in it is younger than the later of the two, so lag is told too high rather than too low, and never because a
    topic was quiet before.
    """

    def __init__(self) -> None:
        self._caught_up: dict[Place, float] = {}

    def oldest(self, behind: Mapping[Place, int], read: Mapping[Place, float], now: float) -> float | None:
        """Since when, at the longest, a record waits; None if none does.

        behind: records not yet read, per partition owned now. read: the time of the last record read of each.
        """
        waits = []
        for place, records in behind.items():
            if not records:
                self._caught_up[place] = now
            known = [at for at in (read.get(place), self._caught_up.get(place)) if at is not None]
            if records and known:
                waits.append(min(max(known), now))
            elif records:
                self._caught_up[place] = now  # nothing is known of it yet: counted from the first look
                waits.append(now)
        self._caught_up = {place: at for place, at in self._caught_up.items() if place in behind}
        return min(waits, default=None)
