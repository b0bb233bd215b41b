"""The smaller models that steps read are true to the whole ones: every example reads the same, field for field."""

from pathlib import Path
from typing import Any

import pytest

from leadline_schemas.codec import adapter, decode
from leadline_schemas.event import Model
from leadline_schemas.topics import Topic, topic_named
from leadline_schemas.views import CAPTURED_LOOKED_UP, CAPTURED_WATCHED, ENRICHED_SEEN, ROUTED_TOLD, ROUTED_WATCHED

EXAMPLES = Path(__file__).parents[2] / "schemas" / "examples"
CASES = [
    (view, path)
    for view in (CAPTURED_LOOKED_UP, CAPTURED_WATCHED, ENRICHED_SEEN, ROUTED_TOLD, ROUTED_WATCHED)
    for path in sorted((EXAMPLES / view.name).glob("*.json"))
]


def agree(seen: Any, whole: Any) -> None:
    """Every field that the view has, has the whole's value."""
    if isinstance(seen, tuple) and isinstance(whole, tuple):
        assert len(seen) == len(whole)
        for part, its in zip(seen, whole, strict=True):
            agree(part, its)
        return
    if not isinstance(seen, Model):
        assert seen == whole
        return
    for name in type(seen).model_fields:
        agree(getattr(seen, name), getattr(whole, name))


@pytest.mark.parametrize(("view", "path"), CASES, ids=lambda case: getattr(case, "stem", getattr(case, "name", "")))
def test_a_view_says_what_the_whole_says(view: Topic[Any], path: Path) -> None:
    raw = path.read_bytes().strip()
    whole = decode(topic_named(view.name), raw)
    seen = decode(view, raw)
    assert isinstance(seen, type(whole))
    agree(seen, whole)
    assert len(adapter(type(seen)).dump_json(seen, exclude_none=True)) < len(raw)
