"""The tracking API at the door: what its clients send is stored message by message, and answered as they expect."""

import base64
import gzip
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from leadline_schemas.ids import submission_id_of_key
from tests.support.door import Visitor, made_key, open_door

SEEN: dict[str, Any] = {"type": "page", "anonymousId": "anon-1", "messageId": "m-1"}
OK = (200, {"success": True})


def basic(key: str) -> dict[str, str | None]:
    return {"Authorization": "Basic " + base64.b64encode(f"{key}:".encode()).decode()}


async def anonymously(door: Visitor, path: str, body: Any) -> tuple[int, Any]:
    return await door.post(path, body, headers={"Authorization": None})


@pytest.mark.parametrize("kind", ["identify", "track", "page", "screen", "group"])
async def test_a_message_is_stored_with_its_type_and_answered_as_the_vendor_does(kind: str) -> None:
    async with open_door() as door:
        body = {"userId": "u-1", "event": "Song Played", "messageId": "m-1", "context": {"ip": "192.0.2.1"}}
        assert await door.post(f"/v1/{kind}", body) == OK
        assert json.loads(door.taken.body) == {**body, "type": kind}
        assert (door.taken.way, door.taken.source, door.taken.historical) == ("tracking", "tracking", False)
        assert door.taken.submission_id == submission_id_of_key("website/tracking", "m-1")
        assert door.counted("leadline_submissions_accepted_total", source="tracking") == 1


async def test_the_write_key_comes_by_basic_by_bearer_or_in_the_body_and_is_never_stored() -> None:
    async with open_door() as door:
        assert await door.post("/v1/page", SEEN, headers=basic(door.key)) == OK
        assert await door.post("/v1/page", SEEN) == OK
        assert await anonymously(door, "/v1/page", {**SEEN, "writeKey": door.key}) == OK
        assert await anonymously(door, "/v1/batch", {"batch": [SEEN], "writeKey": door.key}) == OK
        assert [received.authentication.method for _, received, _ in door.log.written] == [
            "basic", "api_key", "token", "token",
        ]  # fmt: skip
        assert not any("writeKey" in received.body for _, received, _ in door.log.written)


@pytest.mark.parametrize("authorization", [None, "Basic !", "Basic eDo=", "Bearer x", "Digest y", "Basic w6k6"])
async def test_without_a_live_key_nothing_is_taken_in(authorization: str | None) -> None:
    async with open_door() as door:
        status, told = await door.post("/v1/track", {**SEEN, "event": "x"}, headers={"Authorization": authorization})
        assert (status, told["code"]) == (401, "unauthorized") and door.log.written == []


async def test_a_key_without_the_scope_may_not() -> None:
    text, key = made_key(scopes=frozenset({"leads:read"}))
    async with open_door(extra_keys=[key]) as door:
        assert (await door.post("/v1/page", SEEN, headers=basic(text)))[0] == 403


async def test_a_trusted_key_may_name_users() -> None:
    text, key = made_key(trusted=True)
    async with open_door(extra_keys=[key]) as door:
        await door.post("/v1/page", SEEN, headers=basic(text))
        assert door.taken.authentication.trusted and door.taken.authentication.key_id == key.id


async def test_each_message_of_a_batch_is_a_record_and_gzip_is_inflated() -> None:
    async with open_door() as door:
        batch = [SEEN, {**SEEN, "messageId": "m-2", "context": {"page": {"path": "/b"}}}]
        body = {"batch": batch, "sentAt": "2026-03-03T12:05:00.000Z", "context": {"ip": "192.0.2.1", "page": {}}}
        raw = gzip.compress(json.dumps(body).encode())
        status, told = await door.post(
            "/v1/batch", data=raw, headers={"Content-Encoding": "gzip", "Content-Type": "application/json"}
        )
        assert (status, told) == OK
        first, second = (json.loads(received.body) for _, received, _ in door.log.written)
        assert first["context"] == {"ip": "192.0.2.1", "page": {}}
        assert second["context"] == {"ip": "192.0.2.1", "page": {"path": "/b"}}
        assert {received.sent_at for _, received, _ in door.log.written} == {datetime(2026, 3, 3, 12, 5, tzinfo=UTC)}


