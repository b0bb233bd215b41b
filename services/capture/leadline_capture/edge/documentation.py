"""/openapi.json and /docs: what the door takes, for machines and for people. Nothing comes from elsewhere."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Final

from aiohttp import web

from leadline_capture.edge.door import Call

DOCUMENT: Final = "/openapi.json"
DOCS: Final = "/docs"
RENDERER: Final = "/docs/rapidoc-min.js"
_PAGE: Final = f"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Leadline: the door</title>
<script type="module" src="{RENDERER}"></script>
<rapi-doc spec-url="{DOCUMENT}" render-style="read" show-header="false" allow-server-selection="false"
  schema-style="table" theme="light" load-fonts="false" regular-font="system-ui, sans-serif"
  mono-font="ui-monospace, monospace" sort-endpoints-by="none"></rapi-doc>
</html>
"""
_HEADERS: Final[Mapping[str, str]] = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache"}
# The renderer styles its elements itself; it loads nothing, and may call this door and nobody else.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; img-src 'self' data:;"
    " base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


@cache
def _file(name: str) -> bytes:
    return (files("leadline_capture") / "openapi" / name).read_bytes()


async def get_document(call: Call) -> web.Response:
    """The OpenAPI document, as it is committed."""
    return web.Response(body=_file("openapi.json"), content_type="application/json", headers=_HEADERS)


async def get_docs(call: Call) -> web.Response:
    """The page that shows it."""
    headers = {**_HEADERS, "Content-Security-Policy": _POLICY, "Referrer-Policy": "no-referrer"}
    return web.Response(text=_PAGE, content_type="text/html", headers=headers)


async def get_renderer(call: Call) -> web.Response:
    """The script of that page."""
    body = _file("vendored/rapidoc-min.js")
    return web.Response(body=body, content_type="text/javascript", headers=_HEADERS)
