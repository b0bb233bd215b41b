"""Several in one request: each is checked, stored and answered by itself."""

import json
from typing import Any

import pytest

from leadline_schemas.ids import submission_id_of_key
from tests.support.door import open_door

GOOD = {"email": "ada@works.example"}


async def test_each_lead_is_a_record_of_its_own() -> None:
    async with open_door() as door:
        status, told = await door.post("/v1/leads/batch", {"leads": [{**GOOD, "name": f"A{n}"} for n in range(3)]})
        assert status == 202 and told["accepted"] == 3
        assert [each["index"] for each in told["results"]] == [0, 1, 2]
        written = {str(received.submission_id): json.loads(received.body) for _, received, _ in door.log.written}
        assert [written[each["submission_id"]]["name"] for each in told["results"]] == ["A0", "A1", "A2"]


async def test_a_faulty_one_does_not_hold_up_the_others() -> None:
    async with open_door() as door:
        status, told = await door.post("/v1/leads/batch", [GOOD, {"emial": "x"}, 5, {**GOOD, "message": "x" * 70_000}])
        assert status == 207 and (told["accepted"], told["refused"]) == (1, 3)
        assert [each["status"] for each in told["results"]] == ["accepted", "refused", "refused", "refused"]
        assert told["results"][1]["errors"] == [{"path": "emial", "problem": "is not a known field"}]
        assert len(door.log.written) == 1
        assert door.counted("leadline_submissions_refused_total", source="website", reason="invalid") == 3


async def test_none_good_is_a_422_and_none_stored_a_503() -> None:
    async with open_door() as door:
        assert (await door.post("/v1/leads/batch", [{"x": 1}]))[0] == 422
        door.log.away = True
        status, told = await door.post("/v1/leads/batch", [GOOD, {"x": 1}])
        assert status == 503 and [each["status"] for each in told["results"]] == ["unavailable", "refused"]


@pytest.mark.parametrize("body", [[], {"leads": []}, {"leads": 5}, {"leads": [GOOD], "more": 1}, 5, [GOOD] * 1001])
async def test_what_is_no_list_is_refused_whole(body: Any) -> None:
    async with open_door() as door:
        assert (await door.post("/v1/leads/batch", body))[0] == 422
        assert door.log.written == []


async def test_a_key_names_every_item_of_its_batch() -> None:
    async with open_door() as door:
        named = {"headers": {"Idempotency-Key": "import-1"}}
        items = [GOOD, {**GOOD, "id": "own-2"}]
        first = await door.post("/v1/leads/batch", items, **named)
        again = await door.post("/v1/leads/batch", items, **named)
        other = await door.post("/v1/leads/batch", [GOOD], **named)
        assert first == again and first[0] == 202 and other[0] == 409
        one, two = (each["submission_id"] for each in first[1]["results"])
        assert one != two and two == str(submission_id_of_key("website", "own-2"))


async def test_activities_in_a_list() -> None:
    async with open_door() as door:
        act = {"kind": "page.viewed", "anonymous_id": "anon-1", "tag": "pricing"}
        status, told = await door.post("/v1/activities", {"activities": [act, {"kind": "x"}]})
        assert status == 207 and [each["status"] for each in told["results"]] == ["accepted", "refused"]
        assert door.taken.way == "activities"


async def test_an_item_keeps_its_letters_and_its_long_numbers_are_refused_where_text_is_wanted() -> None:
    async with open_door() as door:
        body = '[{"name": "Zoë 😀", "extra": {"note": "\\u00e9"}}, {"id": 12345678901234567890}]'
        status, told = await door.post(
            "/v1/leads/batch", data=body.encode(), headers={"Content-Type": "application/json"}
        )
        assert status == 207 and told["results"][1]["errors"] == [{"path": "id", "problem": "must be text"}]
        assert json.loads(door.taken.body) == {"name": "Zoë 😀", "extra": {"note": "é"}}
