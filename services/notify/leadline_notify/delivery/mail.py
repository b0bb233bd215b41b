"""Mail over SMTP. A client that can be stopped in the middle (aiosmtplib): a server that hangs holds no thread."""

import asyncio
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final

import aiosmtplib

from leadline_notify.core.book import NotifyRules
from leadline_notify.core.wording import Worded
from leadline_notify.delivery.message import Message
from leadline_notify.delivery.result import ARRIVED, Result
from leadline_notify.settings import NotifySettings

PATIENCE: Final = 3  # a mail takes several round trips: so many times the budget of a call
_CODES: Final = range(500, 600)


class MailCourier:
    """Brings notices by mail, each over a connection of its own."""

    def __init__(self, settings: NotifySettings) -> None:
        self._settings = settings

    async def bring(self, message: Message, rules: NotifyRules) -> Result:
        """One try. What the server says of a recipient for good (5xx) is not tried again."""
        contact = rules.contact(message.claimed.recipient)
        address = contact.ways.get("mail") if contact is not None else None
        if address is None or message.words is None:
            return Result("refused", "no_address")
        if not self._settings.smtp_host or not self._settings.smtp_from:
            return Result("again", "no_server", endpoint_fails=True)
        mail = composed(message, message.words, self._settings.smtp_from, address)
        try:
            async with asyncio.timeout(self._settings.notify_budget_s * PATIENCE):
                await self._send(mail)
        except (aiosmtplib.SMTPException, OSError, TimeoutError, ValueError) as error:
            return meaning(error)
        return ARRIVED

    async def _send(self, mail: EmailMessage) -> None:
        known = self._settings
        await aiosmtplib.send(
            mail,
            hostname=known.smtp_host, port=known.smtp_port, timeout=known.notify_budget_s,
            use_tls=known.smtp_security == "tls", start_tls=known.smtp_security == "starttls",
            username=known.smtp_user or None, password=known.smtp_password.get_secret_value() or None,
        )  # fmt: skip

    async def close(self) -> None:
        """Nothing is held."""


def composed(message: Message, words: Worded, sender: str, address: str) -> EmailMessage:
    """The mail. Its Message-ID follows from the notice's id, so that a mail box can tell a repeat."""
    mail = EmailMessage()
    # Words are one line by then, and the library refuses a header that is not.
    mail["Subject"], mail["From"], mail["To"] = words.subject, sender, address
    mail["Date"] = format_datetime(message.at)
    mail["Message-ID"] = f"<{message.id}@{sender.rpartition('@')[2].rstrip('>')}>"
    mail["Auto-Submitted"] = "auto-generated"  # so that no absence note comes back
    mail["X-Leadline-Notice"] = str(message.id)
    mail.set_content(words.text)
    return mail


def meaning(error: Exception) -> Result:
    """What became of a mail that was not taken; the words of the server stay out, they may name people."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        codes = [each.code for each in error.recipients]
        return _said(codes[0] if codes else 0, endpoint_fails=False)
    if isinstance(error, aiosmtplib.SMTPAuthenticationError):
        return Result("again", "not_signed_in", endpoint_fails=True)
    if isinstance(error, aiosmtplib.SMTPConnectError | aiosmtplib.SMTPServerDisconnected | aiosmtplib.SMTPHeloError):
        return Result("again", "not_reached", endpoint_fails=True)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        refused_sender = isinstance(error, aiosmtplib.SMTPSenderRefused)
        return _said(error.code, endpoint_fails=refused_sender or error.code in (421, 454))
    if isinstance(error, TimeoutError):
        return Result("again", "too_slow", endpoint_fails=True)
    return Result("again", "not_reached" if isinstance(error, OSError) else "not_taken", endpoint_fails=True)


def _said(code: int, *, endpoint_fails: bool) -> Result:
    for_good = code in _CODES and not endpoint_fails
    return Result("refused" if for_good else "again", f"smtp_{code}", endpoint_fails=endpoint_fails)
