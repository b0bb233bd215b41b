"""A vendor of company facts on this machine, in a process of its own: it answers, hangs or fails as it is told.

`python -m tests.support.vendor PORT`. GET /companies/DOMAIN asks; GET /be/answering|hanging|failing tells it how to be;
GET /asked says how often it was asked, and how often about the one company that it was asked about most.
"""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from leadline_local.ports import choose
from tests.support.pipeline import wait

WAYS = ("answering", "hanging", "failing")
NAME = "registry"


def facts(domain: str) -> dict[str, Any]:
    """What it knows: a number of people that is a function of the name."""
    return {"domain": domain, "people": 10 + sum(domain.encode()) % 5000, "branch": "logistics"}


class Vendor:
    """How it is, and what it was asked."""

    def __init__(self) -> None:
        self.way = "answering"
        self.asked: Counter[str] = Counter()

    def answer(self, path: str) -> bytes | None:
        """The answer to a request; None while it hangs."""
        _, _, rest = path.partition("/")
        kind, _, name = rest.partition("/")
        if kind == "be" and name in WAYS:
            self.way = name
            return _response(200, {"is": name})
        if kind == "readyz":
            return _response(200, {})
        if kind == "asked":
            most = self.asked.most_common(1)
            return _response(200, {"all": self.asked.total(), "most": most[0][1] if most else 0})
        self.asked[name] += 1
        if self.way == "hanging":
            return None
        return _response(200, facts(name)) if self.way == "answering" else _response(500, {})


def _response(status: int, body: Any) -> bytes:
    text = json.dumps(body).encode()
    head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n"
    return head.encode() + text


class _Connection(asyncio.Protocol):
    """Just enough HTTP: a server that costs more than what asks it would be what is measured."""

    def __init__(self, vendor: Vendor) -> None:
        self.vendor, self.read = vendor, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        *requests, self.read = (self.read + data).split(b"\r\n\r\n")
        for request in requests:
            answer = self.vendor.answer(request.split(b" ", 2)[1].decode())
            if answer is not None:
                assert isinstance(self.transport, asyncio.Transport)
                self.transport.write(answer)


async def serve(port: int) -> None:
    """Until the process ends."""
    vendor = Vendor()
    server = await asyncio.get_running_loop().create_server(lambda: _Connection(vendor), "127.0.0.1", port)
    await server.serve_forever()


class Told:
    """The vendor as a test sees it."""

    def __init__(self, port: int) -> None:
        self.port = port

    def be(self, way: str) -> None:
        """From now on it is so."""
        self._get(f"be/{way}")

    def asked(self) -> dict[str, int]:
        """How often it was asked in `all`, and how often at `most` about one company."""
        found: dict[str, int] = self._get("asked")
        return found

    def rules(self, directory: Path, **entry: Any) -> dict[str, str]:
        """Rules in which it has the second rank, and the environment that makes enrich ask it. `entry`: keys of its."""
        shipped = files("leadline_enrich") / "rules" / "enrichment.yaml"
        ranked = f"  - {{name: {NAME}, kind: http, rank: 2}}\n\n# An older value"
        text = shipped.read_text("utf-8")
        assert text.count("\n# An older value") == 1
        folder = directory / "providers"
        folder.mkdir(parents=True, exist_ok=True)
        (directory / "enrichment.yaml").write_text(text.replace("\n# An older value", ranked), "utf-8")
        (folder / f"{NAME}.yaml").write_text(json.dumps(self._file(entry)), "utf-8")
        return {
            "LEADLINE_RULES_DIR": str(directory),
            "LEADLINE_PROVIDER_PRIVATE_HOSTS": json.dumps([f"127.0.0.1:{self.port}"]),
        }

    def _file(self, entry: dict[str, Any]) -> dict[str, Any]:
        declared = {
            "title": "A registry on this machine",
            "request": {"url": f"http://127.0.0.1:{self.port}/companies/{{domain}}"},
            "answer": {"echo": "domain", "values": {"employees": "people", "industry": "branch"}},
            "limits": {"budget_ms": 2000, "tries": 1, "at_once": 64},
            "breaker": {"failures": 5, "rest": "2 s", "longest_rest": "4 s"},
            "examples": [
                {"name": "none", "asks": {"domain": "a.com"}, "status": 404, "gives": {"status": "not_found"}}
            ],
        }
        return {"version": "1", "providers": {NAME: declared | entry}}

    def _get(self, path: str) -> Any:
        with urlopen(f"http://127.0.0.1:{self.port}/{path}", timeout=5) as answer:
            return json.loads(answer.read())


@contextmanager
def playing() -> Iterator[Told]:
    """The vendor is there while the block runs."""
    told = Told(choose(()))
    argv = [sys.executable, "-m", "tests.support.vendor", str(told.port)]
    process = subprocess.Popen(argv, cwd=Path(__file__).parents[2])
    try:
        wait(lambda: _there(told), "the vendor", 20)
        yield told
    finally:
        process.kill()
        process.wait()


def _there(told: Told) -> bool:
    try:
        return bool(told.asked() is not None)
    except OSError:
        return False


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
