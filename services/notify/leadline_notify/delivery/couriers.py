"""The couriers of all channels."""

from collections.abc import Mapping

from leadline_notify.core.content import Channel
from leadline_notify.delivery.addresses import Addresses
from leadline_notify.delivery.calling import AGENT
from leadline_notify.delivery.chat import ChatCourier
from leadline_notify.delivery.mail import MailCourier
from leadline_notify.delivery.message import Courier
from leadline_notify.delivery.webhook import WebhookCourier
from leadline_notify.settings import NotifySettings
from leadline_runtime.outbound import Outbound


def couriers(settings: NotifySettings) -> Mapping[Channel, Courier]:
    """One for each channel; who calls must be in an event loop, and close them."""
    addresses = Addresses(settings.notify_urls, settings.notify_secrets)
    private = frozenset(host.lower() for host in settings.notify_private_hosts)
    return {
        "webhook": WebhookCourier(Outbound(AGENT, private), addresses, settings.notify_budget_s),
        "chat": ChatCourier(Outbound(AGENT, private), addresses, settings.notify_budget_s),
        "mail": MailCourier(settings),
    }
