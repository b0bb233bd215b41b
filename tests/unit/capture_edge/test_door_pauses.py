"""POST /v1/commands with kind sla.pause and sla.resume: what must be said, and where else it is not taken."""

from datetime import timedelta
from typing import Any

import pytest

from tests.support.submissions import NOON
from tests.unit.capture_edge.test_door_overrides import ANN, commanding

LATER = {"reason": "call_me_after", "until": (NOON + timedelta(hours=4)).isoformat()}
ORDER = {"kind": "sla.pause", "lead_id": ANN, "author": "ana", "reason": "is in a meeting", "pause": LATER}


@pytest.mark.parametrize("command", [ORDER, {**ORDER, "kind": "sla.resume", "pause": None}])
async def test_what_is_complete_goes_into_the_log(command: dict[str, Any]) -> None:
    async with commanding() as door:
        status, answer = await door.post("/v1/commands", command)
        assert status == 202 and answer["submission_id"]
        assert door.taken.way == "commands"


@pytest.mark.parametrize(
    ("command", "faults"),
    [
        ({**ORDER, "pause": None}, {"pause": "is required: for which reason, and until when"}),
        ({**ORDER, "kind": "sla.resume"}, {"pause": "is not a part of sla.resume"}),
        ({**ORDER, "pause": {**LATER, "until": NOON.isoformat()}}, {"pause.until": "is over already"}),
        (
            {**ORDER, "pause": {**LATER, "reason": "Later!"}},
            {"pause.reason": "must be a word in lower case, such as call_me_after"},
        ),
    ],
)
async def test_every_fault_is_named(command: dict[str, Any], faults: dict[str, str]) -> None:
    async with commanding() as door:
        status, answer = await door.post("/v1/commands", command)
        assert (status, {each["path"]: each["problem"] for each in answer["errors"]}) == (422, faults)
