"""Webhooks, chats and mail brought to real servers on this machine: what arrives, and what is made of every answer."""

import base64
import hashlib
import hmac
import json
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import aiosmtplib
import pytest

from leadline_notify.core.book import Endpoint, NotifyRules
from leadline_notify.core.content import Channel
from leadline_notify.delivery.couriers import couriers
from leadline_notify.delivery.mail import meaning
from leadline_notify.delivery.message import Claimed, Message
from leadline_notify.delivery.result import Result
from leadline_notify.delivery.wording_of import message
from leadline_notify.settings import NotifySettings
from leadline_runtime.settings import load_settings
from tests.support.receivers import Mailbox, Receiver, mailbox, receiver
from tests.unit.notify.company import MONDAY, Story, rules

NOTICE = UUID("6f1a5a0e-53c1-5d0c-9a53-1ead11e0a001")
NEW = "whsec_" + base64.b64encode(b"n" * 32).decode()
OLD = "whsec_" + base64.b64encode(b"o" * 32).decode()
AT = datetime(2026, 3, 9, 14, 0, 5, tzinfo=UTC)
LINK = "https://crm.example/leads/{lead}"


def settings(private: str = "", **more: Any) -> NotifySettings:
    given = {
        "notify_private_hosts": [private] if private else [], "notify_secrets": {"crm": [NEW, OLD]},
        "notify_budget_s": 0.5, "smtp_from": "leads@fieldline.example", "smtp_security": "none", **more,
    }  # fmt: skip
    return load_settings(NotifySettings, **given)


def pointing(url: str, channel: Channel) -> NotifyRules:
    """The company's rules with an endpoint at this address."""
    known = rules()
    made = Endpoint("crm", channel, url, None, "crm" if channel == "webhook" else None)
    return replace(known, endpoints={"crm": made})


def breach(channel: Channel, **fields: Any) -> Message:
    """A breach told to ana."""
    story = Story()
    story.routed()
    content = story.sla("breached", **fields).notices[0].content
    end = MONDAY + timedelta(days=1)
    claimed = Claimed(NOTICE, "breached", "ana", channel, "crm", "", False, ((NOTICE, content),), 1, MONDAY, 1, end)
    return message(claimed, rules(), LINK, AT)


@asynccontextmanager
async def bringing(channel: Channel, url: str = "", **more: Any) -> AsyncIterator[Callable[..., Any]]:
    every = couriers(settings(**more))
    known = pointing(url, channel) if url else rules()
    try:
        yield lambda sent=None: every[channel].bring(sent or breach(channel), known)
    finally:
        for courier in every.values():
            await courier.close()


async def brought(to: Receiver, channel: Channel = "webhook", **more: Any) -> Result:
    async with bringing(channel, to.url, **{"private": to.host, **more}) as bring:
        result: Result = await bring()
        return result


async def test_a_webhook_is_signed_with_every_live_secret_and_says_what_happened() -> None:
    with receiver() as crm:
        assert (await brought(crm)).outcome == "arrived"
    (taken,) = crm.taken
    assert taken.headers["webhook-id"] == str(NOTICE)
    assert taken.headers["webhook-timestamp"] == str(int(AT.timestamp()))
    signed = f"{NOTICE}.{int(AT.timestamp())}.".encode() + taken.body
    macs = [base64.b64encode(hmac.new(key * 32, signed, hashlib.sha256).digest()).decode() for key in (b"n", b"o")]
    assert taken.headers["webhook-signature"] == f"v1,{macs[0]} v1,{macs[1]}"
    told = taken.json
    assert (told["type"], told["data"]["target"], told["data"]["recipient"]) == ("lead.breached", "first_email", "ana")
    assert told["timestamp"] == "2026-03-06T22:35:00Z"
    assert told["data"]["link"] == f"https://crm.example/leads/{told['data']['lead_id']}"


async def test_a_repeat_has_the_same_id_and_body() -> None:
    with receiver() as crm:
        await brought(crm)
        await brought(crm)
    first, second = crm.taken
    assert (first.body, first.headers["webhook-id"]) == (second.body, second.headers["webhook-id"])


