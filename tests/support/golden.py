"""The golden leads and vectors of the design (tests/data/golden_leads.json)."""

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent.parent / "data" / "golden_leads.json"


@cache
def golden() -> dict[str, Any]:
    """The whole file. Do not change what it gives."""
    found: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def vectors(name: str) -> list[dict[str, Any]]:
    """The vectors of one rule."""
    found: list[dict[str, Any]] = golden()["vectors"][name]
    return found


def golden_lead(lead: str) -> dict[str, Any]:
    """One golden lead by its name: `input` and `expect`."""
    return next(each for each in golden()["leads"] if each["id"] == lead)


def instant(text: str) -> datetime:
    """An RFC 3339 instant of the file."""
    return datetime.fromisoformat(text)
