"""The project's own Python files, parsed once."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]
SERVICES = {
    "capture": "leadline_capture",
    "enrich": "leadline_enrich",
    "score": "leadline_score",
    "route": "leadline_route",
    "sla-monitor": "leadline_sla_monitor",
    "notify": "leadline_notify",
}
PACKAGES = (
    ROOT / "schemas" / "leadline_schemas",
    ROOT / "services" / "runtime" / "leadline_runtime",
    ROOT / "services" / "console" / "leadline_console",
    ROOT / "deploy" / "local" / "leadline_local",
    *(ROOT / "services" / folder / package for folder, package in SERVICES.items()),
)


@dataclass(frozen=True)
class Source:
    """One file: where it stands, its module's name, its text and its syntax tree."""

    path: Path
    module: str
    text: str
    tree: ast.Module

    def __str__(self) -> str:
        return str(self.path.relative_to(ROOT))

    @property
    def in_core(self) -> bool:
        """Does it belong to the pure part?"""
        return ".core." in f"{self.module}."

    def imports(self) -> Iterator[str]:
        """Every module imported, wherever in the file: `a.b` for `import a.b` and `from a import b` alike gives `a`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from (name.name for name in node.names)
            elif isinstance(node, ast.ImportFrom):
                assert node.level == 0, f"{self}:{node.lineno}: imports are absolute"
                yield node.module or ""


@cache
def sources() -> tuple[Source, ...]:
    """All files of all distributions."""
    return tuple(_source(package, path) for package in PACKAGES for path in sorted(package.rglob("*.py")))


def _source(package: Path, path: Path) -> Source:
    text = path.read_text(encoding="utf-8")
    module = ".".join(path.relative_to(package.parent).with_suffix("").parts).removesuffix(".__init__")
    return Source(path, module, text, ast.parse(text, filename=str(path)))


def every_python_file() -> list[Path]:
    """Tests and tools as well."""
    folders = (*PACKAGES, ROOT / "tests")
    return [path for folder in folders for path in sorted(folder.rglob("*.py"))]