@pytest.mark.parametrize(
    ("way", "result"),
    [
        ("204", Result("arrived")),
        ("500", Result("again", "status_500", endpoint_fails=True)),
        ("503:7", Result("again", "status_503", endpoint_fails=True, again_in=timedelta(seconds=7))),
        ("429:9", Result("again", "throttled", endpoint_fails=True, again_in=timedelta(seconds=9))),
        ("410", Result("gone", "gone", endpoint_fails=True)),
        ("404", Result("again", "status_404", endpoint_fails=True)),
        ("422", Result("again", "status_422")),
        ("302:http://127.0.0.1:1/elsewhere", Result("again", "redirected", endpoint_fails=True)),
        ("hang", Result("again", "too_slow", endpoint_fails=True)),
        ("drip", Result("again", "too_slow", endpoint_fails=True)),
        ("garbage", Result("again", "broken_answer", endpoint_fails=True)),
        ("cut", Result("again", "broken_answer", endpoint_fails=True)),
    ],
)
@pytest.mark.parametrize("channel", ["webhook", "chat"])
async def test_only_a_2xx_is_success_and_nothing_but_410_is_for_good(
    channel: Channel, way: str, result: Result
) -> None:
    with receiver(way) as crm:
        found = await brought(crm, channel)
    if way.startswith("302"):
        found = replace(found, again_in=None)
    assert found == result
    assert len({each.body for each in crm.taken}) == 1, "a redirect is never followed"


async def test_nobody_is_called_within_our_own_network_unless_it_is_allowed() -> None:
    with receiver() as crm:
        refused = await brought(crm, private="")
        assert (refused.outcome, refused.reason) == ("again", "not_https")
        for host in ("127.0.0.1", "localhost", "169.254.169.254", "[::1]", "10.0.0.1"):
            async with bringing("webhook", f"https://{host}:{crm.port}/hook") as bring:
                assert (await bring()).reason == "not_public"
    assert crm.taken == []


async def test_nobody_there_is_tried_again() -> None:
    with receiver() as crm:
        pass
    assert await brought(crm) == Result("again", "not_reached", endpoint_fails=True)


@pytest.mark.parametrize("secrets", [{}, {"crm": ["whsec_tooshort"]}, {"crm": ["no secret"]}])
async def test_a_webhook_that_cannot_be_signed_is_not_sent(secrets: dict[str, list[str]]) -> None:
    with receiver() as crm:
        result = await brought(crm, notify_secrets=secrets)
    assert (result.outcome, result.reason, crm.taken) == ("again", "no_secret", [])


async def test_a_chat_is_told_in_words_that_call_nobody() -> None:
    with receiver() as chat:
        async with bringing("chat", chat.url, private=chat.host) as bring:
            await bring(breach("chat", target="<!channel> & @here"))
    told = chat.taken[0].json["text"]
    assert told.startswith("*Overdue: &lt;!channel&gt; &amp; @\u2060here was due Fri 06 Mar 17:35 EST, lead of ana*")
    assert "https://crm.example/leads/019cc545-" in told
    assert set(json.loads(chat.taken[0].body)) == {"text", "mrkdwn", "parse", "link_names"}


async def mailed(box: Mailbox, sent: Message | None = None, **more: Any) -> Result:
    async with bringing("mail", smtp_host="127.0.0.1", smtp_port=box.port, **more) as bring:
        result: Result = await bring(sent)
        return result


async def test_a_mail_says_what_happened_and_a_repeat_can_be_told() -> None:
    with mailbox() as box:
        assert (await mailed(box)).outcome == "arrived"
        await mailed(box)
    first, second = box.mails
    assert box.to == ["ana@fieldline.example"] * 2
    assert first["Message-ID"] == second["Message-ID"] == f"<{NOTICE}@fieldline.example>"
    assert first["Subject"] == "Overdue: first e-mail was due Fri 06 Mar 17:35 EST, lead of ana"
    assert first["Auto-Submitted"] == "auto-generated" and first["From"] == "leads@fieldline.example"
    assert "https://crm.example/leads/019cc545-" in first.get_content()


