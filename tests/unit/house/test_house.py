"""The laws of the house that a reader cannot be asked to check each time (architecture, sections 1 and 2)."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from tests.unit.house.sources import PACKAGES, ROOT, SERVICES, Source, every_python_file, sources

# Pure libraries: tables and functions, nothing that reaches outside of the process.
PURE_LIBRARIES = frozenset(
    {
        "pydantic",
        "pydantic_core",
        "phonenumbers",
        "publicsuffixlist",
        "email_validator",
        "mypy_extensions",  # what the compiler is told of a class: for the type checker alone
        "idna",
        "nameparser",
        "pycountry",
        "jmespath",
        "rapidfuzz",
    }
)
# Of the standard library, what has neither clock nor chance nor files nor network. zoneinfo reads its tables once.
PURE_STANDARD = frozenset(
    {
        "abc", "array", "ast", "base64", "binascii", "bisect", "calendar", "codecs", "collections", "contextlib",
        "copy", "csv", "dataclasses",
        "datetime", "decimal", "difflib", "enum", "fractions", "functools", "hashlib", "heapq", "hmac", "html",
        "ipaddress", "itertools", "json", "math", "numbers", "operator", "re", "statistics", "string", "struct",
        "textwrap", "types", "typing", "unicodedata", "urllib.parse", "uuid", "zlib", "zoneinfo",
    }
)  # fmt: skip
# Names of pure modules that are not pure themselves.
IMPURE_NAMES = frozenset(
    {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "uuid1", "uuid4", "uuid.uuid1", "uuid.uuid4"}
)
IMPURE_CALLS = frozenset({"open", "print", "input", "exec", "eval", "breakpoint", "__import__"})
# Beside leadline_runtime.core: how a pure function says "never". It obeys the same law (see core_files).
PURE_RUNTIME = ("leadline_runtime.core", "leadline_runtime.outcomes")
HEADINGS = ["Reads", "Writes", "Decides", "Fails how", "Tuned by"]
SAME_FILES = ("core/__init__.py", "decide.py", "state.py", "rules.py", "metrics.py", "app.py", "__main__.py")
OWN_TABLES, ASKS_OUTSIDE = {"capture", "route", "notify"}, {"enrich"}


def named(path: str) -> Source:
    return next(source for source in sources() if str(source) == path)


def places(*wanted: str) -> set[str]:
    """Files that import one of these top-level packages."""
    return {str(s) for s in sources() if any(name.split(".")[0] in wanted for name in s.imports())}


def core_files() -> list[Source]:
    return [source for source in sources() if source.in_core or source.module in PURE_RUNTIME]


@pytest.mark.parametrize("source", core_files(), ids=str)
def test_core_imports_nothing_impure(source: Source) -> None:
    own = source.module.split(".")[0]
    allowed = ("leadline_schemas", *PURE_RUNTIME, f"{own}.core")
    for name in source.imports():
        pure = (
            any(name == each or name.startswith(f"{each}.") for each in allowed)
            or name.split(".")[0] in PURE_LIBRARIES
            or name in PURE_STANDARD
            or name.rpartition(".")[0] in PURE_STANDARD
        )
        assert pure, (
            f"{source} imports {name}; core/ imports only schemas, leadline_runtime.core, pydantic, pure stdlib"
        )


@pytest.mark.parametrize("source", core_files(), ids=str)
def test_core_has_no_clock_no_chance_no_files(source: Source) -> None:
    for node in ast.walk(source.tree):
        assert not isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncWith | ast.AsyncFor), f"{source}: async"
        if isinstance(node, ast.Attribute):
            assert ast.unparse(node) not in IMPURE_NAMES, f"{source}:{node.lineno}: time and ids are arguments"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in IMPURE_CALLS | IMPURE_NAMES, f"{source}:{node.lineno}: {node.func.id}()"


@pytest.mark.parametrize("service", SERVICES)
def test_decisions_are_pure_too(service: str) -> None:
    source = named(f"services/{service}/{SERVICES[service]}/decide.py")
    outside = {"asyncio", "os", "io", "time", "random", "secrets", "socket", "subprocess", "pathlib", "threading"}
    assert not outside & {name.split(".")[0] for name in source.imports()}
    assert not [n for n in ast.walk(source.tree) if isinstance(n, ast.Attribute) and ast.unparse(n) in IMPURE_NAMES]


def test_faust_is_imported_in_one_file() -> None:
    assert places("faust", "mode") == {"services/runtime/leadline_runtime/app.py"}


def test_redis_is_imported_in_one_file() -> None:
    assert places("redis") == {"services/runtime/leadline_runtime/redis.py"}


def test_the_kafka_client_of_the_hot_path_stays_in_the_runtime() -> None:
    # The demo is an outside producer and an outside reader: it may not use the project's own way.
    assert all(
        place.startswith(("services/runtime/", "deploy/local/leadline_local/demo/")) for place in places("aiokafka")
    )


def test_kafka_python_is_for_administration_only() -> None:
    assert all(place.startswith(("services/console/", "deploy/local/")) for place in places("kafka"))


def test_the_database_is_connected_to_by_the_runtime_alone_and_by_each_way_once() -> None:
    assert {str(s) for s in sources() if _connects(s)} == set(CONNECTS)
    assert all(place.startswith(("services/runtime/", "deploy/local/")) for place in places("psycopg", "psycopg_pool"))


CONNECTS = {
    "services/runtime/leadline_runtime/postgres.py": "the loop's one connection",
    "services/runtime/leadline_runtime/sql.py": "single statements outside the loop, for the edge and for surveys",
    "services/runtime/leadline_runtime/notifications.py": "waiting to be told of a commit, for the edge",
    "services/runtime/leadline_runtime/migrations.py": "tables, before the loop runs",
    "services/runtime/leadline_runtime/clock_setting.py": "a person sets the clock, for a demo or a test",
    "deploy/local/leadline_local/postgres.py": "starting a server is over when it lets somebody in",
}


def _connects(source: Source) -> bool:
    names = {"AsyncConnection", "AsyncConnectionPool", "ConnectionPool"}
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called == "psycopg.connect" or called.endswith(("AsyncConnection.connect", "Connection.connect")):
                return True
            if isinstance(node.func, ast.Name) and node.func.id in names:
                return True
    return False


@pytest.mark.parametrize("service", SERVICES)
def test_who_knows_one_service_knows_all(service: str) -> None:
    package = ROOT / "services" / service / SERVICES[service]
    wanted = [*SAME_FILES, *(["store.py"] if service in OWN_TABLES else [])]
    wanted += ["facts.py"] if service in ASKS_OUTSIDE else []
    assert [name for name in wanted if not (package / name).is_file()] == []
    assert list((package / "rules").glob("*.yaml"))
    assert (package / "py.typed").is_file()
    assert not (package / "store.py").exists() or service in OWN_TABLES


@pytest.mark.parametrize("service", [*SERVICES, "console", "runtime"])
def test_every_readme_has_one_form(service: str) -> None:
    text = (ROOT / "services" / service / "README.md").read_text(encoding="utf-8")
    headings = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]
    assert headings[: len(HEADINGS)] == HEADINGS


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_a_specification(service: str) -> None:
    assert (ROOT / "docs" / "services" / f"{service}.md").stat().st_size > 500


@pytest.mark.parametrize("service", SERVICES)
def test_the_wiring_is_short(service: str) -> None:
    source = named(f"services/{service}/{SERVICES[service]}/app.py")
    assert len(source.text.splitlines()) < 40
    (step,) = [n for n in ast.walk(source.tree) if isinstance(n, ast.Call) and ast.unparse(n.func).startswith("Step")]
    (name,) = [word.value for word in step.keywords if word.arg == "name"]
    assert ast.literal_eval(name) == service


def test_values_of_the_services_are_made_in_one_way() -> None:
    made = re.compile(r"^from dataclasses import .*\bdataclass\b", re.MULTILINE)
    ours = (s for s in sources() if str(s).startswith("services/") and s.module != "leadline_runtime.core.values")
    assert [str(s) for s in ours if "@dataclass(frozen=True" in s.text and made.search(s.text)] == []


def test_no_file_is_too_long() -> None:
    assert [str(p) for p in every_python_file() if len(p.read_text(encoding="utf-8").splitlines()) > 300] == []


def test_init_files_only_re_export() -> None:
    for source in sources():
        if source.path.name == "__init__.py":
            for node in source.tree.body:
                text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
                exports = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
                assert text or exports or isinstance(node, ast.Import | ast.ImportFrom), f"{source}:{node.lineno}"


# What may be called while a module is imported: definitions, compiled patterns, metrics; nothing that reaches outside.
NEVER_AT_IMPORT = frozenset(
    {
        "open", "print", "load_rules", "load_settings", "Settings", "configure", "connect", "from_url", "run", "Popen",
        "create_task", "now", "utcnow", "getenv", "system", "start", "read_text", "read_bytes", "write_text", "mkdir",
        "Redis", "AIOKafkaProducer", "AIOKafkaConsumer", "KafkaAdminClient", "Thread", "environ.get", "exists",
        "is_file", "import_module",
    }
)  # fmt: skip


@pytest.mark.parametrize("source", sources(), ids=str)
def test_nothing_happens_at_import(source: Source) -> None:
    for call in _calls_at_import(source.tree.body):
        name = ast.unparse(call.func).split("(")[0]
        told = f"{source}:{call.lineno}: {name}() runs at import"
        assert name.rpartition(".")[2] not in NEVER_AT_IMPORT and "environ" not in name, told


def _calls_at_import(body: list[ast.stmt]) -> Iterator[ast.Call]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            parts: list[ast.AST] = [*node.decorator_list, *node.args.defaults]
        elif isinstance(node, ast.ClassDef):
            yield from _calls_at_import(node.body)
            parts = [*node.decorator_list]
        elif isinstance(node, ast.If) and "__main__" in ast.unparse(node.test):
            continue
        else:
            parts = [node]
        for part in parts:
            yield from _calls_outside_lambdas(part)


def _calls_outside_lambdas(part: ast.AST) -> Iterator[ast.Call]:
    if isinstance(part, ast.Lambda):
        return
    if isinstance(part, ast.Call):
        yield part
    for child in ast.iter_child_nodes(part):
        yield from _calls_outside_lambdas(child)


def test_every_package_has_its_typing_marker_and_no_stray_folders() -> None:
    for package in PACKAGES:
        assert (package / "py.typed").is_file(), package
        nested = {p.parent.relative_to(package).parts for p in package.rglob("*.py")}
        assert max(map(len, nested)) <= 1, f"{package.name}: no further nesting than one folder"


def test_commands_come_through_entry_points() -> None:
    for point in entry_points(group="leadline.commands"):
        assert point.value.split(".")[0].startswith("leadline_"), point


def test_the_lists_are_what_they_say() -> None:
    assert {name.split(".")[0] for name in PURE_STANDARD} <= sys.stdlib_module_names
    assert Path(ROOT / "pyproject.toml").is_file()


def test_every_target_of_make_is_declared_once_and_phony() -> None:
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = re.findall(r"^([a-z]+):", text, re.MULTILINE)
    (phony,) = re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)
    assert sorted(targets) == sorted(phony.split())


def test_every_decision_stands_in_its_list_by_number() -> None:
    folder = ROOT / "docs" / "adr"
    listed = re.findall(
        r"^\| \[(\d{4})\]\((\1-[a-z0-9-]+\.md)\)", (folder / "README.md").read_text("utf-8"), re.MULTILINE
    )
    assert [name for _, name in listed] == sorted(path.name for path in folder.glob("[0-9]*.md"))
    assert [number for number, _ in listed] == [f"{number + 1:04}" for number in range(len(listed))]
