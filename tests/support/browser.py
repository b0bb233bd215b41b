"""A real Chromium, found on the machine, and a site of ours for it to visit. Without one, tests are skipped."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from aiohttp import web
from playwright.async_api import BrowserContext, Page, async_playwright, expect

ROOT = Path(__file__).parents[2]
FORMS = ROOT / "docs" / "forms"
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
# It needs no network, no GPU and, in a container, no sandbox of its own.
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
PATIENCE = 60_000
"""Milliseconds for a page to become what is waited for: a machine full of work draws a page in ten seconds."""


def chromium() -> str:
    """Where Chromium is: LEADLINE_TEST_CHROMIUM, else on the path. Skips the test if it is nowhere."""
    found = os.environ.get("LEADLINE_TEST_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("no Chromium on this machine: apt install chromium, or name one by LEADLINE_TEST_CHROMIUM")
    return found


@asynccontextmanager
async def visitor(profile: Path, scripts: bool = True) -> AsyncIterator[BrowserContext]:
    """A browser with a new empty profile. `scripts`: whether pages may run them."""
    path = chromium()
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            profile, executable_path=path, headless=True, args=list(FLAGS), java_script_enabled=scripts, locale="en-GB"
        )
        context.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        try:
            yield context
        finally:
            await context.close()


async def pause(page: Page) -> None:
    """Let the time pass that a person needs for a form: what is judged is time itself, so nothing else can be waited
    for."""
    now = await page.evaluate("performance.now()")
    await page.wait_for_function("end => performance.now() > end", arg=now + 2_100)


@dataclass
class Site:
    """Pages on an origin of their own. `html` is what /form shows."""

    origin: str
    html: str = ""

    def show(self, html: str, action: str) -> None:
        """Put this page up, its form posting to `action`."""
        assert ACTION in html
        self.html = html.replace(ACTION, action)


ACTION = "https://leads.example.com/v1/forms/lp_your_key"


@asynccontextmanager
async def site() -> AsyncIterator[Site]:
    """A web server with the ready form page of the docs, its script, and a page of thanks."""
    found = Site("")

    async def answer(request: web.BaseRequest) -> web.Response:
        if request.path == "/leadline.js":
            return web.Response(text=(FORMS / "leadline.js").read_text(), content_type="text/javascript")
        if request.path == "/thanks":
            return web.Response(text="<!doctype html><title>Thanks</title><h1>Thanks</h1>", content_type="text/html")
        return web.Response(text=found.html, content_type="text/html")

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        found.origin = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield found
    finally:
        await runner.cleanup()
