"""docs/sources.md: its file works, and it names every function and every key there is."""

import re
from pathlib import Path

from leadline_capture.expressions import OURS
from leadline_capture.source_models import SourceModel
from leadline_capture.source_rules import build_sources
from leadline_runtime.rules import read_yaml

DOC = (Path(__file__).parents[3] / "docs/sources.md").read_text(encoding="utf-8")


def test_the_file_in_the_docs_works() -> None:
    (block,) = re.findall(r"```yaml\n(.*?)```", DOC, re.DOTALL)
    assert set(build_sources(read_yaml("sources.yaml", block)).sources) == {"rd_station"}


def test_every_function_is_named() -> None:
    assert [name for name in OURS if f"`{name}(" not in DOC and f"`{name}`" not in DOC] == []


def test_every_key_of_a_source_is_named() -> None:
    assert [name for name in SourceModel.model_fields if f"**{name}**" not in DOC and f"{name}:" not in DOC] == []
