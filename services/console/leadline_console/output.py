"""What commands print: answers to stdout (tables, or JSON), progress and problems to stderr."""

import json
import sys
from collections.abc import Callable
from typing import Any

from pydantic_core import to_jsonable_python
from rich.console import Console
from rich.text import Text

from leadline_runtime.command_terminal import terminal

Draw = Callable[[Console], None]


def answer(data: Any, as_json: bool, draw: Draw) -> None:
    """Print `data` (dataclasses, models, dicts ...) as JSON, or let `draw` show it to a person."""
    if as_json:
        print(json.dumps(to_jsonable_python(data), indent=2, ensure_ascii=False))
    else:
        draw(terminal())


def line(data: Any) -> None:
    """Print one line of JSON: for commands that print as things come."""
    print(json.dumps(to_jsonable_python(data), ensure_ascii=False), flush=True)


def progress(text: str) -> None:
    """Tell a person what is being waited for."""
    print(text, file=sys.stderr, flush=True)


def problem(text: str) -> None:
    """Tell a person what went wrong."""
    Console(stderr=True, highlight=False, emoji=False, soft_wrap=True).print(Text(text, style="red"))
