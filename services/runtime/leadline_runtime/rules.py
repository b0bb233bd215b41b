"""Rules files: read strictly, checked by their own examples, named by version and digest (architecture, law 10).

A rules file is YAML 1.2 (so that the country NO is not `false`) with a `version`. `<package>/rules/` holds what ships;
a directory named by LEADLINE_RULES_DIR takes precedence file by file. A folder of rules holds as many files as there
are things of a kind (one channel, one file): those that ship and the operator's own, together.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from leadline_runtime.core.errors import RulesError, all_of
from leadline_runtime.core.values import dataclass
from leadline_runtime.rules_faults import Faults
from leadline_schemas.event import RulesRef

__all__ = [
    "LoadedRules",
    "Overlay",
    "ReadRules",
    "RulesError",
    "RulesModel",
    "RulesSpec",
    "load_rules",
    "parse",
    "read_rules",
    "read_yaml",
    "rules_files",
]

R = TypeVar("R")
M = TypeVar("M", bound=BaseModel)
SHARED = "leadline_runtime"


class RulesModel(BaseModel):
    """Base of everything in a rules file: unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


@dataclass(frozen=True)
class Overlay:
    """What stands in place of parts of the files. `name` and `digest` are added to theirs; `over` gives the contents
    with it."""

    name: str
    digest: str
    over: Callable[[Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True)
class RulesSpec(Generic[R]):
    """Which files make up a service's rules and how they become `R`.

    `build` gets each file's content by name, compiles it, runs the examples inside, and raises RulesError.
    `shared` files ship with the runtime (calendars), because two services read them. Of `folders` every *.yaml is read;
    their names are those of the content: `sources/typeform.yaml`. `optional` files are read where the operator's
    directory has them; none ships. `overlay`: what people ordered over the files, if that is known; rules are
    then named by both. `libraries`: distributions whose data the rules name (holidays), so that their versions are
    part of the digest. `warn` tells, of rules that may be used, what their author surely does not mean, as a rule that
    can never match; only a person who checks a file asks for it.
    """

    package: str
    files: tuple[str, ...]
    build: Callable[[Mapping[str, Any]], R]
    shared: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    warn: Callable[[Mapping[str, Any], R], Sequence[RulesError]] = lambda contents, rules: ()
    overlay: Callable[[], Overlay | None] = lambda: None


@dataclass(frozen=True)
class ReadRules:
    """The content of each file by name, not yet compiled, and how they are named together."""

    contents: Mapping[str, Any]
    ref: RulesRef


@dataclass(frozen=True)
class LoadedRules(Generic[R]):
    """Compiled rules with their name; `files`: that of the files alone, if something is laid over them."""

    rules: R
    ref: RulesRef
    files: RulesRef | None = None


def read_yaml(file: str, text: str) -> Any:
    """The content of one YAML document. Raises RulesError naming file and line."""
    try:
        return YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise RulesError(file, where, str(getattr(error, "problem", None) or "is not valid YAML")) from None


def read_json(file: str, text: str) -> Any:
    """The content of a JSON document: what programs write. Raises RulesError naming file and line."""
    try:
        return json.loads(text)
    except ValueError as error:
        line = getattr(error, "lineno", None)
        raise RulesError(file, f"line {line}" if line else "", "is not valid JSON") from None


def parse(model: type[M], content: Any, file: str) -> M:
    """`content` as a rules model. Raises RulesError with every fault's path and what would be right."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        found = [RulesError(file, _path(each), _problem(each)) for each in error.errors(include_url=False)]
        raise all_of(found) from None


def _problem(error: Any) -> str:
    return f"{error['msg']}, got {type(error['input']).__name__}"


def _path(error: Any) -> str:
    return ".".join(map(str, error["loc"]))


def rules_files(
    spec: RulesSpec[Any], directory: Path | None, instead: Mapping[str, Path] = MappingProxyType({})
) -> dict[str, Any]:
    """Where each file is read from: what `instead` says, else the operator's directory, else the package."""
    sources = [(name, spec.package) for name in spec.files] + [(name, SHARED) for name in spec.shared]
    found: dict[str, Any] = {}
    for name, package in sources:
        own = directory / name if directory else None
        found[name] = own if own and own.is_file() else files(package) / "rules" / name
    for name in spec.optional:
        if directory is not None and (directory / name).is_file():
            found[name] = directory / name
    for folder in spec.folders:
        within = {**_yaml_in(files(spec.package) / "rules" / folder), **_yaml_in(directory and directory / folder)}
        found |= {f"{folder}/{name}": within[name] for name in sorted(within)}
    return {**found, **instead}


def _yaml_in(folder: Traversable | None) -> dict[str, Traversable]:
    """The rules files in a folder; what begins with a dot is an editor's."""
    if folder is None or not folder.is_dir():
        return {}
    return {each.name: each for each in folder.iterdir() if each.name.endswith(".yaml") and each.name[0] != "."}


def load_rules(
    spec: RulesSpec[R], directory: Path | None = None, instead: Mapping[str, Path] = MappingProxyType({})
) -> LoadedRules[R]:
    """Read, check and compile; `instead`: files to be read for those of a name, before they are published.

    Raises RulesError; nothing is half loaded.
    """
    read, overlay = read_rules(spec, directory, instead), spec.overlay()
    if overlay is None:
        return LoadedRules(spec.build(read.contents), read.ref)
    digest = hashlib.sha256(f"{read.ref.digest}{overlay.digest}".encode()).hexdigest()[:16]
    ref = RulesRef(version=f"{read.ref.version}+{overlay.name}", digest=digest)
    return LoadedRules(spec.build(overlay.over(read.contents)), ref, read.ref)


def read_rules(
    spec: RulesSpec[Any], directory: Path | None = None, instead: Mapping[str, Path] = MappingProxyType({})
) -> ReadRules:
    """The files of `spec`. Raises RulesError with the fault of each that cannot be read."""
    faults, nothing = Faults(), ("", dict[str, Any]())
    sources = rules_files(spec, directory, instead)
    read = {name: faults.take(partial(_read, name, source), nothing) for name, source in sources.items()}
    faults.check()
    digest = hashlib.sha256()
    for name, (text, _) in read.items():
        digest.update(f"{name}\0{len(text)}\0{text}\0".encode())
    for library in spec.libraries:
        digest.update(f"{library}\0{version(library)}\0".encode())
    versions = dict.fromkeys(str(content["version"]) for _, content in read.values())
    ref = RulesRef(version="+".join(versions), digest=digest.hexdigest()[:16])
    return ReadRules({name: content for name, (_, content) in read.items()}, ref)


def _read(name: str, source: Traversable) -> tuple[str, dict[str, Any]]:
    try:
        text = source.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RulesError(name, "", f"cannot be read as UTF-8 text: {type(error).__name__}") from None
    content = read_json(name, text) if name.endswith(".json") else read_yaml(name, text)
    if not isinstance(content, dict) or "version" not in content:
        raise RulesError(name, "version", "is missing; give the file a version, e.g. version: 2026-03-01")
    return text, content
