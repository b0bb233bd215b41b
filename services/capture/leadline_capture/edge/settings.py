"""Settings of the door, each by the environment variable LEADLINE_<NAME>, secrets also by a file of that name."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr

from leadline_capture.source_secrets import SourceSecrets
from leadline_runtime.canary_setting import CanaryKey

Seconds = Annotated[float, Field(gt=0)]
Rate = Annotated[float, Field(ge=0)]


class EdgeSettings(SourceSecrets, CanaryKey):
    """What every service needs, and what only the door does."""

    edge_host: str = Field(default="127.0.0.1", description="where leads are posted to; 0.0.0.0 for all interfaces")
    edge_port: int = Field(default=8080, ge=0, le=65535, description="and on which port")
    edge_public_url: str | None = Field(
        default=None, description="the address by which senders know us, for signatures over the URL: https://host"
    )
    edge_proxies: int = Field(
        default=0, ge=0, le=10, description="how many proxies of ours stand before it: their X-Forwarded-For counts"
    )
    edge_deadline_s: Seconds = Field(default=10.0, description="for one whole request, headers and body included")
    edge_durable_s: Seconds = Field(default=0.9, description="how long a sender waits until its lead is durable")
    edge_wait_s: Seconds = Field(
        default=8.0, description="the longest that Prefer: wait is waited for; never over 80 % of the deadline"
    )
    edge_route_database_url: SecretStr | None = Field(
        default=None, description="where route's schema is, if not where capture's is: what became of commands"
    )
    edge_spool_dir: Path | None = Field(
        default=None,
        description="a directory on a lasting disk, one for each door: what Kafka does not take waits there",
    )
    edge_spool_bytes: int = Field(default=1_073_741_824, ge=1_048_576, description="how large the spool may grow")
    edge_imports_dir: Path | None = Field(
        default=None,
        description="a directory on a lasting disk, one for each door: lists posted to /v1/imports wait there",
    )
    edge_import_bytes: int = Field(default=1_073_741_824, ge=1024, description="the largest list, unpacked")
    edge_import_s: Seconds = Field(default=900.0, description="how long a list may be on its way")
    edge_keep_alive_s: Seconds = Field(default=75.0, description="how long an idle connection is kept")
    edge_most_waiting: int = Field(default=10_000, ge=1, description="records that may wait for Kafka at a time")
    edge_most_requests: int = Field(default=2000, ge=1, description="requests in hand at a time; more get a 503")
    edge_most_connections: int = Field(
        default=10_000, ge=1, description="open connections; beyond it the longest idle one makes room for a new one"
    )
    edge_head_bytes: int = Field(default=32_768, ge=4096, description="the headers of a request in all")
    edge_key_rate: Rate = Field(default=5000.0, description="requests a second with one key; 0: no limit")
    edge_key_burst: int = Field(default=10_000, ge=1, description="requests at once with one key")
    edge_address_rate: Rate = Field(
        default=500.0, description="requests a second from one address without a key of ours; 0: no limit"
    )
    edge_address_burst: int = Field(default=2000, ge=1, description="requests at once from one address")
    edge_lead_bytes: int = Field(default=65_536, ge=1024, le=524_288, description="the largest lead or activity")
    edge_source_bytes: int = Field(
        default=262_144, ge=1024, le=524_288, description="the largest submission of a source that proves itself"
    )
    edge_batch_bytes: int = Field(default=1_048_576, ge=1024, le=16_777_216, description="the largest batch")
    edge_batch_items: int = Field(default=1000, ge=1, le=10_000, description="items of a batch")
    edge_keys_every_s: Seconds = Field(default=5.0, description="how soon a new or revoked key is known")
    edge_clock_every_s: Seconds = Field(default=0.5, description="how often the pipeline's time is asked for")
    consent_link_secrets: tuple[Annotated[SecretStr, Field(min_length=32)], ...] = Field(
        default=(), description='seal the links of consents; the first seals, all open: ["new","old"]'
    )
    consent_confirm_h: Annotated[float, Field(gt=0, le=8760)] = Field(
        default=100.0, description="hours in which a double opt-in can be confirmed (rules B1.9)"
    )
    consent_asked_by: str | None = Field(default=None, description="who asks for consent, as people know you")
