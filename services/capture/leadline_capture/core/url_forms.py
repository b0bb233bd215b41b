"""The forms in which a vendor may have signed our address: with and without the usual port, some marks decoded."""

import re
from typing import Final
from urllib.parse import urlsplit

_PORTS: Final = {"https": 443, "http": 80}
# HubSpot signs its v3 with these written plainly, however they stand in the request.
_PLAINLY: Final = {f"%{ord(mark):02X}": mark for mark in ":/?@!$'()*,;"}
_ENCODED: Final = re.compile("|".join(_PLAINLY), re.IGNORECASE)


def url_forms(url: str) -> tuple[str, ...]:
    """Every form of `url` that its signer may have meant, as it stands first. They name the same address, so that
    trying all of them lets nobody in who has no secret."""
    forms = [url, *_with_ports(url)]
    forms += [_ENCODED.sub(lambda found: _PLAINLY[found[0].upper()], form) for form in forms]
    return tuple(dict.fromkeys(forms))


def _with_ports(url: str) -> list[str]:
    try:
        parts = urlsplit(url)
        port, usual = parts.port, _PORTS.get(parts.scheme)
    except ValueError:
        return []
    if usual is None or (port is not None and port != usual):
        return []
    host = parts.netloc.removesuffix(f":{usual}")
    rest = url.split(parts.netloc, 1)[1] if parts.netloc else ""
    return [f"{parts.scheme}://{host}{rest}", f"{parts.scheme}://{host}:{usual}{rest}"]
