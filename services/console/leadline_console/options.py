"""Options that several commands have, and where their values come from when nobody gives them."""

import base64
import os
from pathlib import Path
from typing import Annotated

import typer

from leadline_console import cluster, output

PATIENCE_SECONDS = 10.0
DEFAULT_KAFKA = "127.0.0.1:9092"


def setting(name: str, default: str | None = None) -> str | None:
    """A LEADLINE_ variable from the environment, else from the stack that `leadline up` started here or above."""
    if value := os.environ.get(name):
        return value
    for folder in _stacks():
        for file in sorted(folder.glob("*.env")):
            if found := _read(file).get(name):
                return found
    return default


def _stacks() -> list[Path]:
    if chosen := os.environ.get("LEADLINE_HOME"):
        return [Path(chosen).expanduser()]
    return [folder / ".leadline" for folder in (Path.cwd(), *Path.cwd().parents)]


def _read(file: Path) -> dict[str, str]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}  # of another user: then it is not our stack
    return dict(line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))


def _kafka() -> str:
    return setting("LEADLINE_KAFKA", DEFAULT_KAFKA) or DEFAULT_KAFKA


Kafka = Annotated[
    str,
    typer.Option(
        "--kafka",
        default_factory=_kafka,
        help="Bootstrap servers, host:port[,host:port].",
        show_default="LEADLINE_KAFKA, else the local stack's, else 127.0.0.1:9092",
    ),
]
Wait = Annotated[float, typer.Option("--wait", min=0, help="Seconds to wait for Kafka to answer.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Pii = Annotated[bool, typer.Option("--pii", help="Show personal data as well.")]


def await_kafka(kafka: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Wait until Kafka takes connections, and say so. Raises UserError."""
    cluster.wait_for_port(kafka, seconds, output.progress)


def text_or_base64(value: bytes | None) -> str | None:
    """Bytes for a person or for JSON: as text if they are UTF-8, else as base64 that says so."""
    if value is None:
        return None
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return f"base64:{base64.b64encode(value).decode()}"
