"""docs/settings.md names every setting that is read from the environment, as the code has it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import SecretStr
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings

from leadline_capture.edge.settings import EdgeSettings
from leadline_capture.fetcher.settings import FetcherSettings
from leadline_console.canary.settings import CanarySettings
from leadline_enrich.settings import EnrichSettings
from leadline_notify.settings import NotifySettings
from leadline_route.settings import RouteSettings
from leadline_runtime.settings import Settings
from leadline_score.settings import ScoreSettings
from tests.unit.house.sources import ROOT, sources

DOC = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
KINDS: tuple[type[BaseSettings], ...] = (
    Settings,
    EdgeSettings,
    FetcherSettings,
    CanarySettings,
    EnrichSettings,
    ScoreSettings,
    RouteSettings,
    NotifySettings,
)


def rows() -> Iterator[str]:
    told: set[str] = set()
    for kind in KINDS:
        for name, field in kind.model_fields.items():
            if name not in told:
                told.add(name)
                yield f"| `LEADLINE_{name.upper()}` | {default(field)} | {field.description} |"


def default(field: FieldInfo) -> str:
    value: Any = field.default
    if field.is_required():
        return "needed"
    if value is PydanticUndefined or value is None or value in ((), ""):
        return ""
    return f"`{value.get_secret_value() if isinstance(value, SecretStr) else value}`"


@pytest.mark.parametrize("row", list(rows()), ids=lambda row: row.split("`")[1])
def test_a_setting_stands_in_the_docs_with_its_default_and_meaning(row: str) -> None:
    assert row in DOC, f"write this line in docs/settings.md: {row}"


def test_nothing_else_is_read_from_the_environment() -> None:
    named = re.compile(r'["\'](LEADLINE_[A-Z][A-Z_]*[A-Z])["\']')
    read = {name for source in sources() for name in named.findall(source.text)}
    assert sorted(name for name in read if f"`{name}`" not in DOC) == []


def test_nothing_is_told_that_is_not_read() -> None:
    code = "".join(source.text for source in sources()) + "".join(rows())
    assert [name for name in re.findall(r"^\| `(LEADLINE_[A-Z_]+)`", DOC, re.MULTILINE) if name not in code] == []
