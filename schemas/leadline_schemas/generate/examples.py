"""Examples: one file per case worth showing, its value exactly as a service writes it."""

from pathlib import Path

from leadline_schemas.codec import decode, encode
from leadline_schemas.topics import TOPICS


def canonical(topic_name: str, value: bytes) -> bytes:
    """The value as its writer would write it. Raises Undecodable."""
    topic = next(topic for topic in TOPICS if topic.name == topic_name)
    return encode(topic, decode(topic, value))


def write_canonical(examples: Path) -> list[Path]:
    """Bring every example of a topic to its canonical bytes; gives the files that were changed. Raises Undecodable."""
    changed: list[Path] = []
    for topic in TOPICS:
        for file in sorted((examples / topic.name).glob("*.json")):
            before = file.read_bytes()
            after = canonical(topic.name, before) + b"\n"
            if after != before:
                file.write_bytes(after)
                changed.append(file)
    return changed
