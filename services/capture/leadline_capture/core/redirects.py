"""Where a browser is sent after its form was taken in: only to pages that the source's mapping allows."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

from leadline_runtime.core.values import dataclass


@dataclass(frozen=True, slots=True)
class Redirect:
    """`field` of the form names the page; `allow` are the beginnings of addresses it may have."""

    field: str
    allow: tuple[str, ...]


def redirect_of(rule: Redirect | None, body: Any) -> str | None:
    """The page to go to; None if none is named, or one that is not allowed (an open redirect serves phishers)."""
    wanted = body.get(rule.field) if rule is not None and isinstance(body, Mapping) else None
    if rule is None or not isinstance(wanted, str) or not _is_plain(wanted):
        return None
    target = _parts(wanted)
    return wanted if target and any(_is_below(target, page) for page in map(_parts, rule.allow) if page) else None


def is_page(address: str) -> bool:
    """Whether this is a whole address of a page, fit for an allow-list."""
    found = _parts(address)
    return found is not None and bool(found.netloc) and _is_plain(address)


def _is_plain(text: str) -> bool:
    # Browsers read a backslash as a slash and skip control characters: both have fooled allow-lists.
    return text.isascii() and text.isprintable() and " " not in text and "\\" not in text


def _parts(address: str) -> SplitResult | None:
    try:
        found = urlsplit(address)
        return found if found.scheme in ("http", "https") and "@" not in found.netloc else None
    except ValueError:
        return None


def _is_below(target: SplitResult, page: SplitResult) -> bool:
    same = (target.scheme, target.netloc.lower()) == (page.scheme, page.netloc.lower())
    folder = page.path if page.path.endswith("/") else f"{page.path}/"
    return same and ".." not in target.path and (f"{target.path}/" == folder or f"{target.path}/".startswith(folder))
