"""Memory of the door and of the step while very many submissions go through: it does not grow with their number."""

import json
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.request import Request, urlopen

import psutil

from tests.load.intake_rates import BATCH, SENDERS
from tests.load.people import person
from tests.load.pipeline_rates import offsets
from tests.support.pipeline import Pipeline, wait

PROCESSES = ("capture-edge", "capture")
FIRST = 0.4  # of all, after which caches are full and the first look is taken


def memory_growth(pipeline: Pipeline, submissions: int, seed: int) -> dict[str, tuple[float, float]]:
    """Of door and step: resident megabytes after two fifths of the submissions, and after all of them."""
    spool = str(pipeline.directory / "spool")
    pipeline.start(PROCESSES, LEADLINE_EDGE_SPOOL_DIR=spool)
    key, rng = pipeline.make_key("--rate", "1000000"), random.Random(seed)
    first = int(submissions * FIRST)
    _send(pipeline, key, rng, first)
    before = _resident(pipeline)
    _send(pipeline, key, rng, submissions - first)
    after = _resident(pipeline)
    return {name: (before[name], after[name]) for name in PROCESSES}


def _send(pipeline: Pipeline, key: str, rng: random.Random, submissions: int) -> None:
    """Send them in batches, and wait until the step has decided all of them."""
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}

    def post(body: bytes) -> None:
        with urlopen(Request(f"{pipeline.url}/v1/leads/batch", body, headers), timeout=30) as answer:
            assert answer.status == 202

    with ThreadPoolExecutor(SENDERS) as pool:
        for group in _groups(_bodies(rng, submissions)):
            list(pool.map(post, group))  # one group at a time: a million bodies at once would be a load of its own
    with offsets(pipeline) as at:
        wait(lambda: at.all_read(["capture"]), "the step to decide them all", 1800, every=0.5)


def _bodies(rng: random.Random, submissions: int) -> Iterator[bytes]:
    for begun in range(0, submissions, BATCH):
        number = min(BATCH, submissions - begun)
        yield json.dumps({"leads": [person(rng) for _ in range(number)]}).encode()


def _groups(bodies: Iterator[bytes]) -> Iterator[list[bytes]]:
    group: list[bytes] = []
    for body in bodies:
        group.append(body)
        if len(group) == SENDERS * 5:
            yield group
            group = []
    yield group


def _resident(pipeline: Pipeline) -> dict[str, float]:
    return {name: psutil.Process(pipeline.running[name].pid).memory_info().rss / 2**20 for name in PROCESSES}
