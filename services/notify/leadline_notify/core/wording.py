"""A notice in words: the values that texts may name, as the recipient reads them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from leadline_notify.core.book import NotifyRules, Texts
from leadline_notify.core.content import Content
from leadline_notify.core.templates import filled
from leadline_runtime.core.values import dataclass

# What texts may name. Nothing here says who the lead is: for that there is the link.
FIELDS: Final = frozenset(
    {
        "recipient", "lead", "link", "at", "owner", "manager", "previous", "request", "source", "grade", "temperature",
        "territory", "cause", "policy", "target", "level", "due", "provisional",
    }
)  # fmt: skip
DIGEST_FIELDS: Final = frozenset({"recipient", "number", "lines", "rest"})


@dataclass(frozen=True, slots=True)
class Worded:
    """What is sent to a person."""

    subject: str
    text: str


def worded(content: Content, recipient: str, link: str | None, rules: NotifyRules) -> Worded | None:
    """The notice in the words of its kind; None if the rules have none for it any more."""
    kind = rules.kinds.get(content.kind)
    contact = rules.contact(recipient)
    if kind is None or contact is None:
        return None
    values = _values(content, recipient, link, rules.words, contact.hours.zone)
    return _worded(kind.texts, values)


def digest(number: int, lines: Sequence[str], recipient: str, rules: NotifyRules) -> Worded:
    """Several notices as one: a line for each of the first; `rest`: how many of them have none."""
    rest = number - len(lines)
    values = {
        "recipient": recipient, "number": str(number), "lines": "\n".join(f"- {line}" for line in lines),
        "rest": str(rest) if rest else None,
    }  # fmt: skip
    return _worded(rules.digest.texts, values)


def short(lead: UUID) -> str:
    """A lead's id as it is told to people: enough to tell two apart."""
    return str(lead)[-12:]


def _worded(texts: Texts, values: Mapping[str, str | None]) -> Worded:
    return Worded(" ".join(filled(texts.subject, values).split()), filled(texts.text, values).strip() + "\n")


def _values(
    content: Content, recipient: str, link: str | None, words: Mapping[str, str], zone: ZoneInfo
) -> Mapping[str, str | None]:  # fmt: skip
    def said(value: str | None) -> str | None:
        return None if value is None else words.get(value, value.replace("_", " "))

    def local(at: datetime | None) -> str | None:
        return None if at is None else f"{at.astimezone(zone):%a %d %b %H:%M %Z}"

    return {
        "recipient": recipient, "lead": short(content.lead_id), "link": link, "at": local(content.at),
        "owner": content.owner, "manager": content.manager, "previous": content.previous,
        "request": said(content.request), "source": said(content.source), "grade": content.grade,
        "temperature": said(content.temperature), "territory": said(content.territory), "cause": said(content.cause),
        "policy": said(content.policy), "target": said(content.target), "due": local(content.due_at),
        "level": str(content.level) if content.level is not None else None,
        "provisional": said("provisional") if content.provisional else None,
    }  # fmt: skip
