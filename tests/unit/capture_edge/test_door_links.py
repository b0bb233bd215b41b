"""Double opt-in and unsubscribing by links: what is given, what a page shows, what a click does."""

import asyncio
import json
from base64 import urlsafe_b64decode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline_capture.edge.links import Link, Links
from leadline_schemas.ids import submission_id_of_key
from tests.support.door import Visitor, made_key, open_door
from tests.support.submissions import NOON
from tests.unit.capture.story import Capture

SECRET = "a secret of at least thirty-two characters"
MAIL = "ada@works.example"
PENDING = {"email": MAIL, "purpose": "marketing", "channel": "email", "state": "pending", "text_version": "news-7"}


class Marketing:
    """A marketing system with a key, and the people who follow its links."""

    def __init__(self, door: Visitor, key: str, times: list[datetime]) -> None:
        self.door, self.key, self.times = door, key, times

    def after(self, **time: float) -> None:
        """The pipeline's time is so much after noon."""
        self.times.append(NOON + timedelta(**time))

    async def says(self, body: Any, path: str = "/v1/consents") -> tuple[int, Any]:
        return await self.door.post(path, body, headers={"Authorization": f"Bearer {self.key}"})

    async def opens(self, url: str, **more: Any) -> tuple[int, str, Any]:
        async with self.door.session.get(self.here(url), **more) as response:
            return response.status, await response.text(), response.headers

    async def presses(self, url: str, **more: Any) -> tuple[int, str]:
        async with self.door.session.post(self.here(url), **more) as response:
            return response.status, await response.text()

    def here(self, url: str) -> str:
        where = urlsplit(url)
        return f"{self.door.url}{where.path}?{where.query}"

    @property
    def said(self) -> list[dict[str, Any]]:
        """The statements that were taken in."""
        return [json.loads(received.body) for _, received, _ in self.door.log.written]


@asynccontextmanager
async def marketing(**more: Any) -> AsyncIterator[Marketing]:
    text, key = made_key(source="mailer", scopes=frozenset({"consents:write"}))
    times = [NOON]
    settings = {"consent_link_secrets": (SECRET,), "edge_public_url": "https://leads.acme.example/", **more}
    async with open_door(clock=lambda: times[-1], extra_keys=[key], **settings) as door:
        yield Marketing(door, text, times)


async def test_whoever_asks_for_consent_is_given_the_links_to_send() -> None:
    async with marketing() as acme:
        status, told = await acme.says(PENDING)
        assert status == 202 and told["confirm_until"] == "2026-03-07T16:00:00Z", "100 hours later"
        for name, path in (("confirm_url", "confirm"), ("unsubscribe_url", "unsubscribe")):
            assert told[name].startswith(f"https://leads.acme.example/v1/consents/{path}?token=")
        status, told = await acme.says({"consents": [PENDING, {**PENDING, "state": "withdrawn"}]})
        assert [sorted(each) for each in told["results"]] == [
            ["confirm_until", "confirm_url", "index", "status", "submission_id", "unsubscribe_url"],
            ["index", "status", "submission_id"],
        ]


async def test_nothing_of_the_person_can_be_read_from_a_link() -> None:
    async with marketing() as acme:
        _, told = await acme.says(PENDING)
        token = parse_qs(urlsplit(told["confirm_url"]).query)["token"][0]
        plain = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        for secret in (b"ada", b"works", b"marketing", told["submission_id"].encode()):
            assert secret not in plain and secret not in told["confirm_url"].encode()


async def test_opening_the_link_grants_nothing_and_the_button_does() -> None:
    async with marketing(consent_asked_by="Acme <Ltd>") as acme:
        _, told = await acme.says(PENDING)
        for _ in range(3):  # as filters of mail do
            status, page, headers = await acme.opens(told["confirm_url"])
            assert status == 200 and "news and offers from Acme &lt;Ltd&gt; by e-mail" in page
            assert '<form method="post">' in page and MAIL not in page
            assert "default-src 'none'" in headers["Content-Security-Policy"]
            assert (headers["Referrer-Policy"], headers["Cache-Control"]) == ("no-referrer", "no-store")
        assert len(acme.said) == 1
        status, page = await acme.presses(told["confirm_url"])
        assert status == 200 and "Thank you" in page
        assert acme.said[1] == {
            "email": MAIL,
            "purpose": "marketing",
            "channel": "email",
            "text_version": "news-7",
            "state": "granted",
            "basis": "consent",
            "evidence": f"confirmed by the link given for submission {told['submission_id']}",
        }
        _, received, _ = acme.door.log.written[1]
        assert (received.way, received.source, received.authentication.method) == ("consents", "mailer", "token")


async def test_a_link_that_is_pressed_again_is_the_same_submission() -> None:
    async with marketing() as acme:
        _, told = await acme.says(PENDING)
        await asyncio.gather(*[acme.presses(told["confirm_url"]) for _ in range(5)])
        confirmed = {(key, received.body) for key, received, _ in acme.door.log.written[1:]}
        assert len(acme.door.log.written) == 6 and len(confirmed) == 1
        ((key, _),) = confirmed
        assert key.decode() == str(submission_id_of_key("consent confirmed", told["submission_id"]))


