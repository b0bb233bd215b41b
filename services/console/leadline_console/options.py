"""Options that several commands have, and where their values come from when nobody gives them."""

import base64
from typing import Annotated

import typer

from leadline_console import cluster, output
from leadline_runtime.command_settings import setting

PATIENCE_SECONDS = 10.0
DEFAULT_KAFKA = "127.0.0.1:9092"


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