async def test_a_repeated_batch_has_the_same_ids_and_bodies_though_it_is_sent_at_another_time() -> None:
    async with open_door() as door:
        for minute in (1, 2):
            assert await door.post("/v1/batch", {"batch": [SEEN], "sentAt": f"2026-03-03T12:0{minute}:00Z"}) == OK
        (key, first, _), (again, second, _) = door.log.written
        assert (key, first.submission_id, first.body) == (again, second.submission_id, second.body)


async def test_the_messages_of_one_browser_stay_in_order() -> None:
    async with open_door() as door:
        more = [{**SEEN, "messageId": f"m-{n}", "userId": f"u-{n}"} for n in range(9)]
        assert await door.post("/v1/batch", {"batch": [*more, {**SEEN, "anonymousId": "anon-2"}]}) == OK
        keys = [key for key, _, _ in door.log.written]
        assert len(set(keys[:9])) == 1 and keys[9] != keys[0]
        assert not any(b"anon" in key for key in keys)


async def test_an_import_is_history() -> None:
    async with open_door() as door:
        assert await door.post("/v1/import", {"batch": [SEEN]}) == OK
        assert door.taken.historical


async def test_one_that_cannot_be_taken_in_does_not_hold_up_the_others() -> None:
    async with open_door() as door:
        bad: list[Any] = [
            5, {**SEEN, "type": "shout"}, {"type": "page"}, {"type": "track", "userId": "u"},
            {"type": "alias", "userId": "u"}, {**SEEN, "properties": {"x": "y" * 33_000}},
        ]  # fmt: skip
        status, told = await door.post("/v1/batch", {"batch": [SEEN, *bad]})
        assert (status, told["code"]) == (400, "invalid") and "the other 1 are stored" in told["detail"]
        assert [each["path"] for each in told["errors"]] == [
            "batch[1]", "batch[2].type", "batch[3]", "batch[4].event", "batch[5]", "batch[6]",
        ]  # fmt: skip
        assert len(door.log.written) == 1
        assert door.counted("leadline_submissions_refused_total", source="tracking", reason="invalid") == 6


async def test_an_identify_with_an_address_needs_no_id() -> None:
    async with open_door() as door:
        assert await door.post("/v1/identify", {"traits": {"email": "ann@x.example"}}) == OK


@pytest.mark.parametrize(
    "body",
    [[], {"batch": []}, {"batch": 5}, {}, {"batch": [SEEN] * 2501}],
    ids=["list", "empty", "no list", "none", "many"],
)
async def test_what_is_no_batch_is_refused_whole(body: Any) -> None:
    async with open_door() as door:
        assert (await door.post("/v1/batch", body))[0] == 400
        assert door.log.written == []


@pytest.mark.parametrize(("path", "size"), [("/v1/page", 32), ("/v1/batch", 500)])
async def test_larger_than_the_vendor_takes_is_a_400_which_its_clients_take_for_final(path: str, size: int) -> None:
    async with open_door() as door:
        status, told = await door.post(path, {**SEEN, "batch": [SEEN], "properties": {"x": "y" * (size * 1024)}})
        assert (status, told["code"]) == (400, "too_large") and door.log.written == []


async def test_while_kafka_is_away_the_client_shall_send_all_of_it_again() -> None:
    async with open_door() as door:
        door.log.away = True
        async with door.session.post(
            f"{door.url}/v1/batch", json={"batch": [SEEN, 5], "writeKey": door.key}
        ) as response:
            assert response.status == 503 and response.headers["Retry-After"] == "1"


async def test_a_browsers_script_may_send_text_and_odd_json_is_kept() -> None:
    async with open_door() as door:
        raw = b'{"anonymousId":"a","properties":{"n":NaN,"s":"\\ud800","id":98765432109876543210},"event":"x"}'
        status, told = await door.post("/v1/track", data=raw, headers={"Content-Type": "text/plain"})
        assert (status, told) == OK
        assert json.loads(door.taken.body)["properties"] == {"n": None, "s": "\ud800", "id": "98765432109876543210"}
        assert (await door.post("/v1/track", data=raw, headers={"Content-Type": "text/html"}))[0] == 415
        assert (await door.post("/v1/track", data=b"{", headers={"Content-Type": "text/plain"}))[0] == 400
