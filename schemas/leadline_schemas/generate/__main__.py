"""`python -m leadline_schemas.generate`: write what follows from the models, or say what is stale.

It works on the folder `schemas/` of a checkout: `generated/` (JSON Schema, AsyncAPI, topology), `baseline/` (the
schemas that were accepted last) and `examples/`.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from leadline_schemas.codec import Undecodable
from leadline_schemas.generate.asyncapi import asyncapi
from leadline_schemas.generate.compatibility import faults
from leadline_schemas.generate.examples import write_canonical
from leadline_schemas.generate.json_schema import all_schemas
from leadline_schemas.generate.topology import topology

SCHEMAS = Path(__file__).parents[2]


def as_text(document: dict[str, Any]) -> str:
    """A JSON document as it is committed."""
    return json.dumps(document, indent=2, ensure_ascii=False, sort_keys=False) + "\n"


def generated() -> dict[str, str]:
    """Every generated file by its path below `schemas/generated/`. The same models always give the same text."""
    files = {f"json/{name}.json": as_text(schema) for name, schema in all_schemas().items()}
    return files | {"asyncapi.json": as_text(asyncapi()), "topology.md": topology()}


def stale(root: Path = SCHEMAS) -> list[str]:
    """Generated files that are missing, differ, or should not be there."""
    folder, wanted = root / "generated", generated()
    there = {str(f.relative_to(folder)) for f in folder.rglob("*") if f.is_file()}
    differing = {n for n in wanted.keys() & there if (folder / n).read_text(encoding="utf-8") != wanted[n]}
    return sorted((wanted.keys() ^ there) | differing)


def incompatible(root: Path = SCHEMAS) -> list[str]:
    """Changes since the accepted schemas that break a reader or an event of before."""
    found: list[str] = []
    now = all_schemas()
    for file in sorted((root / "baseline").glob("*.json")):
        before = json.loads(file.read_text(encoding="utf-8"))
        if file.stem not in now:
            found.append(f"{file.stem}: the topic is gone; who still reads it waits for ever")
            continue
        found += [f"{file.stem}: {fault}" for fault in faults(before, now[file.stem])]
    return found


def not_accepted(root: Path = SCHEMAS) -> list[str]:
    """Topics whose schema was never accepted."""
    return [name for name in all_schemas() if not (root / "baseline" / f"{name}.json").is_file()]


def write(root: Path) -> None:
    """Write every generated file and remove what is no longer made."""
    folder = root / "generated"
    for name, text in generated().items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    for name in stale(root):
        (folder / name).unlink()


def accept(root: Path) -> None:
    """Make the schemas of now the ones that later schemas are compared with."""
    folder = root / "baseline"
    folder.mkdir(exist_ok=True)
    now = all_schemas()
    for file in folder.glob("*.json"):
        if file.stem not in now:
            file.unlink()
    for name, schema in now.items():
        (folder / f"{name}.json").write_text(as_text(schema), encoding="utf-8")


def check(root: Path) -> int:
    """0 if everything is fresh and additive; else 1, with what is not, on standard error."""
    wrong = [f"stale: schemas/generated/{name}; run `make schemas` and commit it" for name in stale(root)]
    wrong += [f"incompatible: {fault}" for fault in incompatible(root)]
    wrong += [f"not accepted yet: {name}" for name in not_accepted(root)]
    if incompatible(root) or not_accepted(root):
        wrong.append("meant? then `python -m leadline_schemas.generate --accept`, and deploy readers before writers")
    print(*wrong, sep="\n", end="\n" if wrong else "", file=sys.stderr)
    return 1 if wrong else 0


def main(arguments: list[str] | None = None, root: Path = SCHEMAS) -> int:
    """The command. Exit code 1: something is stale, incompatible or cannot be decoded; 2: no checkout."""
    parser = argparse.ArgumentParser(prog="python -m leadline_schemas.generate", description=__doc__)
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--check", action="store_true", help="write nothing; exit 1 naming what is stale")
    choice.add_argument("--accept", action="store_true", help="also make the schemas of now the accepted ones")
    choice.add_argument("--examples", action="store_true", help="also bring the examples to their canonical bytes")
    chosen = parser.parse_args(arguments)
    if not (root / "examples").is_dir():
        print(f"{root} holds no examples: run this in a checkout of the project", file=sys.stderr)
        return 2
    if chosen.check:
        return check(root)
    write(root)
    if chosen.accept:
        accept(root)
    try:
        changed = write_canonical(root / "examples") if chosen.examples else []
    except Undecodable as error:
        print(f"an example cannot be decoded: {error}", file=sys.stderr)
        return 1
    print(f"{len(generated())} files in {root / 'generated'} are fresh", *changed, sep="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
