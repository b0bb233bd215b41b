"""`deploy/kafka/topics.yaml`: which topics there must be, as typed values for one cluster."""

import os
from pathlib import Path
from typing import Any

from pydantic import Field

from leadline_console.errors import UserError
from leadline_runtime.core.values import dataclass
from leadline_runtime.rules import RulesError, RulesModel, parse, read_yaml

FILE = Path("deploy/kafka/topics.yaml")
MIN_IN_SYNC = "min.insync.replicas"


class _Topic(RulesModel):
    partitions: int | None = Field(default=None, ge=1)
    config: dict[str, Any] = {}


class _Defaults(RulesModel):
    partitions: int = Field(ge=1)
    config: dict[str, Any] = {}


class _File(RulesModel):
    version: Any
    replication: int = Field(ge=1)
    defaults: _Defaults
    topics: dict[str, _Topic]


@dataclass(frozen=True)
class DeclaredTopic:
    """One topic as it must be: `config` holds only what the file speaks of, as Kafka writes it."""

    name: str
    partitions: int
    replication: int
    config: dict[str, str]


def find_file(given: Path | None) -> Path:
    """The file given, else LEADLINE_TOPICS_FILE, else the project's own: of the folder we are in, else of this code.

    Raises UserError.
    """
    named = given or (Path(value) if (value := os.environ.get("LEADLINE_TOPICS_FILE")) else None)
    if named:
        return named
    for folder in (Path.cwd(), *Path.cwd().parents, *Path(__file__).resolve().parents[3:4]):
        if (folder / FILE).is_file():
            return folder / FILE
    raise UserError(f"No {FILE} here or above. Go to the project's folder, or name the file: --file PATH.")


def load_topics(
    file: Path, *, replication: int | None = None, partitions: int | None = None, prefix: str = ""
) -> tuple[DeclaredTopic, ...]:
    """The topics that `file` declares. Raises UserError.

    replication: copies of each partition, instead of the file's. partitions: of every topic that takes the default
    count; no other topic gets more. prefix: put before every name (tests).
    """
    try:
        content = parse(_File, read_yaml(str(file), file.read_text(encoding="utf-8")), str(file))
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(
            f"{file} cannot be read as UTF-8 text ({type(error).__name__}). Name another: --file."
        ) from None
    except RulesError as error:
        raise UserError(str(error)) from None
    copies = replication or content.replication
    return tuple(
        DeclaredTopic(
            name=prefix + name,
            partitions=_partitions(topic, content.defaults, partitions),
            replication=copies,
            config=_config({**content.defaults.config, **topic.config}, copies),
        )
        for name, topic in content.topics.items()
    )


def _partitions(topic: _Topic, defaults: _Defaults, override: int | None) -> int:
    usual = override or defaults.partitions
    return min(topic.partitions, usual) if topic.partitions else usual


def _config(config: dict[str, Any], copies: int) -> dict[str, str]:
    if MIN_IN_SYNC in config:
        config[MIN_IN_SYNC] = max(1, min(int(config[MIN_IN_SYNC]), copies - 1))
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in config.items()}
