"""Through which channel somebody came: first and last touch over the united history.

The channel of a touch is told by an ordered table (rules/capture.yaml): campaign tags, then a click id, then the site
that led here, and where all that is silent by the lead's source.
"""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit

from leadline_runtime.core.conditions import Condition
from leadline_runtime.core.values import dataclass
from leadline_schemas.event import trusted
from leadline_schemas.lead import Touch
from leadline_schemas.payloads import AttributionPayload
from leadline_schemas.vocabulary import Source

_touch_of = trusted(Touch)
FIELDS = frozenset({"medium", "utm_source", "click_id", "referrer", "source"})


@dataclass(frozen=True, slots=True)
class Channels:
    """The channel table. `sites`: a referring host (`t.co`) or a label of it (`google`) →
    what it is (`search`, `social`)."""

    table: tuple[tuple[str, Condition], ...]
    by_source: Mapping[Source, str]
    sites: Mapping[str, str]

    def channel(self, source: Source, seen: AttributionPayload | None) -> str:
        """The channel of a touch."""
        if seen is None:
            return self.by_source[source]
        host, landing = host_of(seen.referrer), host_of(seen.landing_page)
        values = {
            "medium": seen.utm_medium.strip().lower() if seen.utm_medium else None,
            "utm_source": seen.utm_source.strip().lower() if seen.utm_source else None,
            "click_id": seen.click_id,
            "referrer": self._site(host) if host != landing else None,
            "source": source,
        }
        found = next((channel for channel, condition in self.table if condition.holds(values)), None)
        return found or self.by_source[source]

    def _site(self, host: str | None) -> str | None:
        if host is None:
            return None
        known = (self.sites[each] for each in (host, *host.split(".")) if each in self.sites)
        return next(known, "site")


def is_arrival(seen: AttributionPayload | None) -> bool:
    """Does it say that somebody came from somewhere: a campaign, a click, a site that is not the page's own?"""
    if seen is None:
        return False
    tags = (seen.utm_source, seen.utm_medium, seen.utm_campaign, seen.utm_term, seen.utm_content, seen.click_id)
    host = host_of(seen.referrer)
    return any(tags) or (host is not None and host != host_of(seen.landing_page))


def touch(at: datetime, source: Source, seen: AttributionPayload | None, channels: Channels) -> Touch:
    """The touch of one submission; of the referring and the landing page only host and path are kept."""
    channel = channels.channel(source, seen)
    if seen is None:
        return _touch_of(at=at, channel=channel)
    return _touch_of(
        at=at,
        channel=channel,
        source=seen.utm_source,
        medium=seen.utm_medium,
        campaign=seen.utm_campaign,
        term=seen.utm_term,
        content=seen.utm_content,
        click_id=seen.click_id,
        referrer=host_of(seen.referrer),
        landing_page=_path(seen.landing_page),
    )


def host_of(url: str | None) -> str | None:
    """The host of a page's address, without `www.`; None if there is none."""
    if not url:
        return None
    try:
        host = urlsplit(url.strip()).hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def _path(url: str | None) -> str | None:
    if not url:
        return None
    try:
        return urlsplit(url.strip()).path[:200] or "/"
    except ValueError:
        return None
