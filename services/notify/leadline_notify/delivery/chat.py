"""Chats that take {"text": …}, as Slack's incoming webhooks and what is made after them."""

from pydantic_core import to_json

from leadline_notify.core.book import NotifyRules
from leadline_notify.core.chat_text import chat_text
from leadline_notify.delivery.addresses import Addresses
from leadline_notify.delivery.calling import MOST_BYTES, call
from leadline_notify.delivery.message import Message
from leadline_notify.delivery.result import Result
from leadline_runtime.outbound import Outbound, Request


class ChatCourier:
    """Brings notices to chats. budget_s: of one try."""

    def __init__(self, outbound: Outbound, addresses: Addresses, budget_s: float) -> None:
        self._outbound, self._addresses, self._budget_s = outbound, addresses, budget_s

    async def bring(self, message: Message, rules: NotifyRules) -> Result:
        """One try."""
        endpoint = rules.endpoints.get(message.claimed.endpoint)
        url = self._addresses.url(endpoint) if endpoint is not None else None
        if url is None or message.words is None:
            return Result("again", "no_address" if url is None else "no_words", endpoint_fails=url is None)
        words = message.words
        text = f"*{chat_text(words.subject)}*\n{chat_text(words.text)}"
        body = to_json({"text": text, "mrkdwn": True, "parse": "none", "link_names": False})
        sent = {"Content-Type": "application/json"}
        return await call(self._outbound, Request(url, sent, self._budget_s, MOST_BYTES, "POST", body))

    async def close(self) -> None:
        """Let go of all connections."""
        await self._outbound.close()
