"""What the door allows as a page to go to is what a browser makes of it: its own parser is asked."""

from pathlib import Path
from urllib.parse import urlsplit

from leadline_capture.core.redirects import Redirect, redirect_of
from tests.support.browser import visitor

ALLOWED = ("https://shop.example/", "https://www.works.example/thanks")
BEGINNINGS = (
    "https://shop.example", "https://www.works.example/thanks", "HTTPS://SHOP.EXAMPLE", "https:shop.example",
    "https:///shop.example", "//shop.example", "http://shop.example", "https://shop.example:443", "https://shop.example:8443",
    "https://shop.example.", "https://xn--shop.example", "",
)  # fmt: skip
MIDDLES = (
    "", "/", "//", "/\\", "\\", "@", ":443@", "%40", ".", "%2e", "?", "#", "/..", "/../", "/%2e%2e/", "/.%2E/",
    "/a/..//", "/%2f", "/%5c", "\t", "\n", "\r", " ", "\x00", "\u3002", "\uff0f", "\u2028", ";", ",", "&", "[", "::",
)  # fmt: skip
ENDS = (
    "",
    "evil.example",
    "/evil.example",
    "//evil.example/",
    "@evil.example/",
    "%2fevil.example",
    "/..%2f..%2fadmin",
    "a",
)
# A browser goes where `new URL` says, from the door's own address.
PARSED = """(texts) => texts.map((text) => {
  try {
    const url = new URL(text, "https://leads.example/v1/forms/lp_x");
    return [url.origin, url.pathname, url.username + url.password];
  } catch {
    return null;
  }
})"""


def allowed(origin: str, path: str) -> bool:
    pages = [(f"{p.scheme}://{p.netloc}", p.path) for p in map(urlsplit, ALLOWED)]
    return any(origin == page[0] and (path == page[1] or path.startswith(f"{page[1].rstrip('/')}/")) for page in pages)


async def test_a_browser_goes_nowhere_else_than_the_door_allowed(tmp_path: Path) -> None:
    rule = Redirect("return_to", ALLOWED)
    texts = [f"{a}{b}{c}{d}" for a in BEGINNINGS for b in MIDDLES for c in MIDDLES[:12] for d in ENDS]
    accepted = [text for text in texts if redirect_of(rule, {"return_to": text}) is not None]
    async with visitor(tmp_path) as browser:
        page = await browser.new_page()
        parsed = await page.evaluate(PARSED, accepted)
    wrong = [
        (text, found)
        for text, found in zip(accepted, parsed, strict=True)
        if found is None or not allowed(found[0], found[1]) or found[2]
    ]
    assert wrong == []
    assert len(accepted) > 500, "so many were worth asking about"
