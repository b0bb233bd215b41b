"""Some hundred requests made from the OpenAPI document; `python -m tests.load.fuzz_door` sends over ten thousand."""

from pathlib import Path

import pytest

from leadline_local.endpoints import Endpoints
from tests.load.fuzz_door import fuzz, fuzzable


@pytest.mark.stack
async def test_no_request_gets_an_answer_that_is_not_declared(stack: Endpoints, prefix: str, tmp_path: Path) -> None:
    async with fuzzable(stack, prefix, tmp_path) as world:
        found = await fuzz(world, 10, 7, "examples,fuzzing")
    assert not found.failed, found.told
    assert {status for status in found.answers if status >= 500} == set()
    assert found.cases > 200
    assert {202, 400, 422} <= set(found.answers), "it reached what is behind the first refusal"
