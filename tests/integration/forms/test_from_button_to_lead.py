"""From the button in a real browser to the lead: the form page, a real door, Kafka, the real capture step."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import expect

from leadline_capture.edge.keys import store_key
from leadline_local.endpoints import Endpoints
from leadline_schemas.captured import LeadCaptured
from leadline_schemas.codec import decode
from leadline_schemas.received import LeadReceived
from leadline_schemas.topics import LEAD_CAPTURED, LEAD_RECEIVED, Topic
from tests.integration.capture.test_step_on_the_stack import named
from tests.integration.edge.world import open_world, records_of
from tests.support.browser import FORMS, pause, site, visitor
from tests.support.door import publishable_key
from tests.support.running import real_parts, running, until

pytestmark = pytest.mark.stack
READY = (FORMS / "form.html").read_text()


class OfTheDoor(Topic[LeadReceived]):
    """A topic of the test's own, whose records the door names as it always does."""

    @property
    def event_type(self) -> str:
        """See Topic."""
        return LEAD_RECEIVED.event_type


async def captured(stack: Endpoints, topic: str, count: int) -> list[LeadCaptured]:
    """What the step has told, when it has told so much."""
    for _ in range(200):
        found = await records_of(stack, topic)
        if len(found) >= count:
            return [decode(LEAD_CAPTURED, record.value) for record in found]
    raise AssertionError(f"{topic} never held {count} records")


async def test_who_presses_the_button_is_a_lead(stack: Endpoints, prefix: str, tmp_path: Path) -> None:
    step, topics = named(prefix)
    step = replace(step, reads=(OfTheDoor(**{**vars(LEAD_RECEIVED), "name": f"{prefix}.received"}),))
    written = [topics["lead.captured"].name, topics["lead.activity"].name, f"dlq.{prefix}"]
    async with (
        open_world(stack, prefix, written) as world,
        running(step, real_parts(step, stack)),
        visitor(tmp_path) as browser,
        site() as pages,
    ):
        text, key = publishable_key(pages.origin)
        await store_key(world.sql, key)
        await until(lambda: world.edge.keys.find_publishable(text, datetime.now(UTC)), "the key at the door")
        pages.show(READY, f"http://127.0.0.1:{world.door.port}/v1/forms/{text}")
        page = await browser.new_page()
        await page.goto(f"{pages.origin}/form?utm_source=news&utm_medium=email")
        await page.get_by_label("Name *").fill("Adä Example")
        await page.get_by_label("Work e-mail *").fill("ada@works.example")
        await pause(page)
        await page.get_by_role("button").dblclick()
        await expect(page.get_by_role("status")).to_be_visible()
        (told,) = await captured(stack, topics["lead.captured"].name, 1)
        assert (told.outcome, told.quarantine and told.quarantine.reason) == ("created", None)
        assert told.lead.name == "Adä Example"
        assert told.attribution is not None and told.attribution.first_touch.channel == "email"
        assert len(await records_of(stack, topics["lead.activity"].name)) == 1
