"""The contracts' own examples, as records."""

from datetime import UTC, datetime
from pathlib import Path

from leadline_console.records import Kept
from leadline_schemas.topics import TOPICS

FOLDER = Path(__file__).parents[3] / "schemas" / "examples"
AT = datetime(2026, 3, 10, 10, tzinfo=UTC)


def records() -> list[Kept]:
    """One record per example of a lead topic; the header ce_id is the example's name."""
    return [
        Kept(topic.name, 0, number, AT, b"key", file.read_bytes(), (("ce_id", file.stem.encode()),))
        for topic in TOPICS
        for number, file in enumerate(sorted((FOLDER / topic.name).glob("*.json")))
    ]
