"""A pipeline of its own for each module: the topics have their real names, so no two may share a Kafka."""

from collections.abc import Iterator

import pytest

from tests.support.pipeline import Pipeline
from tests.support.stack import choose, opened


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    """Servers and topics; the test starts the programs."""
    directory = tmp_path_factory.mktemp("pipeline")
    with opened(choose({}), directory, alone=True) as endpoints:
        made = Pipeline(endpoints, directory / "programs")
        made.prepare()
        try:
            yield made
        finally:
            made.stop()
