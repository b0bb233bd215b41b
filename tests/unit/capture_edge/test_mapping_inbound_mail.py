"""Mail as a way in: what a person wrote becomes a lead, what a machine wrote never does."""

import base64
import json
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_capture.core.mapping import submissions
from leadline_capture.core.sources import Mapped
from leadline_capture.mail import read_mail
from tests.support.submissions import shipped_sources, webhook

MAIL = b"From: Ann Lee <ann@x.example>\r\nTo: sales@l.example\r\nSubject: Prices\r\nMessage-ID: <m1@x.example>\r\n"


def mapped(raw: bytes | Any, content_type: str = "message/rfc822") -> Mapped:
    return submissions(webhook("inbound_mail", raw, content_type), shipped_sources())


def mail(headers: str = "", body: str = "Hello") -> Mapped:
    return mapped(MAIL + headers.encode() + b"\r\n" + body.encode())


def test_a_mail_is_a_lead_with_what_was_written() -> None:
    (lead,) = mail(body="Hello,\nwhat does it cost?").leads
    assert (lead.email, lead.name, lead.message) == ("ann@x.example", "Ann Lee", "Hello,\nwhat does it cost?")
    assert (lead.source, lead.type, lead.reply, lead.honeypot) == ("inbound_email", "contact_sales", False, None)


@pytest.mark.parametrize(
    "headers",
    [
        "Auto-Submitted: auto-replied\r\n",
        "Auto-Submitted: auto-generated; x=y\r\n",
        "Precedence: auto_reply\r\n",
        "X-Autoreply: yes\r\n",
        "Return-Path: <>\r\n",
        "Precedence: bulk\r\n",
        "List-Id: <news.x.example>\r\n",
        "List-Unsubscribe: <https://x.example/u>\r\n",
    ],
)
def test_what_a_machine_wrote_is_an_automated_act_and_no_lead(headers: str) -> None:
    found = mail(headers)
    (act,) = found.activities
    assert not found.leads and (act.kind, act.automated, act.email) == ("other", True, "ann@x.example")


@pytest.mark.parametrize(
    "headers", ["Auto-Submitted: no\r\n", "Return-Path: <ann@x.example>\r\n", "Precedence: first\r\n"]
)
def test_what_only_looks_so_is_a_lead(headers: str) -> None:
    assert len(mail(headers).leads) == 1


def test_a_form_that_writes_as_nobody_is_the_person_to_answer() -> None:
    form = b"From: Our site <no-reply@www.l.example>\r\nSubject: Contact\r\n"
    (lead,) = mapped(form + b"Reply-To: Bob Ray <bob@y.example>\r\n\r\nCall me").leads
    assert (lead.email, lead.name) == ("bob@y.example", "Bob Ray")
    assert not mapped(form + b"\r\nYour invoice").leads


@pytest.mark.parametrize("header", ["In-Reply-To: <o@l.example>\r\n", "References: <o@l.example>\r\n"])
def test_a_reply_says_that_it_is_one(header: str) -> None:
    (lead,) = mail(header).leads
    assert lead.reply


def test_who_could_not_be_reached_is_told_by_recipient() -> None:
    gone = b"X-Failed-Recipients: a@x.example, b@x.example\r\n\r\n"
    old = b"From: Mail Delivery <mailer-daemon@mx.example>\r\nSubject: failed\r\n" + gone
    assert [(act.kind, act.email, act.reason) for act in mapped(old).activities] == [
        ("email.bounced", "a@x.example", "hard"), ("email.bounced", "b@x.example", "hard"),
    ]  # fmt: skip
    plain = mapped(b"From: MAILER-DAEMON@mx.example\r\nSubject: returned\r\n\r\nno such user")
    assert not plain.leads and not plain.activities


def test_spam_of_the_mail_server_is_kept_apart() -> None:
    (lead,) = mail("X-Spam-Flag: YES\r\n").leads
    assert lead.honeypot == "marked as spam by the mail server"


@pytest.mark.parametrize("field", ["email", "body-mime", "RawEmail", "message"])
@pytest.mark.parametrize("encoded", [False, True])
def test_the_mail_is_found_in_the_fields_of_webhooks(field: str, encoded: bool) -> None:
    raw = MAIL + b"\r\nHello"
    text = base64.encodebytes(raw).decode() if encoded else raw.decode()
    (lead,) = mapped(json.dumps({field: text, "other": 1}).encode(), "application/json").leads
    assert lead.message == "Hello"


def test_the_plain_part_is_taken_and_attachments_are_not() -> None:
    made = EmailMessage()
    made["From"], made["Subject"] = "ann@x.example", "Plan"
    made.set_content("The plain words.")
    made.add_alternative("<p>The <i>other</i> words.</p>", subtype="html")
    made.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="plan.pdf")
    (lead,) = mapped(made.as_bytes()).leads
    assert lead.message == "The plain words."


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"From: a@x.example\r\nContent-Type: text/plain; charset=nonsense\r\n\r\ncaf\xe9", "café"),
        (b"From: a@x.example\r\nContent-Type: text/plain; charset=utf-8\r\n\r\ncaf\xe9", "caf\ufffd"),
        (b"From: a@x.example\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!", None),
        (b"From: a@x.example\r\nContent-Type: multipart/mixed\r\n\r\nno boundary", None),
        (b"From: a@x.example\r\nContent-Type: text/html\r\n\r\n<style>x</style><p>One<br>two", "One\ntwo"),
        (b"From: a@x.example\r\nContent-Type: text/plain;;; =\r\n\r\nodd", "odd"),
    ],
)
def test_broken_mail_gives_what_can_be_read(raw: bytes, message: str | None) -> None:
    (lead,) = mapped(raw).leads
    assert lead.email == "a@x.example"
    if message is not None:
        assert lead.message == message


HEADER = st.sampled_from([
    b"From: ", b"To: ", b"Date: ", b"Subject: ", b"Message-ID: ", b"Content-Type: ", b"Content-Transfer-Encoding: ",
    b"Reply-To: ", b"References: ", b"Content-Type: multipart/mixed; boundary=B", b"--B", b"Content-Disposition: ",
    b"Content-Type: message/delivery-status", b"Final-Recipient: rfc822; ", b"=?utf-8?q?=", b"",
])  # fmt: skip


@given(lines=st.lists(st.tuples(HEADER, st.binary(max_size=30)), max_size=12))
@settings(max_examples=300, deadline=None)
def test_no_mail_is_odd_enough_to_raise(lines: list[tuple[bytes, bytes]]) -> None:
    raw = b"\r\n".join(name + value for name, value in lines)
    found = read_mail(b"Subject: x\r\n" + raw)
    assert found is not None and found["kind"] in ("person", "reply", "automatic", "bulk", "bounce")
    json.dumps(found).encode()
    mapped(b"Subject: x\r\n" + raw)
