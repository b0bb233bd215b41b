"""Webhooks: JSON, signed by the Standard Webhooks scheme. The body stays the same, the timestamp is that of the try."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic_core import to_json

from leadline_notify.core.book import NotifyRules
from leadline_notify.core.content import Content
from leadline_notify.core.signing import signed
from leadline_notify.delivery.addresses import Addresses
from leadline_notify.delivery.calling import MOST_BYTES, call
from leadline_notify.delivery.message import Message
from leadline_notify.delivery.result import Result
from leadline_notify.store import content_json
from leadline_runtime.outbound import Outbound, Request

TYPES: Final = "lead."


class WebhookCourier:
    """Brings notices to webhooks. budget_s: of one try."""

    def __init__(self, outbound: Outbound, addresses: Addresses, budget_s: float) -> None:
        self._outbound, self._addresses, self._budget_s = outbound, addresses, budget_s

    async def bring(self, message: Message, rules: NotifyRules) -> Result:
        """One try. Without a usable secret or address nothing is sent: that may be mended within a day."""
        endpoint = rules.endpoints.get(message.claimed.endpoint)
        url = self._addresses.url(endpoint) if endpoint is not None else None
        if endpoint is None or url is None:
            return Result("again", "no_address", endpoint_fails=True)
        body = to_json(payload(message))
        try:
            keys = self._addresses.keys(endpoint)
            headers = signed(str(message.id), int(message.at.timestamp()), body, keys)
        except ValueError:
            keys = []
        if not keys:
            return Result("again", "no_secret", endpoint_fails=True)
        sent = {**headers, "Content-Type": "application/json"}
        return await call(self._outbound, Request(url, sent, self._budget_s, MOST_BYTES, "POST", body))

    async def close(self) -> None:
        """Let go of all connections."""
        await self._outbound.close()


def payload(message: Message) -> Mapping[str, Any]:
    """What a webhook is told: the type, when it happened, and the notice's fields that have a value."""
    ((_, content),) = message.claimed.parts
    return {
        "type": f"{TYPES}{content.kind}",
        "timestamp": content.at.isoformat().replace("+00:00", "Z"),
        "data": {**_fields(content), "recipient": message.claimed.recipient, **_link(message)},
    }


def _fields(content: Content) -> Mapping[str, Any]:
    known = content_json(content)
    return {name: value for name, value in known.items() if name not in ("kind", "at")}


def _link(message: Message) -> Mapping[str, str]:
    return {"link": message.link} if message.link else {}
