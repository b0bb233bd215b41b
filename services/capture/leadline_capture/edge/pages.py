"""The pages a person sees who follows a link: no script, nothing from elsewhere, nothing about the person."""

from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from html import escape
from typing import Final

from aiohttp import web

_STYLE: Final = (
    "body{font:18px/1.5 system-ui,sans-serif;max-width:32em;margin:12vh auto;padding:0 1em;color:#222;background:#fff}"
    "button{font:inherit;padding:.6em 1.4em;border:0;border-radius:.4em;background:#1a4fd6;color:#fff;cursor:pointer}"
)
_HASH: Final = b64encode(sha256(_STYLE.encode()).digest()).decode()
HEADERS: Final[Mapping[str, str]] = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_HASH}'; form-action 'self';"
    " frame-ancestors 'none'; base-uri 'none'",
    # The link stands in the address bar: it must not travel on, nor be kept.
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


def page(status: int, title: str, text: str, *, button: str | None = None, retry: bool = False) -> web.Response:
    """A page; `button` posts back to the address it came from."""
    form = f'<form method="post"><button>{escape(button)}</button></form>' if button else ""
    told = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><h1>{escape(title)}</h1><p>{escape(text)}</p>{form}</body></html>\n"
    )
    headers = {**HEADERS, "Retry-After": "1"} if retry else HEADERS
    return web.Response(status=status, text=told, content_type="text/html", headers=headers)
