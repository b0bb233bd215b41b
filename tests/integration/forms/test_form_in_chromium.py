"""The ready form page of the docs, in a real browser, from another origin than the door's."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import BrowserContext, Page, expect

from leadline_capture.core.mapping import submissions
from leadline_capture.edge.keys import Key
from leadline_runtime.consumed import Consumed
from leadline_schemas.codec import encode
from leadline_schemas.payloads import LeadPayload
from leadline_schemas.topics import LEAD_RECEIVED
from tests.support.browser import ACTION, FORMS, Site, pause, site, visitor
from tests.support.door import Visitor, open_door, publishable_key
from tests.support.submissions import NOON, shipped_sources
from tests.unit.capture.story import Capture, Told

READY = (FORMS / "form.html").read_text()
CAME_BY = "?utm_source=news&utm_medium=Email&gclid=Cj0K&mail=secret%40works.example"


@dataclass
class Scene:
    """A browser, the site it visits, and the door that the site's forms post to."""

    browser: BrowserContext
    site: Site
    door: Visitor
    key: Key
    action: str

    async def open(self, html: str = READY, query: str = CAME_BY) -> Page:
        """The form, shown."""
        self.site.show(html, self.action)
        page = await self.browser.new_page()
        await page.goto(f"{self.site.origin}/form{query}")
        return page

    def decided(self) -> list[Told]:
        """What the step makes of all that came in."""
        step, told = Capture().at(NOON), list[Told]()
        for offset, (key, received, headers) in enumerate(self.door.log.written):
            value, given = encode(LEAD_RECEIVED, received), tuple(headers.items())
            told += step.batch(Consumed(LEAD_RECEIVED.name, 0, offset, key, value, given))
        return told

    @property
    def leads(self) -> list[LeadPayload]:
        """What the step will read of all that came in."""
        return [lead for _, each, _ in self.door.log.written for lead in submissions(each, shipped_sources()).leads]


@asynccontextmanager
async def scene(profile: Path, scripts: bool = True, **key: Any) -> AsyncIterator[Scene]:
    async with visitor(profile, scripts) as browser, site() as pages:
        text, stored = publishable_key(pages.origin, **key)
        async with open_door(extra_keys=[stored]) as door:
            yield Scene(browser, pages, door, stored, f"{door.url}/v1/forms/{text}")


async def fill(page: Page) -> None:
    await page.get_by_label("Name *").fill("Adä Example")
    await page.get_by_label("Work e-mail *").fill("ada@works.example")
    await page.get_by_label("Company").fill("Works & Söhne")


def plain(html: str, page: str = "") -> str:
    """The form sent by the browser itself, going on to `page`."""
    return html.replace("<form data-leadline ", '<form data-leadline="plain" ').replace(
        '<input type="hidden" name="form"',
        f'<input type="hidden" name="return_to" value="{page}">\n<input type="hidden" name="form"',
    )


