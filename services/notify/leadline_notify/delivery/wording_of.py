"""From a claimed row to what is sent: the words of its kind, or of a digest, and the link to the lead."""

from datetime import datetime
from uuid import UUID

from leadline_notify.core.book import NotifyRules
from leadline_notify.core.wording import Worded, digest, worded
from leadline_notify.delivery.claiming import DIGEST
from leadline_notify.delivery.message import Claimed, Message
from leadline_runtime.core.url_templates import filled


def message(claimed: Claimed, rules: NotifyRules, lead_url: str, at: datetime) -> Message:
    """What a courier is given. Without words: a text that the rules do not have any more."""
    link = _link(lead_url, claimed.parts[0][1].lead_id) if claimed.number == 1 else None
    return Message(claimed, _words(claimed, rules, lead_url), link, at)


def _words(claimed: Claimed, rules: NotifyRules, lead_url: str) -> Worded | None:
    if claimed.kind != DIGEST:
        ((_, content),) = claimed.parts
        return worded(content, claimed.recipient, _link(lead_url, content.lead_id), rules)
    lines = []
    for _, content in claimed.parts:
        link = _link(lead_url, content.lead_id)
        if (words := worded(content, claimed.recipient, link, rules)) is not None:
            lines.append(f"{words.subject} {link}" if link else words.subject)
    return digest(claimed.number, lines, claimed.recipient, rules) if lines else None


def _link(lead_url: str, lead: UUID) -> str | None:
    return filled(lead_url, lambda _: str(lead)) if lead_url else None
