"""Settings of the canary."""

from typing import Annotated

from pydantic import Field

from leadline_runtime.canary_setting import CanaryKey


class CanarySettings(CanaryKey):
    """All that it needs: a door, the key that the door knows, Kafka to read."""

    kafka: str = Field(default="127.0.0.1:9092", description="bootstrap servers, host:port[,host:port]")
    edge_url: str = Field(default="http://127.0.0.1:8080", description="the door's address")
    web_host: str = Field(default="127.0.0.1", description="where /metrics, /healthz and /readyz listen")
    web_port: int = Field(default=9100, ge=0, le=65535, description="and on which port")
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR")
    canary_every_s: Annotated[float, Field(gt=0)] = Field(
        default=60.0, description="how often a canary is sent, in seconds"
    )
    canary_patience_s: Annotated[float, Field(gt=0)] = Field(
        default=45.0, description="how long one is waited for; less than the time to the next"
    )
