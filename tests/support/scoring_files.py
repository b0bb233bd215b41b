"""Versions of scoring.yaml for tests: what ships, with a change."""

from importlib.resources import files
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from leadline_runtime.rules import read_yaml

SHIPPED = Path(str(files("leadline_score") / "rules" / "scoring.yaml"))


def version(file: Path, *changes: tuple[str, Any], examples: bool = False) -> Path:
    """Writes what ships with other values at some paths (`fit/groups/role/cap`) into `file`, and gives it.

    Without `examples` one that any rules fulfil stands in place of those that ship.
    """
    content = read_yaml(file.name, SHIPPED.read_text("utf-8"))
    for path, value in changes:
        *way, last = [int(step) if step.isdigit() else step for step in path.split("/")]
        place: Any = content
        for step in way:
            place = place[step]
        place[last] = value
    if not examples:
        content["examples"] = [{"name": "nobody", "as_of": "2026-03-01T00:00:00Z", "expect": {"intent": 0}}]
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("w", encoding="utf-8") as stream:
        YAML().dump(content, stream)
    return file
