"""Fetching Kafka's jars, from a repository on this machine that behaves badly."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from leadline_local import fetch, ports
from leadline_local.errors import StackError
from leadline_local.jars import Jar
from tests.integration.local_stack.helpers import Reports

CONTENTS = {f"thing{number}": bytes([number]) * 50_000 for number in range(6)}
JARS = [Jar(hashlib.sha256(data).hexdigest(), len(data), "org.example", name, "1") for name, data in CONTENTS.items()]


class Repository(ThreadingHTTPServer):
    """Serves the jars. asked: names in the order of their requests. cut, altered: names treated badly."""

    def __init__(self) -> None:
        super().__init__((ports.HOST, 0), _Handler)
        self.asked: list[str] = []
        self.cut: set[str] = set()
        self.altered: set[str] = set()

    @property
    def urls(self) -> dict[str, str]:
        return {"here": f"http://{ports.HOST}:{self.server_port}"}


class _Handler(BaseHTTPRequestHandler):
    server: Repository

    def do_GET(self) -> None:
        name = self.path.split("/")[-3]
        if not self.path.endswith(".jar"):
            self.send_error(404)
            return
        self.server.asked.append(name)
        data = CONTENTS[name][:-1] + b"!" if name in self.server.altered else CONTENTS[name]
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[: len(data) // 2] if name in self.server.cut else data)

    def log_message(self, format: str, *args: object) -> None:
        """Be silent."""


@pytest.fixture
def repository() -> Iterator[Repository]:
    with Repository() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


def test_all_jars_arrive_and_progress_is_shown(repository: Repository, tmp_path: Path) -> None:
    said = Reports()
    fetch.fetch(JARS, tmp_path, said, repository.urls)
    assert names(tmp_path) == {jar.filename for jar in JARS}
    assert (tmp_path / "thing3-1.jar").read_bytes() == CONTENTS["thing3"]
    assert len(said.lines) >= 4


@pytest.mark.parametrize("harm", ["cut", "altered"])
def test_a_bad_jar_is_refused_and_the_good_ones_are_kept(repository: Repository, tmp_path: Path, harm: str) -> None:
    getattr(repository, harm).add("thing2")
    with pytest.raises(StackError, match=r"thing2-1\.jar .*try again"):
        fetch.fetch(JARS, tmp_path, Reports(), repository.urls)
    assert names(tmp_path) == {jar.filename for jar in JARS} - {"thing2-1.jar"}
    getattr(repository, harm).clear()
    repository.asked.clear()
    fetch.fetch([JARS[2]], tmp_path, Reports(), repository.urls)
    assert repository.asked == ["thing2"]
    assert names(tmp_path) == {jar.filename for jar in JARS}


def test_without_a_network_it_says_so_in_one_sentence(tmp_path: Path) -> None:
    nobody = {"here": f"http://{ports.HOST}:{ports.choose(())}"}
    with pytest.raises(StackError, match=r"connect to the network and try again") as error:
        fetch.fetch(JARS, tmp_path, Reports(), nobody)
    assert "\n" not in str(error.value)
    assert names(tmp_path) == set()
