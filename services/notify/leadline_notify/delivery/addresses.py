"""Where endpoints are, and with which secrets they are called."""

import hashlib
from collections.abc import Mapping

from pydantic import SecretStr

from leadline_notify.core.book import Endpoint
from leadline_runtime.core.url_templates import fault_of
from leadline_runtime.core.values import dataclass
from leadline_runtime.named_secrets import live

Secrets = Mapping[str, tuple[SecretStr, ...]]


@dataclass(frozen=True, slots=True)
class Addresses:
    """What settings hold: addresses that are secrets, and secrets of webhooks."""

    urls: Secrets
    secrets: Secrets

    def url(self, endpoint: Endpoint) -> str | None:
        """Where it is called; None if there is no such address, or none that can be used."""
        if endpoint.url is not None:
            return endpoint.url
        known = live(self.urls, endpoint.url_secret)
        return known[0].strip() if known and fault_of(known[0].strip()) is None else None

    def keys(self, endpoint: Endpoint) -> list[str]:
        """The live secrets, the newest first."""
        return live(self.secrets, endpoint.secret)

    def mark(self, endpoint: Endpoint | None) -> str:
        """Tells one address from another without telling it."""
        url = self.url(endpoint) if endpoint is not None else None
        return hashlib.sha256((url or "").encode()).hexdigest()[:16]
