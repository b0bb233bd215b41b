"""The topology as a Mermaid diagram: who writes what, who reads it."""

from leadline_schemas.topics import SERVICES, TOPICS, dead_letter_topic

_HEAD = """\
# Who says what to whom

Written by `make schemas` from the declared topics; do not edit. Boxes are services, rounded boxes are topics.

```mermaid
flowchart LR
  outside(["outside producers"])
  people(["people: leadline dlq"])
"""


def topology() -> str:
    """The page with the diagram and a table of the topics."""
    lines = [f'  {_id(service)}["{service}"]' for service in SERVICES]
    lines += [f'  {_id(topic.name)}("{topic.name}")' for topic in TOPICS]
    lines.append('  dead_letters("dlq.‹service›")')
    lines.append(f"  outside --> {_id(TOPICS[0].name)}")
    for topic in TOPICS:
        lines.append(f"  {_id(topic.writer)} --> {_id(topic.name)}")
        lines += [f"  {_id(topic.name)} --> {_id(reader)}" for reader in topic.readers]
    lines += [f"  {_id(service)} -.-> dead_letters" for service in SERVICES]
    lines.append("  dead_letters -.-> people")
    return f"{_HEAD}{chr(10).join(lines)}\n```\n\n{_table()}"


def _table() -> str:
    rows = ["| topic | kind | written by | read by | carries whole |", "|---|---|---|---|---|"]
    rows += [f"| `{t.name}` | {t.kind} | {t.writer} | {', '.join(t.readers)} | {t.carries or '–'} |" for t in TOPICS]
    rows += [f"| `{dead_letter_topic(s)}` | dead letters | {s} | people | – |" for s in SERVICES]
    return "\n".join(rows) + "\n"


def _id(name: str) -> str:
    return name.replace(".", "_").replace("-", "_")