async def test_the_script_sends_the_form_and_thanks_where_the_visitor_is(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        page = await here.open()
        await fill(page)
        await page.get_by_role("checkbox").check()
        await page.get_by_role("button").click()
        await expect(page.get_by_role("status")).to_be_focused()
        await expect(page.get_by_role("button")).to_be_hidden()
        (lead,) = here.leads
        assert (lead.type, lead.name, lead.email) == ("demo_request", "Adä Example", "ada@works.example")
        assert lead.company == "Works & Söhne" and lead.marketing_checkbox is True and lead.honeypot is None
        seen = lead.attribution
        assert seen is not None and (seen.utm_source, seen.utm_medium, seen.click_id) == ("news", "Email", "Cj0K")
        assert seen.landing_page == f"{here.site.origin}/form" and "secret" not in here.door.taken.body
        assert lead.anonymous_id == (await page.evaluate("JSON.parse(localStorage.leadline)"))["anonymous_id"]


async def test_a_robot_is_thanked_like_anybody_and_kept_apart(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        page = await here.open(plain(READY))
        await page.locator("[name=honeypot]").evaluate("field => { field.value = 'https://spam.example'; }")
        await fill(page)
        await page.get_by_role("button").click()
        await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
        here.door.log.written.append(here.door.log.written[0])
        told = here.decided()
        assert [each.told for each in told] == ["emitted", "duplicate"]
        quarantine = told[0].captured.quarantine
        assert quarantine is not None and quarantine.reason == "spam_honeypot"


@pytest.mark.parametrize("waits", [False, True])
async def test_who_sends_a_form_faster_than_a_person_can_is_kept_apart(tmp_path: Path, waits: bool) -> None:
    async with scene(tmp_path) as here:
        page = await here.open(READY.replace("required", ""))
        if waits:
            await pause(page)
        await page.evaluate("document.querySelector('[name=email]').value = 'ada@works.example'")
        await page.evaluate("document.querySelector('button').click()")
        await expect(page.get_by_role("status")).to_be_visible()
        (told,) = here.decided()
        quarantine = told.captured.quarantine
        assert (quarantine.reason if quarantine else None) == (None if waits else "spam_too_fast")
        assert told.captured.outcome == ("created" if waits else "quarantined")


async def test_a_box_left_empty_is_told_from_a_form_without_one(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        for html in (READY, READY.replace('name="marketing"', 'name="other"')):
            page = await here.open(html)
            await fill(page)
            await page.get_by_role("button").click()
            await expect(page.get_by_role("status")).to_be_visible()
        assert [lead.marketing_checkbox for lead in here.leads] == [False, None]


@pytest.mark.parametrize("scripts", [True, False])
async def test_a_plain_form_goes_on_to_the_page_it_names(tmp_path: Path, scripts: bool) -> None:
    async with scene(tmp_path, scripts) as here:
        page = await here.open(plain(READY, f"{here.site.origin}/thanks"))
        await fill(page)
        await page.get_by_role("button").click()
        await page.wait_for_url(f"{here.site.origin}/thanks")
        (lead,) = here.leads
        assert lead.name == "Adä Example" and lead.marketing_checkbox is False
        assert (lead.anonymous_id is not None) == scripts


async def test_a_plain_form_never_goes_where_its_key_does_not_allow(tmp_path: Path) -> None:
    async with scene(tmp_path) as here, site() as elsewhere:
        page = await here.open(plain(READY, f"{elsewhere.origin}/thanks"))
        await fill(page)
        await page.get_by_role("button").click()
        await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
        assert page.url == here.action and len(here.leads) == 1


async def test_the_browser_refuses_a_page_that_is_not_one_of_the_keys(tmp_path: Path) -> None:
    async with scene(tmp_path) as here, site() as elsewhere:
        elsewhere.show(plain(READY), here.action)
        page = await here.browser.new_page()
        await page.goto(f"{elsewhere.origin}/form")
        for kind in ("application/json", "application/x-www-form-urlencoded"):
            assert await page.evaluate(SEND, [here.action, kind]) == "TypeError"
        await fill(page)
        await page.get_by_role("button").click()
        await expect(page.get_by_text("forbidden_origin")).to_be_visible()
        assert here.door.log.written == []


SEND = """async ([url, kind]) => {
  const lead = {form: "demo", email: "ada@works.example"};
  const body = kind.endsWith("json") ? JSON.stringify(lead) : new URLSearchParams(lead).toString();
  try {
    return (await fetch(url, {method: "POST", headers: {"Content-Type": kind}, body})).status;
  } catch (error) {
    return error.name;
  }
}"""


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
async def test_a_script_of_an_allowed_page_may_send_json_after_its_preflight(tmp_path: Path, kind: str) -> None:
    async with scene(tmp_path) as here:
        page = await here.open()
        assert await page.evaluate(SEND, [here.action, kind]) == 202
        asked = here.door.counted("leadline_http_requests_total", route="/v1/forms/{key}", status="204")
        assert asked == (1 if kind == "application/json" else None)
        (lead,) = here.leads
        assert (lead.type, lead.email) == ("demo_request", "ada@works.example")


SNIPPET = re.findall(r"```html\n(.*?)```", (FORMS.parent / "forms.md").read_text(), re.DOTALL)
OWN_SCRIPT = re.findall(r"```js\n(.*?)```", (FORMS.parent / "forms.md").read_text(), re.DOTALL)


async def test_the_snippets_of_the_docs_do_what_they_say(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        page = await here.open(f"<!doctype html><title>A page</title>{SNIPPET[0]}")
        await page.get_by_label("Name").fill("Ann Lee")
        await page.get_by_label("E-mail", exact=True).fill("ann@works.example")
        await page.get_by_role("button").click()
        await expect(page.get_by_role("status")).to_be_visible()
        answered = OWN_SCRIPT[0].replace("await fetch", "return await fetch").replace(ACTION, here.action)
        assert await page.evaluate(f"(async () => {{ {answered} }})().then(answer => answer.status)") == 202
        by_form, by_script = here.leads
        assert (by_form.type, by_form.name, by_form.marketing_checkbox) == ("contact_sales", "Ann Lee", False)
        assert (by_script.type, by_script.marketing_checkbox) == ("demo_request", False)
        assert by_form.anonymous_id and not by_script.anonymous_id


async def test_a_double_click_is_one_answer(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        page = await here.open()
        await fill(page)
        await page.get_by_role("button").dblclick()
        await expect(page.get_by_role("status")).to_be_visible()
        assert len(here.leads) == 1


async def test_a_double_click_is_one_submission_without_a_script_too(tmp_path: Path) -> None:
    async with scene(tmp_path, scripts=False) as here:
        page = await here.open(plain(READY))
        await fill(page)
        await page.get_by_role("button").dblclick()
        await expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
        assert len({received.submission_id for _, received, _ in here.door.log.written}) == 1
        assert [told.told for told in here.decided()][:1] == ["emitted"]
        assert {told.told for told in here.decided()[1:]} <= {"duplicate"}


async def test_a_door_that_is_away_for_a_moment_is_asked_again(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        page = await here.open()
        await fill(page)
        here.door.log.away = True
        page.on("response", lambda answer: setattr(here.door.log, "away", False))
        await page.get_by_role("button").click()
        await expect(page.get_by_role("status")).to_be_visible()
        assert len(here.leads) == 1
        assert here.door.counted("leadline_submissions_refused_total", source="website_form", reason="not_durable") == 1


async def test_where_a_visitor_came_from_outlives_the_page_but_is_not_replaced_by_nothing(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        first = await here.open()
        await first.goto(f"{here.site.origin}/form")
        await fill(first)
        await first.get_by_role("button").click()
        await expect(first.get_by_role("status")).to_be_visible()
        (lead,) = here.leads
        assert lead.attribution is not None and lead.attribution.utm_source == "news"


async def test_nothing_is_kept_in_the_browser_where_that_is_not_wanted(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        page = await here.open(READY.replace("<form data-leadline ", '<form data-leadline data-storage="off" '))
        await fill(page)
        await page.get_by_role("button").click()
        await expect(page.get_by_role("status")).to_be_visible()
        (lead,) = here.leads
        assert lead.anonymous_id is None and lead.attribution is not None and lead.attribution.utm_source == "news"
        assert await page.evaluate("localStorage.length") == 0


async def test_people_with_a_keyboard_meet_every_field_but_the_one_for_robots(tmp_path: Path) -> None:
    async with scene(tmp_path) as here:
        page = await here.open()
        met = []
        for _ in range(12):
            await page.keyboard.press("Tab")
            met.append(await page.evaluate("document.activeElement.name || document.activeElement.type || ''"))
        assert met[:8] == ["name", "email", "company", "phone", "country", "message", "marketing", "submit"]
        assert "honeypot" not in met
        assert await page.evaluate(UNNAMED) == []


UNNAMED = """[...document.querySelectorAll("input:not([type=hidden]), textarea, button")]
  .filter((field) => !field.labels?.length && !field.textContent.trim()).map((field) => field.name)"""
