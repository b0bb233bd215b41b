"""Addresses in rules files, with `{parts}` of path and query that are filled in: the host is always written out."""

import re
from collections.abc import Callable
from typing import Final
from urllib.parse import quote, urlsplit

_NAMED: Final = re.compile(r"\{(\w+)\}", re.ASCII)


def named_parts(url: str) -> frozenset[str]:
    """The names in braces of an address."""
    return frozenset(_NAMED.findall(url))


def fault_of(url: str) -> str | None:
    """What is wrong with the address of a rules file; None if nothing is."""
    try:
        split = urlsplit(url)
        host, _ = split.hostname, split.port
    except ValueError:
        host = None
    if not host or split.scheme not in ("https", "http"):
        return "is no whole address; give one such as https://api.example.com/leads/{id}"
    if _NAMED.search(split.netloc) or _NAMED.search(split.scheme):
        return "takes its host from what is filled in; write the host out, else a sender chooses where we go"
    if split.username or split.password:
        return "holds a password; name a secret instead"
    if split.fragment:
        return "has a fragment, which is never sent"
    return None


def filled(url: str, part: Callable[[str], str]) -> str:
    """The address with each part in its place, percent-encoded: it cannot become more than a part of the address."""
    return _NAMED.sub(lambda found: quote(part(found[1]), safe=""), url)


def host_of(url: str) -> str:
    """Host and port of an address, as an allow-list names them."""
    return urlsplit(url).netloc.lower()
