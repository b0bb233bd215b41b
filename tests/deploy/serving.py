"""A server of Debian's packages in a process of its own, spoken to over HTTP."""

import subprocess
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from urllib.error import URLError

from leadline_local.ports import HOST, choose
from tests.deploy.tools import tool
from tests.support.pipeline import wait


class Server:
    """A running one."""

    def __init__(self, port: int) -> None:
        self.address = f"{HOST}:{port}"
        self.url = f"http://{self.address}"

    def ready(self) -> bool:
        """Does it answer?"""
        try:
            with urllib.request.urlopen(f"{self.url}/-/ready", timeout=10):
                return True
        except URLError:
            return False


S = TypeVar("S", bound=Server)


@contextmanager
def serving(kind: Callable[[int], S], name: str, flags: Sequence[str], work: Path, cwd: Path) -> Iterator[S]:
    """Start the program `name`, and stop it in the end. Its log is in `work`. Skips the test where it is not here."""
    program, port, said = tool(name), choose([]), work / f"{name}.log"
    with said.open("w") as log:
        command = [program, *flags, f"--web.listen-address={HOST}:{port}"]
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=cwd)
        try:
            running = kind(port)
            wait(lambda: process.poll() is not None or running.ready(), f"{name} to answer", 60)
            assert process.poll() is None, said.read_text()
            yield running
        finally:
            process.kill()
            process.wait()
