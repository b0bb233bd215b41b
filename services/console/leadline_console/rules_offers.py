"""The rules files that services offer through the entry-point group `leadline.rules`, and which of them a file is."""

from collections.abc import Mapping
from functools import cache
from importlib.metadata import entry_points
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from leadline_console import output
from leadline_console.errors import UserError
from leadline_runtime.core.values import dataclass
from leadline_runtime.rules import RulesSpec, read_yaml, rules_files

GROUP = "leadline.rules"
ALIKE = 0.5  # of the keys at the top of two files, how many both have


@cache
def offers() -> Mapping[str, RulesSpec[Any]]:
    """The rules of each service, or of a part of one, by its name. One that cannot be loaded is named on stderr."""
    found = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda one: one.name):
        try:
            found[entry.name] = entry.load()
        except Exception as error:
            output.problem(f"The rules of {entry.value} could not be loaded: {type(error).__name__}: {error}")
    return found


@dataclass(frozen=True, slots=True)
class Known:
    """A file that some services read: `name` is what it is called in a folder of rules."""

    name: str
    services: tuple[str, ...]


def known_files() -> dict[str, Known]:
    """All rules files that ship, by name. Of a folder of files the name of each that ships."""
    found: dict[str, list[str]] = {}
    for service, spec in offers().items():
        for name in rules_files(spec, None):
            found.setdefault(name, []).append(service)
    return {name: Known(name, tuple(services)) for name, services in sorted(found.items())}


def which(file: Path) -> Known:
    """Which rules file `file` is a version of: by its name, else by the beginning of its name, else by its content.

    Raises UserError if none.
    """
    known = known_files()
    for name in (file.name, f"{file.parent.name}/{file.name}"):
        if name in known:
            return known[name]
    folder = file.parent.name
    readers = tuple(service for service, spec in offers().items() if folder in spec.folders)
    if readers:
        return Known(f"{folder}/{file.name}", readers)
    like = [name for name in known if file.name.startswith(name.removesuffix(".yaml"))]
    if like:
        return known[max(like, key=len)]
    return known[_by_content(file, known)]


def _by_content(file: Path, known: Mapping[str, Known]) -> str:
    """The file that ships whose keys at the top are most like those of `file`."""
    keys, alike = _keys(file), dict[str, float]()
    for spec in offers().values():
        for name, source in rules_files(spec, None).items():
            mine = _keys(source)
            alike[name] = len(keys & mine) / len(keys | mine)
    best = max(alike, key=lambda name: alike[name])
    if alike[best] < ALIKE:
        raise UserError(f"{file} is no rules file that a service knows. Name it like one of {', '.join(known)}.")
    return best


def _keys(source: Traversable) -> set[str]:
    try:
        content = read_yaml(str(source), source.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{source} cannot be read as UTF-8 text ({type(error).__name__}).") from None
    return {str(key) for key in content} if isinstance(content, dict) else {""}
