"""Through which channel somebody came: first and last touch over the united history.

The channel of a touch is told by an ordered table (rules/capture.yaml): campaign tags, then a click id, then the site
that led here, and where all that is silent by the lead's source.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from leadline_capture.core.landing import TAGS, with_landing
from leadline_runtime.core.conditions import Condition
from leadline_runtime.core.values import dataclass
from leadline_schemas.event import trusted
from leadline_schemas.lead import Touch
from leadline_schemas.payloads import AttributionPayload
from leadline_schemas.vocabulary import Source

_touch_of = trusted(Touch)
_LABEL: Final = re.compile(r"[^.]+")  # of a host
_WORD: Final = re.compile(r"[a-z0-9]+")  # of a campaign's tag, as in facebook_ads
DIRECT: Final = (
    "direct"  # the channel of who came from nowhere that is known: it never takes another's place as the last
)
FIELDS = frozenset({"medium", "utm_source", "campaign", "tagged", "click_id", "click", "referrer", "source"})


@dataclass(frozen=True, slots=True)
class Channels:
    """The channel table. `sites`: a referring host (`t.co`) or a label of it (`google`) → what it is (`search`,
    `social`, `email`); `click_ids`: the parameter that holds a click id → what a click by it was."""

    table: tuple[tuple[str, Condition], ...]
    by_source: Mapping[Source, str]
    sites: Mapping[str, str]
    click_ids: Mapping[str, str]

    def channel(self, source: Source, seen: AttributionPayload | None) -> str:
        """The channel of a touch."""
        if seen is None:
            return self.by_source[source]
        host, landing = host_of(seen.referrer), host_of(seen.landing_page)
        values = {
            "medium": _plain(seen.utm_medium),
            "utm_source": _plain(seen.utm_source),
            "campaign": _plain(seen.utm_campaign),
            "tagged": self._kind(_plain(seen.utm_source), _WORD),
            "click_id": seen.click_id,
            "click": self.click_ids.get(seen.click_id_name or "", "ad") if seen.click_id else None,
            "referrer": (self._kind(host) or "site") if host and host != landing else None,
            "source": source,
        }
        found = next((channel for channel, condition in self.table if condition.holds(values)), None)
        return found or self.by_source[source]

    def is_arrival(self, seen: AttributionPayload | None) -> bool:
        """Does it say that somebody came from somewhere: a campaign, a click, a site that is not the page's own?"""
        if seen is None:
            return False
        seen = with_landing(seen, self.click_ids)
        host = host_of(seen.referrer)
        tags = [getattr(seen, tag) for tag in TAGS]
        return any(tags) or bool(seen.click_id) or (host is not None and host != host_of(seen.landing_page))

    def touch(self, at: datetime, source: Source, seen: AttributionPayload | None) -> Touch:
        """The touch of one submission; of the referring and the landing page only host and path are kept."""
        if seen is None:
            return _touch_of(at=at, channel=self.by_source[source])
        seen = with_landing(seen, self.click_ids)
        return _touch_of(
            at=at,
            channel=self.channel(source, seen),
            source=seen.utm_source,
            medium=seen.utm_medium,
            campaign=seen.utm_campaign,
            term=seen.utm_term,
            content=seen.utm_content,
            click_id=seen.click_id,
            click_id_name=seen.click_id_name,
            referrer=host_of(seen.referrer),
            landing_page=_path(seen.landing_page),
        )

    def _kind(self, site: str | None, part: re.Pattern[str] = _LABEL) -> str | None:
        """What a site is, by its whole name or by a part of it."""
        if site is None:
            return None
        return next((self.sites[each] for each in (site, *part.findall(site)) if each in self.sites), None)


def host_of(url: str | None) -> str | None:
    """The host of a page's address, without `www.`; None if there is none."""
    if not url:
        return None
    try:
        host = urlsplit(url.strip()).hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def _plain(text: str | None) -> str | None:
    return text.strip().lower() or None if text else None


def _path(url: str | None) -> str | None:
    if not url:
        return None
    try:
        return urlsplit(url.strip()).path[:200] or "/"
    except ValueError:
        return None
