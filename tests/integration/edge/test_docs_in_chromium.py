"""The page of the API in a real browser: it shows every way in, and asks nobody but the door."""

from pathlib import Path

from playwright.async_api import expect

from leadline_capture.openapi.document import OPERATIONS
from tests.support.browser import visitor
from tests.support.door import open_door


async def test_the_page_shows_every_way_in_without_a_network(tmp_path: Path) -> None:
    async with open_door() as door, visitor(tmp_path) as browser:
        page = await browser.new_page()
        asked, complained = list[str](), list[str]()
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda message: complained.append(message.text) if message.type == "error" else None)
        await page.goto(f"{door.url}/docs")
        for operation in OPERATIONS.values():
            await expect(page.get_by_text(operation.summary, exact=True).first).to_be_attached()
        await expect(page.get_by_text("Idempotency-Key").first).to_be_attached()
        assert {url.partition("/docs")[0].partition("/openapi")[0] for url in asked if not url.startswith("data:")} == {
            door.url
        }
        assert [each for each in complained if "favicon" not in each and "404" not in each] == []
