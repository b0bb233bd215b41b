"""Structured logs: one JSON object a line on standard error, without personal data.

Messages are constants; what varies is passed as keys. No value of a lead is ever passed.
"""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_SHARED: tuple[Any, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


def handler(service: str) -> logging.Handler:
    """A handler that prints every record of the process, ours and the libraries', as one JSON line."""

    def name(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["service"] = service
        return event

    made = logging.StreamHandler(sys.stderr)
    made.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                name,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    return made


def configure(service: str, level: str) -> None:
    """Send all logging of this process through one JSON handler."""
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    root = logging.getLogger()
    root.handlers[:] = [handler(service)]
    root.setLevel(level)
    logging.getLogger("python_multipart").setLevel(logging.CRITICAL)  # its warnings quote what came
    for noisy in ("aiokafka", "kafka", "aiohttp.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


def logger(name: str) -> Any:
    """A logger that takes keys: `log.info("claimed", lanes=12)`."""
    return structlog.stdlib.get_logger(name)
