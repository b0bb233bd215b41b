"""Settings from the environment, secrets also from files of a directory. Every name starts with LEADLINE_."""

import os
import re
import socket
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings.exceptions import SettingsError as NotParsed

SECRETS = Path("/run/secrets")
_FIELD = re.compile(r'field "(\w+)"')


class SettingsError(ValueError):
    """A setting that cannot be used: which one, what kind of value it needs. Never the value itself."""


class Settings(BaseSettings):
    """What every service needs to run. A secret is read from the environment, else from a file of the same name."""

    model_config = SettingsConfigDict(env_prefix="LEADLINE_", frozen=True, extra="ignore")

    kafka: str = Field(default="127.0.0.1:9092", description="bootstrap servers, host:port[,host:port]")
    database_url: SecretStr = Field(description="postgresql://user:password@host:port/database")
    redis_url: SecretStr = Field(default=SecretStr("redis://127.0.0.1:6379/0"), description="redis://...")
    web_host: str = Field(default="127.0.0.1", description="where /metrics, /healthz and /readyz listen")
    web_port: int = Field(default=9100, ge=0, le=65535, description="and on which port")
    instance: str = Field(
        default_factory=lambda: f"{socket.gethostname()}-{os.getpid()}", description="name of this instance"
    )
    static_member: bool = Field(default=False, description="keep the group membership of `instance` over a restart")
    rules_dir: Path | None = Field(default=None, description="rules files here take precedence over those that ship")
    read_anew: str = Field(
        default="", description="topic=id[,topic=id] of inputs to be read from 0 where the position reached is lost"
    )
    rules_reload_s: Annotated[float, Field(gt=0)] = Field(
        default=2.0, description="how often the rules files are looked at, in seconds"
    )
    batch_items: Annotated[int, Field(ge=1, le=5000)] = Field(default=500, description="items decided in a transaction")
    batch_pace_s: Annotated[float, Field(ge=0)] = Field(
        default=0.02, description="the least seconds from one batch to the next: what comes meanwhile shares its cost"
    )
    idle_look_s: Annotated[float, Field(gt=0)] = Field(
        default=0.1, description="how often an idle step looks for timers and messages, in seconds"
    )
    offsets_every_s: Annotated[float, Field(gt=0)] = Field(
        default=0.2, description="how often Kafka is told how far it is (for lag; the position that counts is stored)"
    )
    horizon_every_s: Annotated[float, Field(gt=0)] = Field(
        default=0.3, description="how often it finds out up to when all topics are surely read"
    )
    session_timeout_ms: int = Field(default=10_000, description="after which silence Kafka gives its lanes to another")
    rebalance_timeout_ms: int = Field(
        default=30_000, description="how long Kafka waits for it when lanes are dealt anew"
    )
    stall_s: Annotated[float, Field(gt=0)] = Field(
        default=120.0, description="it ends, to be started anew, if nothing moves for so many seconds while work waits"
    )
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR")


S = TypeVar("S", bound=BaseSettings)


def load_settings(kind: type[S], **given: Any) -> S:
    """Settings of `kind`; what is `given` is not asked for.

    Raises SettingsError that names each variable at fault and what it needs.
    """
    directory = Path(os.environ.get("LEADLINE_SECRETS_DIR", SECRETS))
    try:
        return kind(_secrets_dir=directory if directory.is_dir() else None, **given)
    except ValidationError as error:
        faults = [
            f"LEADLINE_{_place(e['loc'])}: {e['msg']}"
            for e in error.errors(include_url=False, include_input=False, include_context=False)
        ]
        raise SettingsError("; ".join(faults)) from None
    except NotParsed as error:  # its text names the field; that of its cause may hold the value
        named = _FIELD.search(str(error))
        raise SettingsError(f"LEADLINE_{named[1].upper() if named else '?'}: is no JSON, which it needs") from None


def _place(steps: tuple[int | str, ...]) -> str:
    name, *rest = map(str, steps)
    return ".".join([name.upper(), *rest])
