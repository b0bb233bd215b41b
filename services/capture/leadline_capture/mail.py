"""A mail (MIME, RFC 5322) as a document that a mapping can walk. The only file that knows the parser of mail.

Mail is the oddest input there is: nothing in it is trusted to be well-formed, and what cannot be read is absent.
"""

import base64
import binascii
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC
from email import message_from_bytes, message_from_string
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import getaddresses, parsedate_to_datetime
from functools import partial
from html.parser import HTMLParser
from typing import Any, Final, TypeVar

from leadline_capture.core.mail_kinds import bounced, written_by
from leadline_runtime.core.json_reader import NotReadable, Read

T = TypeVar("T")
_LONGEST_TEXT: Final = 20_000
# What reading a broken header or part has been seen to raise, here and in other people's reports.
_BROKEN: Final = (ValueError, LookupError, AttributeError, TypeError, RecursionError, AssertionError)
_HEADERS: Final = (
    "Auto-Submitted", "Precedence", "Return-Path", "X-Autoreply", "X-Autorespond", "X-Failed-Recipients", "List-Id",
    "List-Unsubscribe", "X-Spam-Flag", "X-Spam-Status", "In-Reply-To", "References",
)  # fmt: skip


class _Lenient(EmailPolicy):
    """The standard library's own reading of headers, but where that gives up, a header is as it was written."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        try:
            return super().header_fetch_parse(name, value)
        except _BROKEN:
            return " ".join(str(value).split())


_LENIENT: Final = _Lenient()


def mail_document(data: bytes, content_type: str) -> Read:
    """A body of the type message/rfc822. Raises NotReadable if it has no header that a mail has."""
    found = read_mail(data)
    if found is None:
        raise NotReadable("not_a_mail", "the body is no mail: it has neither From nor Subject nor Date")
    return Read(found)


def read_mail(data: bytes) -> dict[str, Any] | None:
    """What a mail says, or nothing if it is none.

    `from`, `reply_to` {name, email} · `to` [{name, email}] · `subject` · `date` RFC 3339 · `message_id` · `text` ·
    `attachments` their number · `headers` by lower-cased name, those that tell what kind it is · `kind`: person,
    reply, automatic, bulk, bounce · of a bounce `failed` [{email, status, permanent, original}] · `spam`.
    """
    message = _quietly(lambda: message_from_bytes(data, policy=_LENIENT))
    if not isinstance(message, EmailMessage) or not any(name in message for name in ("From", "Subject", "Date")):
        return None
    headers = {name.lower(): text for name in _HEADERS if (text := _header(message, name)) is not None}
    senders = _addresses(message, "From") or _addresses(message, "Sender")
    failed = _failed(message, headers)
    report = (_type(message), str(_quietly(lambda: message.get_param("report-type")) or ""))
    answers = _addresses(message, "Reply-To")
    sender = senders[0] if senders else None
    return {
        "from": sender,
        "reply_to": answers[0] if answers else None,
        "to": _addresses(message, "To") + _addresses(message, "Cc"),
        "subject": _header(message, "Subject"),
        "date": _date(message),
        "message_id": _message_id(message),
        "text": _text(message),
        "attachments": len(_quietly(lambda: list(message.iter_attachments())) or ()),
        "headers": headers,
        "kind": written_by(headers, _email(sender), _email(answers[0] if answers else sender), report),
        "failed": failed,
        "spam": headers.get("x-spam-flag", headers.get("x-spam-status", "")).lower().startswith("yes"),
    }


def mail_within(value: Any) -> dict[str, Any] | None:
    """The mail in a field of a webhook: as it is, or in base64. A mail that was read already is that mail."""
    if isinstance(value, dict):
        return value if "kind" in value and "headers" in value else None
    if not isinstance(value, str) or not value.strip():
        return None
    found = read_mail(value.lstrip().encode("utf-8", "surrogateescape"))
    if found is None:
        with suppress(binascii.Error, ValueError):
            found = read_mail(base64.b64decode("".join(value.split()), validate=True))
    return found


def _quietly(read: Callable[[], T]) -> T | None:
    try:
        return read()
    except _BROKEN:
        return None


def _header(message: EmailMessage, name: str) -> str | None:
    found = _quietly(lambda: message.get(name))
    text = " ".join(str(found).split()) if found is not None else ""
    return text.encode("utf-8", "replace").decode("utf-8") or None


def _addresses(message: EmailMessage, name: str) -> list[dict[str, str | None]]:
    text = _header(message, name)
    pairs = (_quietly(lambda: getaddresses([text])) or []) if text else []
    return [{"name": person or None, "email": address.lower()} for person, address in pairs if "@" in address]


def _type(part: Any) -> str:
    return _quietly(part.get_content_type) or "text/plain"


def _email(address: dict[str, str | None] | None) -> str:
    return (address or {}).get("email") or ""


def _date(message: EmailMessage) -> str | None:
    text = _header(message, "Date")
    found = _quietly(lambda: parsedate_to_datetime(text)) if text else None
    if found is None:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).isoformat()


def _text(message: EmailMessage) -> str | None:
    """What somebody wrote: the plain part, else the words of the HTML one."""
    part = _quietly(lambda: message.get_body(("plain", "html")))
    if part is None:
        return None
    text = _decoded(part)  # type: ignore[arg-type]  # of an EmailMessage each part is one
    if _type(part) == "text/html":
        text = _words(text)
    return text.strip()[:_LONGEST_TEXT] or None


def _decoded(part: EmailMessage) -> str:
    found = _quietly(part.get_content)
    if isinstance(found, str):
        return found
    raw = _quietly(lambda: part.get_payload(decode=True))  # a charset nobody knows, or that it is not in
    return raw.decode("cp1252", "replace") if isinstance(raw, bytes) else ""


class _Words(HTMLParser):
    """The words of a page, with a line for each block."""

    _BLOCKS: Final = frozenset({"p", "div", "br", "tr", "li", "h1", "h2", "h3", "h4", "blockquote", "table"})
    _UNSEEN: Final = frozenset({"style", "script", "head", "title"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unseen += tag in self._UNSEEN
        if tag in self._BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._unseen = max(0, self._unseen - (tag in self._UNSEEN))

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(data)


def _words(page: str) -> str:
    words = _Words()
    _quietly(lambda: words.feed(page))
    lines = (" ".join(line.split()) for line in "".join(words.parts).splitlines())
    return "\n".join(line for line in lines if line)


def _failed(message: EmailMessage, headers: dict[str, str]) -> list[dict[str, Any]]:
    """Whom a bounce says could not be reached (RFC 3464), or what a mail server of old wrote in a header."""
    blocks = _quietly(lambda: [p for p in message.walk() if _type(p) == "message/delivery-status"]) or []
    told = [
        {name: str(part.get(name) or "") for name in ("Final-Recipient", "Original-Recipient", "Action", "Status")}
        for block in blocks
        for part in (block.get_payload() if isinstance(block.get_payload(), list) else [])
        if hasattr(part, "get")
    ]
    return bounced(told, headers.get("x-failed-recipients"), _original(message))


def _original(message: EmailMessage) -> str | None:
    """The id of the mail that a report gives back, whole or its headers alone."""
    for part in _quietly(lambda: list(message.walk())[1:]) or []:
        returned = _quietly(partial(_returned, part))
        if returned is not None:
            return _message_id(returned)
    return None


def _returned(part: Any) -> EmailMessage | None:
    kind, inside = _type(part), part.get_payload()
    found: Any = None
    if kind == "text/rfc822-headers":
        found = message_from_string(inside, policy=_LENIENT)
    elif kind == "message/rfc822":
        (found,) = inside
    return found if isinstance(found, EmailMessage) else None


def _message_id(message: EmailMessage) -> str | None:
    return (_header(message, "Message-ID") or "").strip("<> ") or None
