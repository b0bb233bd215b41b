"""Where a browser is sent after its form was taken in: only to pages that the source or the page's key allows."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from leadline_capture.core.origins import origin_of
from leadline_runtime.core.values import dataclass


@dataclass(frozen=True, slots=True)
class Redirect:
    """`field` of the form names the page; `allow` are pages it may name, each with all below it."""

    field: str
    allow: tuple[str, ...] = ()

    def allowing(self, pages: tuple[str, ...]) -> "Redirect":
        """The same, with more pages allowed."""
        return Redirect(self.field, self.allow + pages)


def redirect_of(rule: Redirect | None, body: Any) -> str | None:
    """The page to go to; None if none is named, or one that is not allowed (an open redirect serves phishers)."""
    wanted = body.get(rule.field) if rule is not None and isinstance(body, Mapping) else None
    if rule is None or not isinstance(wanted, str):
        return None
    target = _place(wanted)
    return wanted if target and any(_is_below(target, _place(page)) for page in rule.allow) else None


def is_page(address: str) -> bool:
    """Whether this is a whole address of a page, fit for an allow-list."""
    return _place(address) is not None


def _place(address: str) -> tuple[str, str] | None:
    """Origin and path; None if the path has steps that a browser takes away (`..`, `%2e%2e`), or hides a slash."""
    origin = origin_of(address)
    if origin is None:
        return None
    path = urlsplit(address).path or "/"
    plain = unquote(path)
    hidden = plain.count("/") != path.count("/") or "\\" in plain
    return None if hidden or {".", ".."} & set(plain.split("/")) else (origin, path)


def _is_below(target: tuple[str, str], page: tuple[str, str] | None) -> bool:
    if page is None or target[0] != page[0]:
        return False
    folder = page[1] if page[1].endswith("/") else f"{page[1]}/"
    return f"{target[1]}/" == folder or f"{target[1]}/".startswith(folder)
