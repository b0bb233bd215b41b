"""A lead as routing sees it: its values, territory, allowed channels, first promise."""

from datetime import datetime
from functools import cached_property
from typing import Any

from leadline_route.core.channels import allowed_channels, any_allowed, withdrawn
from leadline_route.core.lead_facts import lead_values
from leadline_route.core.rulebook import Rulebook
from leadline_route.core.snapshot import Scored
from leadline_route.core.team import Territory
from leadline_runtime.core.calendar import due
from leadline_runtime.core.values import dataclass
from leadline_schemas.lead import Request
from leadline_schemas.routed import AllowedChannel


@dataclass(frozen=True)
class Prospect:
    """One snapshot, looked at once: `raw` is it as read. `values` are what conditions may ask."""

    raw: bytes
    scored: Scored
    book: Rulebook
    values: dict[str, Any]
    territory: Territory | None
    channels: tuple[AllowedChannel, ...]

    @property
    def territory_id(self) -> str | None:
        """The name of its territory."""
        return self.territory.id if self.territory else None

    @property
    def segments(self) -> tuple[str, ...]:
        """The segments it is in."""
        found: tuple[str, ...] = self.values["segments"]
        return found

    @cached_property
    def request(self) -> Request | None:
        """The newest live request: what the lead wants now."""
        live = [each for each in self.scored.requests if not each.historical]
        return max(live, key=lambda each: (each.start, each.id)) if live else None

    @property
    def historical(self) -> bool:
        """Everything it asked for is history: stored and scored, never routed (rules B1.12)."""
        return bool(self.scored.requests) and self.request is None

    def first_due(self, now: datetime) -> datetime:
        """When the first promise to this lead is due; counted from `now` for a lead without a request."""
        promise = self.book.promises.of(self.values["type"], self.values["temperature"])
        calendar = self.territory.calendar if self.territory else self.book.default_calendar
        start = (self.request.event_end or self.request.start) if self.request else now
        return due(calendar, start, promise.within, promise.mode)


def prospect(raw: bytes, scored: Scored, book: Rulebook, lifted: tuple[str, ...] = ()) -> Prospect:
    """Look at a snapshot under these rules. `lifted`: vetoes that do not count, because a person reopened the lead."""
    values = lead_values(scored, lifted)
    territory = book.team.territory_of(values)
    types = tuple(each.type for each in scored.requests if not each.historical)
    channels = allowed_channels(scored.enriched.captured.lead, values["country"], types, book.channels)
    values["territory"] = territory.id if territory else None
    values["marketing_allowed"] = any_allowed(channels, "marketing")
    values["contact_allowed"] = any_allowed(channels)
    values["contact_withdrawn"] = withdrawn(channels)
    values["segments"] = tuple(name for name, when in book.segments if when.holds(values))
    return Prospect(raw, scored, book, values, territory, channels)
