"""Companies: when two spellings mean the same firm."""

from functools import lru_cache
from urllib.parse import urlsplit

from leadline_capture.core.text import words


@lru_cache(maxsize=4096)
def company_key(name: str, suffixes: frozenset[str]) -> str:
    """The name without legal suffixes, folded: `NorthHaul Ltd` and `Northhaul` are one. Never empty.

    `suffixes` are folded legal forms, each a word or words (`gmbh co kg`).
    """
    found = words(name)
    while len(found) > 1:
        cut = next((n for n in (3, 2, 1) if len(found) > n and " ".join(found[-n:]) in suffixes), 0)
        if not cut:
            break
        found = found[:-cut]
    return " ".join(found) or name.casefold()


def website_host(text: str) -> str | None:
    """The host of a web address in lower case, without `www.`; None if there is none."""
    try:
        host = urlsplit(text if "//" in text else f"//{text}").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host and "." in host else None
