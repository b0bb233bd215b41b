"""Settings of the fetcher, each by the environment variable LEADLINE_<NAME>, secrets also by a file of that name."""

from typing import Annotated

from pydantic import Field

from leadline_capture.source_secrets import SourceSecrets

Seconds = Annotated[float, Field(gt=0)]


class FetcherSettings(SourceSecrets):
    """What every service needs, and what only the fetcher does."""

    fetch_budget_s: Seconds = Field(
        default=10.0, description="for one request, from the look-up of its host to the end"
    )
    fetch_bytes: int = Field(default=1_048_576, ge=1024, le=16_777_216, description="the largest answer that is taken")
    fetch_at_once: int = Field(default=16, ge=1, le=500, description="requests to vendors at a time")
    fetch_look_every_s: Seconds = Field(default=0.5, description="how often it looks for what is to be fetched")
    fetch_private_hosts: frozenset[str] = Field(
        default_factory=frozenset,
        description='hosts of your own network that sources may name, with port: ["crm.internal:8443"]; they may speak '
        "plain http. All others must have public addresses and speak https",
    )
