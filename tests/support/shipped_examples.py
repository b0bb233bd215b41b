"""The examples in the files of the sources that ship, as they are sent: bodies to begin a test from."""

import json
from functools import cache
from urllib.parse import urlencode

from leadline_capture.edge.app import RULES
from leadline_capture.source_models import Example, SourcesModel
from leadline_runtime.rules import parse, read_yaml, rules_files


@cache
def shipped_models() -> dict[str, tuple[Example, ...]]:
    """The examples of each source that ships, by its name."""
    found: dict[str, tuple[Example, ...]] = {}
    for file, source in rules_files(RULES, None).items():
        model = parse(SourcesModel, read_yaml(file, source.read_text(encoding="utf-8")), file)
        found |= {name: declared.examples for name, declared in model.sources.items()}
    return found


def sent(example: Example) -> tuple[bytes, str]:
    """The body of an example and its Content-Type."""
    if example.method == "GET":
        return urlencode(example.query).encode(), "application/x-www-form-urlencoded"
    if example.body is None:
        return json.dumps(example.json_).encode(), example.content_type
    body = example.body.encode()
    if example.content_type.startswith("multipart/"):
        body = body.replace(b"\n", b"\r\n")
    return body, example.content_type
