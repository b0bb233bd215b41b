"""Web origins: scheme, host and port of a page, in the one form in which browsers send them (RFC 6454)."""

import re
from typing import Final
from urllib.parse import urlsplit

_PORTS: Final = {"http": 80, "https": 443}
# A host in lower case, an international one in punycode, as browsers write it; or an IPv6 address without its brackets.
_HOST: Final = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?|[0-9a-f:.]*:[0-9a-f:.]*")


def origin_of(address: str) -> str | None:
    """The origin of an absolute address: `https://www.example.com`, the port only where it is not the scheme's own.

    None for anything that a browser and this could read differently: other schemes, user names, backslashes, blanks.
    """
    if not is_plain(address):
        return None
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or "@" in parts.netloc or not _HOST.fullmatch(host):
        return None
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" if port in (None, _PORTS[parts.scheme]) else f"{parts.scheme}://{shown}:{port}"


def is_origin(address: str) -> bool:
    """Whether this is an origin and no more: no path, query or fragment."""
    found = origin_of(address)
    return found is not None and address.removesuffix("/").count("/") == 2 and not set(address) & {"?", "#"}


def is_plain(text: str) -> bool:
    """Visible ASCII without backslash. Browsers read `\\` as `/` and skip control characters: both fool allow-lists."""
    return text.isascii() and text.isprintable() and " " not in text and "\\" not in text
