"""`--capture-time-only MAP`: which columns are known at capture, and which field of a lead holds them at work."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from leadline_runtime.core.matchers import closest
from leadline_runtime.rules import RulesError, read_yaml
from leadline_score.learned_file import SERVABLE
from leadline_score.training.errors import TrainingError
from leadline_score.training.table import Table, column_named


def read_map(path: Path, table: Table) -> dict[str, str | None]:
    """Column → field of a lead, or None: known at capture, but no lead holds it. Raises TrainingError."""
    try:
        text = path.read_text(encoding="utf-8")
        content = json.loads(text) if path.suffix == ".json" else read_yaml(path.name, text)
    except OSError as error:
        raise TrainingError(f"{path.name} cannot be read: {error.strerror}.") from None
    except (UnicodeDecodeError, json.JSONDecodeError, RulesError) as error:
        what = error if isinstance(error, RulesError) else "it is no JSON or YAML"
        raise TrainingError(f"{path.name} cannot be read: {what}.") from None
    found: dict[str, str | None] = {}
    for column, field in _pairs(content, path.name).items():
        named = column_named(table, column, f"{path.name}: {column!r}")
        if field is not None and field not in SERVABLE:
            known = ", ".join(sorted(SERVABLE))
            raise TrainingError(
                f"{path.name}: {column!r} is mapped to {str(field)!r}, which is no field of a lead; "
                f"{closest(str(field), SERVABLE)}. Known: {known}; null for none."
            )
        found[named] = field
    return found


def _pairs(content: Any, file: str) -> Mapping[str, Any]:
    if isinstance(content, list) and all(isinstance(each, str) for each in content):
        return dict.fromkeys(content)
    if isinstance(content, dict) and content and all(isinstance(key, str) for key in content):
        return content
    raise TrainingError(
        f"{file} is no map: write one line per column known at capture, as `Lead Source: source`, "
        "or `Landing page: null` where no field of a lead holds it."
    )