async def test_no_value_can_add_a_header_or_a_recipient() -> None:
    with mailbox() as box:
        evil = "first\r\nBcc: everybody@elsewhere.example\r\n\r\nhello"
        assert (await mailed(box, breach("mail", target=evil))).outcome == "arrived"
    (mail,) = box.mails
    assert mail["Bcc"] is None and box.to == ["ana@fieldline.example"]
    assert mail["Subject"].startswith("Overdue: first Bcc: everybody@elsewhere.example hello was due")


@pytest.mark.parametrize(
    ("to_recipient", "to_mail", "result"),
    [
        ("550 no such user ana@fieldline.example", "", Result("refused", "smtp_550")),
        ("450 mailbox busy", "", Result("again", "smtp_450")),
        ("", "451 try later", Result("again", "smtp_451")),
        ("", "554 it looks like spam", Result("refused", "smtp_554")),
        ("", "421 closing", Result("again", "not_reached", endpoint_fails=True)),
    ],
)
async def test_what_a_mail_server_says_for_good_is_not_tried_again(
    to_recipient: str, to_mail: str, result: Result
) -> None:
    with mailbox(to_recipient=to_recipient, to_mail=to_mail) as box:
        found = await mailed(box)
    assert found == result or (found.outcome, found.endpoint_fails) == (result.outcome, result.endpoint_fails)


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
async def test_signing_in_to_the_mail_server() -> None:
    with mailbox(user=("leads", "secret")) as box:
        assert (await mailed(box, smtp_user="leads", smtp_password="secret")).outcome == "arrived"
        wrong = await mailed(box, smtp_user="leads", smtp_password="wrong")
    assert wrong == Result("again", "not_signed_in", endpoint_fails=True)
    assert len(box.mails) == 1


async def test_a_server_without_encryption_is_not_told_anything_when_it_is_asked_for() -> None:
    with mailbox() as box:
        result = await mailed(box, smtp_security="starttls")
    assert (result.outcome, result.endpoint_fails, box.mails) == ("again", True, [])


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 that signs itself, and its key."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("openssl is not here: it makes the certificate of a mail server for this test")
    folder = tmp_path_factory.mktemp("certificate")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    kind = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([openssl, *kind, *files, *subject], check=True, capture_output=True)
    return certificate, key


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize(("security", "at_once"), [("starttls", False), ("tls", True)])
async def test_mail_is_encrypted_and_signed_in_for_with_a_server_whose_certificate_is_known_and_no_other(
    security: str, at_once: bool, certified: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = certified
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    known: dict[str, Any] = {
        "smtp_security": security,
        "smtp_user": "leads",
        "smtp_password": "secret",
        "notify_budget_s": 20,
    }
    with mailbox(tls=context, at_once=at_once, user=("leads", "secret")) as box:
        stranger = await mailed(box, **known)
        assert (stranger.outcome, stranger.endpoint_fails, box.mails) == ("again", True, [])
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert (await mailed(box, **known)).outcome == "arrived"
    assert len(box.mails) == 1


async def test_a_mail_server_that_is_away_or_hangs_is_tried_again() -> None:
    with receiver("hang") as silent:
        box = Mailbox(port=silent.port)
        assert (await mailed(box)).outcome == "again"
    assert await mailed(box) == Result("again", "not_reached", endpoint_fails=True)


def test_a_mail_server_that_refuses_to_speak_to_us_refuses_no_recipient() -> None:
    refused = meaning(aiosmtplib.SMTPHeloError(550, "you are on our list"))
    assert refused == Result("again", "not_reached", endpoint_fails=True)


async def test_without_a_server_nothing_is_lost() -> None:
    async with bringing("mail") as bring:
        assert await bring() == Result("again", "no_server", endpoint_fails=True)