async def test_a_link_ends_after_100_hours() -> None:
    async with marketing() as acme:
        _, told = await acme.says(PENDING)
        acme.after(hours=99, minutes=59)
        assert (await acme.opens(told["confirm_url"]))[0] == 200
        acme.after(hours=100)
        assert (await acme.opens(told["confirm_url"]))[0] == 410
        assert (await acme.presses(told["confirm_url"]))[0] == 410
        assert len(acme.said) == 1
        acme.after(days=3000)
        assert (await acme.presses(told["unsubscribe_url"]))[0] == 200, "an old mail can still be unsubscribed from"


@pytest.mark.parametrize("form", [{"List-Unsubscribe": "One-Click"}, {}])
async def test_one_click_unsubscribes(form: dict[str, str]) -> None:
    async with marketing() as acme:
        _, told = await acme.says({**PENDING, "state": "granted"})
        status, page, _ = await acme.opens(told["unsubscribe_url"])
        assert status == 200 and "no more news and offers by e-mail" in page and len(acme.said) == 1
        assert (await acme.presses(told["unsubscribe_url"], data=form))[0] == 200
        assert (await acme.presses(told["unsubscribe_url"], data=form))[0] == 200
        first, second = acme.said[1:]
        assert first == second and (first["state"], first["email"], first["channel"]) == ("withdrawn", MAIL, "email")
        assert acme.door.log.written[1][0] != acme.door.log.written[2][0], "granted again in between, it must count"


async def test_links_for_mails_to_people_whose_consent_came_otherwise() -> None:
    async with marketing() as acme:
        status, told = await acme.says({"email": MAIL}, "/v1/consents/links")
        assert status == 200 and acme.said == []
        assert (await acme.presses(told["unsubscribe_url"]))[0] == 200
        assert acme.said[0] == {
            "email": MAIL, "purpose": "marketing", "channel": "email", "state": "withdrawn",
            "evidence": "unsubscribed by the link",
        }  # fmt: skip
        status, told = await acme.says({"links": [{"email": MAIL}, {"lead_id": "x"}, {}]}, "/v1/consents/links")
        assert status == 200 and [each["status"] for each in told["results"]] == ["made", "refused", "refused"]
        assert (await acme.says({"email": MAIL, "purpose": "profiling"}, "/v1/consents/links"))[0] == 422


async def test_what_is_no_link_of_ours_leads_nowhere() -> None:
    async with marketing() as acme:
        _, told = await acme.says(PENDING)
        crossed = told["confirm_url"].replace("/confirm?", "/unsubscribe?")
        cut, bare = told["confirm_url"][:-2], told["confirm_url"].partition("?")[0]
        for url in (crossed, cut, bare, bare + "?token=%C3%A9", bare + "?token=" + "A" * 5000):
            status, page, _ = await acme.opens(url)
            assert status == 404 and "not whole" in page
            assert (await acme.presses(url))[0] == 404
        assert len(acme.said) == 1
        assert acme.door.counted("leadline_submissions_refused_total", source="unknown", reason="bad_link") == 10


async def test_while_nothing_can_be_stored_the_page_says_so() -> None:
    async with marketing() as acme:
        _, told = await acme.says(PENDING)
        acme.door.log.away = True
        status, page = await acme.presses(told["unsubscribe_url"])
        assert status == 503 and "try again" in page


async def test_without_a_secret_there_are_no_links() -> None:
    async with marketing(consent_link_secrets=()) as acme:
        status, told = await acme.says(PENDING)
        assert status == 202 and set(told) == {"submission_id", "status"}
        status, told = await acme.says({"email": MAIL}, "/v1/consents/links")
        assert (status, told["code"]) == (503, "links_not_configured")


def test_a_secret_can_be_replaced_without_breaking_links() -> None:
    link = Link("unsubscribe", {"email": MAIL}, "mailer", "k1")
    token = Links(["old"]).seal(link)
    assert Links(["new", "old"]).open(token) == link
    assert Links(["new"]).open(token) is None
    assert Links(["old"]).seal(link) == token, "the same link is the same text"


@given(st.text(max_size=60), st.booleans(), st.uuids(), st.integers(1, 4_000_000_000), st.data())
def test_a_link_comes_out_as_it_went_in_and_not_one_bit_otherwise(
    text: str, trusted: bool, asked_in: Any, until: int, data: st.DataObject
) -> None:
    links = Links([SECRET])
    link = Link("confirm", {"email": text}, "mailer", None, trusted, asked_in, NOON + timedelta(seconds=until))
    token = links.seal(link)
    assert links.open(token) == link
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.sampled_from("ABCabc012-_").filter(lambda c: c != token[place]))
    changed = token[:place] + other + token[place + 1 :]
    assert links.open(changed) in (None, link), "only unused bits of the last character may differ"


async def test_a_confirmation_makes_the_pending_consent_a_granted_one_once() -> None:
    async with marketing() as acme:
        _, told = await acme.says(PENDING)
        await acme.presses(told["confirm_url"])
        await acme.presses(told["unsubscribe_url"])
        await acme.presses(told["confirm_url"])
        capture = Capture()
        capture.lead({"email": MAIL})
        outcomes = []
        for _, received, _ in acme.door.log.written:
            capture.at(capture.now + timedelta(minutes=1))
            more: Any = {"submission_id": str(received.submission_id), "received_at": capture.now}
            (become,) = capture.batch(capture.received(received.body, way="consents", source="mailer", **more))
            states = [r.state for r in become.lead.consent] if become.events else []
            outcomes.append((become.told, states))
        assert outcomes == [
            ("emitted", ["pending"]),
            ("emitted", ["granted"]),
            ("emitted", ["withdrawn"]),
            ("duplicate", []),
        ]
