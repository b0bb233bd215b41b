"""POST /v1/consents: what a system may say for a person, and what it is told."""

import json
from typing import Any

import pytest

from tests.support.door import Visitor, made_key, open_door

SAID = {"email": "ada@works.example", "purpose": "marketing", "channel": "email", "state": "granted"}


async def says(door: Visitor, key: str, body: Any) -> tuple[int, Any]:
    return await door.post("/v1/consents", body, headers={"Authorization": f"Bearer {key}"})


async def test_a_statement_is_taken_in_untouched() -> None:
    text, key = made_key(source="mailer", scopes=frozenset({"consents:write"}))
    async with open_door(extra_keys=[key]) as door:
        status, told = await says(door, text, {**SAID, "evidence": "form /news", "historical": True})
        assert status == 202 and told["status"] == "accepted"
        assert (door.taken.way, door.taken.source, door.taken.historical) == ("consents", "mailer", True)
        assert json.loads(door.taken.body)["evidence"] == "form /news"


async def test_a_list_is_answered_item_by_item() -> None:
    text, key = made_key(scopes=frozenset({"consents:write"}))
    async with open_door(extra_keys=[key]) as door:
        said = [SAID, {**SAID, "state": "perhaps"}, {**SAID, "email": None}]
        status, told = await says(door, text, {"consents": said})
        assert status == 207 and (told["accepted"], told["refused"]) == (1, 2)
        assert [each["status"] for each in told["results"]] == ["accepted", "refused", "refused"]
        assert told["results"][1]["errors"][0]["path"] == "state"


async def test_the_right_to_send_leads_is_none_to_speak_for_people() -> None:
    async with open_door() as door:
        assert (await says(door, door.key, SAID))[0] == 403


@pytest.mark.parametrize(
    ("body", "path", "problem"),
    [
        ({"email": None}, "(the whole body)", "says of nobody whose consent it is"),
        ({"email": None, "lead_id": "x"}, "(the whole body)", "count only with a key made with --trusted"),
        ({"channel": "sms"}, "address", "granted speaks for one address: give it here or as phone"),
        ({"channel": "sms", "address": "b@x.example"}, "address", "is no address of the channel sms"),
        ({"state": "unknown"}, "state", "must be one of"),
        ({"name": "Ada"}, "name", "is not a known field"),
    ],
)
async def test_what_is_missing_is_named(body: dict[str, Any], path: str, problem: str) -> None:
    text, key = made_key(scopes=frozenset({"consents:write"}))
    async with open_door(extra_keys=[key]) as door:
        given = {name: value for name, value in {**SAID, **body}.items() if value is not None}
        status, told = await says(door, text, given)
        assert status == 422
        assert told["errors"][0]["path"] == path and problem in told["errors"][0]["problem"]
        assert not door.log.written


async def test_a_withdrawal_needs_no_address_and_a_trusted_key_may_name_a_lead() -> None:
    text, key = made_key(scopes=frozenset({"consents:write"}), trusted=True)
    async with open_door(extra_keys=[key]) as door:
        lead = "0195f0a0-0000-8000-8000-000000000001"
        assert (await says(door, text, {"lead_id": lead, "purpose": "marketing", "state": "withdrawn"}))[0] == 202
        assert (await says(door, text, {"lead_id": lead, "purpose": "profiling", "state": "declined"}))[0] == 202
        assert (await says(door, text, {"lead_id": lead, "purpose": "marketing", "state": "granted"}))[0] == 422
