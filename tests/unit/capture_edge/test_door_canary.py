"""The canary's key: it sends canaries and nothing else, and nobody else can send one."""

from typing import Any

import pytest
from pydantic import SecretStr

from leadline_capture.edge.keys import SCOPES, KeyRing, canary_key, new_key
from leadline_runtime.canary_setting import CanaryKey
from leadline_runtime.settings import SettingsError, load_settings
from tests.support.door import made_key, open_door
from tests.support.submissions import NOON

KEY = "ll_canary_" + "x" * 43
CANARY = {"type": "other", "email": "one@canary.invalid"}
BEARER = {"Authorization": f"Bearer {KEY}"}


async def test_a_canary_is_taken_in_as_any_lead_marked_and_not_counted_as_arrived() -> None:
    async with open_door(extra_keys=[canary_key(KEY)]) as door:
        status, told = await door.post("/v1/leads", CANARY, headers=BEARER)
        assert (status, told["status"]) == (202, "accepted")
        assert door.taken.canary and door.taken.way == "leads"
        assert door.counted("leadline_submissions_accepted_total", source="other") in (None, 0)
        assert door.counted("leadline_http_requests_total", route="/v1/leads", status="202") == 1


@pytest.mark.parametrize("more", [
    {"email": "ann@bayfreight.example"}, {"name": "Ann Lee"}, {"phone": "+12125550142"}, {"type": "demo_request"},
    {"id": "17"}, {"test": True},
])  # fmt: skip
async def test_with_its_key_nobody_can_hide_a_lead(more: dict[str, Any]) -> None:
    async with open_door(extra_keys=[canary_key(KEY)]) as door:
        status, told = await door.post("/v1/leads", {**CANARY, **more}, headers=BEARER)
        assert (status, told["code"]) == (403, "canary_only")
        assert door.log.written == []


async def test_nothing_is_remembered_of_it_under_whatever_key_it_comes() -> None:
    async with open_door(extra_keys=[canary_key(KEY)]) as door:
        named = {**BEARER, "Idempotency-Key": "the same"}
        _, first = await door.post("/v1/leads", CANARY, headers=named)
        status, second = await door.post("/v1/leads", {**CANARY, "email": "two@canary.invalid"}, headers=named)
        assert status == 202 and first["submission_id"] != second["submission_id"]
        assert door.memory.kept == {}


@pytest.mark.parametrize("path", ["/v1/leads/batch", "/v1/activities", "/v1/consents"])
async def test_it_opens_nothing_else(path: str) -> None:
    async with open_door(extra_keys=[canary_key(KEY)]) as door:
        status, told = await door.post(path, {}, headers=BEARER)
        assert (status, told["code"]) == (403, "forbidden")


async def test_what_any_other_key_sends_is_a_lead_whatever_it_looks_like() -> None:
    text, key = made_key(scopes=["leads:write", "admin"])
    async with open_door(extra_keys=[key]) as door:
        status, _ = await door.post("/v1/leads", CANARY, headers={"Authorization": f"Bearer {text}"})
        assert status == 202 and door.taken.canary is None


def test_no_key_can_be_given_its_scope_and_none_of_the_table_takes_its_place() -> None:
    assert "canary:write" not in SCOPES
    ring = KeyRing(always=[canary_key(KEY)])
    ring.replace([])
    assert ring.find(KEY, NOON) is not None
    assert ring.find(KEY[:-1] + "y", NOON) is None
    assert new_key()[0] != "canary"


@pytest.mark.parametrize("value", ["ll_canary_short", "x" * 60])
def test_a_key_that_could_be_guessed_or_found_nowhere_is_refused_and_not_repeated(
    value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEADLINE_CANARY_KEY", value)
    with pytest.raises(SettingsError, match=r"LEADLINE_CANARY_KEY: .*must be ll_canary_") as e:
        load_settings(CanaryKey)
    assert value not in str(e.value)


def test_without_a_key_there_is_no_canary() -> None:
    assert load_settings(CanaryKey, canary_key=None).canary_key is None
    assert load_settings(CanaryKey, canary_key=SecretStr("")).canary_key is None
