"""Fetching jars from Maven's repository, each under its final name only when it is whole and right."""

import os
import shutil
import ssl
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path

import requests
from jgo.maven import MavenContext

from leadline_local import jars
from leadline_local.errors import StackError
from leadline_local.jars import Jar

_THREADS = 8
_TIMEOUT_SECONDS = 30


def fetch(
    wanted: Sequence[Jar], folder: Path, report: Callable[[str], None], repositories: dict[str, str] | None = None
) -> None:
    """Bring the wanted jars into `folder`. What arrived whole is kept when another fails.

    repositories: name to URL, Maven Central if None.
    Raises StackError if one cannot be had, or is not what the lock file says.
    """
    trust_the_machine()
    # A folder of its own for each run: a broken download stays in Maven's cache under its final name.
    with tempfile.TemporaryDirectory(prefix=".fetch-", dir=folder) as temporary:
        context = MavenContext(repo_cache=Path(temporary), remote_repos=repositories, timeout=_TIMEOUT_SECONDS)
        pool = ThreadPoolExecutor(_THREADS)
        try:
            running = [pool.submit(_fetch_one, context, jar, folder) for jar in wanted]
            _watch(running, wanted, report)
        finally:
            pool.shutdown(cancel_futures=True)


def trust_the_machine() -> None:
    """Let downloads trust the certificates that this machine trusts: a company's network often has its own.

    Without it requests trusts only the list it ships. What the user names in REQUESTS_CA_BUNDLE stays.
    """
    paths = ssl.get_default_verify_paths()
    own = paths.cafile or paths.capath
    if own:
        os.environ.setdefault("REQUESTS_CA_BUNDLE", own)


def _fetch_one(context: MavenContext, jar: Jar, folder: Path) -> int:
    component = context.project(jar.group, jar.artifact).at_version(jar.version)
    try:
        file = component.artifact().resolve()
    except (requests.RequestException, RuntimeError) as error:
        raise StackError(
            f"{jar.filename} could not be fetched from Maven Central ({type(error).__name__}): connect to the "
            "network and try again; what has arrived is kept, and later starts need no network."
        ) from error
    if not jars.is_good(file, jar):
        raise StackError(
            f"{jar.filename} arrived incomplete or altered and was refused: try again, and if it stays so, "
            "ask who runs your network what changes downloads."
        )
    shutil.move(file, folder / jar.filename)
    return jar.size


def _watch(running: Sequence[Future[int]], wanted: Sequence[Jar], report: Callable[[str], None]) -> None:
    total, arrived, shown = sum(jar.size for jar in wanted), 0, 0
    failures = []
    for future in as_completed(running):
        if error := future.exception():
            failures.append(error)
            continue
        arrived += future.result()
        if (percent := 100 * arrived // total) >= shown + 20:
            shown = percent - percent % 20
            report(f"Kafka: {arrived / 1e6:.0f} of {total / 1e6:.0f} MB")
    if failures:
        raise failures[0]


if __name__ == "__main__":
    try:
        jars.ensure(print)
    except StackError as refusal:
        sys.exit(str(refusal))
