"""What a landing page's address tells of a visit: campaign tags and click ids, where a sender passed on no more."""

from collections.abc import Collection
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from leadline_capture.core.values import text
from leadline_schemas.payloads import AttributionPayload

TAGS: Final = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
_MOST: Final = 100  # parameters of an address; who writes more writes no address of a page
_LONGEST: Final = 200  # characters, as the payload takes them


def with_landing(seen: AttributionPayload, click_ids: Collection[str]) -> AttributionPayload:
    """With the tags and the click id of its landing page, if it has none of its own: those that it has are all."""
    if seen.click_id or any(getattr(seen, tag) for tag in TAGS) or "?" not in (seen.landing_page or ""):
        return seen
    asked = _parameters(seen.landing_page or "")
    found: dict[str, Any] = {tag: asked[tag] for tag in TAGS if tag in asked}
    name = next((each for each in click_ids if each in asked), None)
    if name is not None:
        found |= {"click_id": asked[name], "click_id_name": name}
    return seen.model_copy(update=found) if found else seen


def _parameters(address: str) -> dict[str, str]:
    """The parameters of an address, cleaned as all texts are; of a repeated one the first."""
    try:
        pairs = parse_qsl(urlsplit(address.strip()).query, max_num_fields=_MOST, errors="replace")
    except ValueError:
        return {}
    found: dict[str, str] = {}
    for name, value in pairs:
        clean = text(value, lambda note: None, longest=_LONGEST)
        if clean is not None:
            found.setdefault(name, clean)
    return found
