"""Any request that the OpenAPI document allows, and many that it does not, sent to a real door by Schemathesis.

    python -m tests.load.fuzz_door [--cases 10000] [--seed 7]

Starts a Kafka and a PostgreSQL of its own. Fails on a status that is not declared, on any 5xx, on an answer that does
not fit its schema, and if fewer cases were sent than asked for.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from leadline_capture.edge.keys import store_key
from leadline_capture.openapi.__main__ import FILE
from leadline_capture.openapi.document import OPERATIONS
from tests.integration.edge.world import World, open_world
from tests.support.door import made_key, publishable_key
from tests.support.running import until
from tests.support.stack import choose, opened

PAGE = "https://acme.example"
SCOPES = frozenset({"leads:write", "leads:read", "leads:command", "consents:write"})
CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
    "response_headers_conformance",
)  # fmt: skip
ABOUT = {"email": "ada@works.example", "purpose": "marketing", "channel": "email", "state": "pending"}


@dataclass
class Fuzzed:
    """What came of a run. `answers`: how often the door answered with each status, by its own count."""

    failed: bool
    told: str
    answers: Counter[int]

    @property
    def cases(self) -> int:
        """Requests answered."""
        return self.answers.total()


@asynccontextmanager
async def fuzzable(stack: Any, prefix: str, folder: Path) -> AsyncIterator[World]:
    """A door with all that it can have: links, a spool, a place for lists."""
    settings: dict[str, Any] = {
        "consent_link_secrets": ("x" * 32,),
        "edge_imports_dir": folder / "imports",
        "edge_spool_dir": folder / "spool",
    }
    for each in (folder / "imports", folder / "spool"):
        each.mkdir()
    async with open_world(stack, prefix, **settings) as world:
        yield world


async def fuzz(world: World, examples: int, seed: int, phases: str) -> Fuzzed:
    """Send up to `examples` made requests for each operation, and in the phase `coverage` some thousand more."""
    text, key = made_key(scopes=SCOPES)
    public, form = publishable_key(PAGE)
    for each in (key, form):
        await store_key(world.sql, each)
    await until(lambda: len(world.edge.keys) == 3, "the keys")
    known = await _known(world, text)
    with tempfile.TemporaryDirectory() as folder:
        settings = Path(folder) / "schemathesis.toml"
        settings.write_text(_settings(text, public), encoding="utf-8")
        made = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).with_name("st")),
            *("--config-file", str(settings), "run", str(FILE), "--url", f"http://127.0.0.1:{world.door.port}"),
            *("--max-examples", str(examples), "--seed", str(seed), "--phases", phases, "--checks", ",".join(CHECKS)),
            *("--continue-on-failure", "--no-color", "--warnings", "off", "--workers", "2"),
            cwd=folder,
            env={**os.environ, "SCHEMATHESIS_HOOKS": "tests.load.fuzz_hooks", "LEADLINE_FUZZ_KNOWN": json.dumps(known),
                 "PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        told, _ = await made.communicate()
    return Fuzzed(made.returncode != 0, told.decode(), _answers(world))


async def _known(world: World, key: str) -> dict[str, str]:
    _, told = await world.post("/v1/consents", ABOUT, key=key)
    links = {name: parse_qs(urlsplit(told[f"{name}_url"]).query)["token"][0] for name in ("confirm", "unsubscribe")}
    url, headers = f"http://127.0.0.1:{world.door.port}/v1/imports", {"Authorization": f"Bearer {key}"}
    rows = b"Name,Work mail\nAda Example,ada@works.example\n"
    async with world.session.post(url, data=rows, headers={**headers, "Content-Type": "text/csv"}) as response:
        imported = await response.json()
    return {"origin": PAGE, "submission": told["submission_id"], "import": imported["id"], **links}


def _settings(key: str, public: str) -> str:
    return f"""headers = {{ Authorization = "Bearer {key}" }}
[parameters]
"path.source" = "website_form"
"path.key" = "{public}"
"""


def _answers(world: World) -> Counter[int]:
    found: Counter[int] = Counter()
    for metric in world.edge.registry.collect():
        for sample in metric.samples:
            if sample.name == "leadline_http_requests_total":
                found[int(sample.labels["status"])] += int(sample.value)
    return found


async def _run(options: argparse.Namespace, folder: Path) -> int:
    with opened(choose(dict(os.environ)), folder, alone=True) as stack:
        async with fuzzable(stack, "fuzz", folder) as world:
            examples = max(1, options.cases // len(OPERATIONS))
            found = await fuzz(world, examples, options.seed, "examples,coverage,fuzzing")
    print(found.told)
    bad = {status: times for status, times in found.answers.items() if status >= 500}
    print(json.dumps({"cases": found.cases, "answers": dict(sorted(found.answers.items())), "seed": options.seed}))
    return 1 if found.failed or bad or found.cases < options.cases else 0


def main() -> int:
    """Exit code 1 if anything is not as declared."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        return asyncio.run(_run(options, Path(folder)))


if __name__ == "__main__":
    raise SystemExit(main())
