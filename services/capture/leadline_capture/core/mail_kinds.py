"""What kind of mail one is: written by a person, a reply, or made by a machine (RFC 3834), a list, a bounce (RFC 3464).

Only the first two are about somebody who wants something; the rest must never become leads, nor be answered.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal

MailKind = Literal["person", "reply", "automatic", "bulk", "bounce"]
_MACHINES: Final = frozenset({"mailer-daemon", "postmaster", "bounce", "bounces", "mail-daemon"})
_SILENT: Final = re.compile(r"^(no|do-?not)-?_?reply$")
_TEMPORARY: Final = frozenset({"delayed", "relayed", "expanded"})


def written_by(headers: Mapping[str, str], sender: str, answers_to: str, report: tuple[str, str]) -> MailKind:
    """By its headers (lower-cased names), its sender's address, the one that answers go to (a form on a web page writes
    as no-reply for somebody who may be answered), and its content type with that of its report."""
    local = sender.partition("@")[0]
    kind, about = report
    if kind == "multipart/report" and about.lower() == "delivery-status":
        return "bounce"
    if local in _MACHINES or (headers.get("return-path", "") == "<>" and "x-failed-recipients" in headers):
        return "bounce"
    precedence = headers.get("precedence", "").lower()
    submitted = headers.get("auto-submitted", "no").partition(";")[0].strip().lower()
    silent = headers.get("return-path", "") == "<>" or "x-autoreply" in headers or "x-autorespond" in headers
    if submitted != "no" or silent or precedence in ("auto_reply", "auto-reply") or kind == "multipart/report":
        return "automatic"
    if precedence in ("bulk", "list", "junk") or "list-id" in headers or "list-unsubscribe" in headers:
        return "bulk"
    if _SILENT.match(answers_to.partition("@")[0]):
        return "automatic"
    return "reply" if "in-reply-to" in headers or "references" in headers else "person"


def bounced(
    told: Iterable[Mapping[str, str]], recipients: str | None, original: str | None = None
) -> list[dict[str, Any]]:
    """The recipients that a report names as not reached, each once, with the id of the mail that did not reach them;
    `permanent` unless the report says that it may yet arrive."""
    found: dict[str, dict[str, Any]] = {}
    for block in told:
        address = _address(block.get("Final-Recipient") or block.get("Original-Recipient") or "")
        action, status = block.get("Action", "").strip().lower(), block.get("Status", "").strip()
        if address is None or action == "delivered":
            continue
        permanent = not status.startswith("4") and action not in _TEMPORARY
        found.setdefault(
            address, {"email": address, "status": status or None, "permanent": permanent, "original": original}
        )
    for each in (recipients or "").split(","):
        address = _address(each)
        if address is not None:
            found.setdefault(address, {"email": address, "status": None, "permanent": True, "original": original})
    return list(found.values())


def _address(text: str) -> str | None:
    """`rfc822; ann@x.example` → the address."""
    address = text.rpartition(";")[2].strip().strip("<>").lower()
    return address if "@" in address and not any(c.isspace() for c in address) else None
