"""API keys: who is let in, what they may do, for how long."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from leadline_capture.edge.keys import PREFIX, KeyRing, hashed, new_key, new_secret
from tests.support.door import made_key, open_door
from tests.support.submissions import NOON


def test_a_key_is_256_random_bits_behind_its_id() -> None:
    key_id, text, secret = new_key()
    assert text.startswith(f"ll_{key_id}_") and len(text.split("_", 2)[2]) == 43
    assert secret == hashed(text.split("_", 2)[2]) and text != new_key()[1]


def test_only_the_whole_key_opens() -> None:
    text, key = made_key()
    ring = KeyRing([key])
    assert ring.find(text, NOON) is key
    for other in (
        "",
        "ll_",
        text[:-1],
        text + "x",
        text[3:],
        text.upper(),
        f"ll_{key.id}_",
        f"ll_nobody_{text}",
        "\udcff",
    ):
        assert ring.find(other, NOON) is None


def test_a_key_ends_when_it_was_told_to() -> None:
    text, key = made_key(expires_at=NOON)
    ring = KeyRing([key])
    assert ring.find(text, NOON - timedelta(microseconds=1)) is key and ring.find(text, NOON) is None
    revoked_text, revoked = made_key(revoked_at=NOON)
    ring.replace([revoked])
    assert ring.find(revoked_text, NOON) is None and ring.find(text, NOON - timedelta(1)) is None


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer", "Bearer x", "Basic {key}", "{key}", "Bearer  ", "Bearer \u00e9"]
)
async def test_without_a_key_nobody_is_let_in(authorization: str | None) -> None:
    async with open_door() as door:
        header = None if authorization is None else authorization.format(key=door.key)
        for path in ("/v1/leads", "/v1/leads/batch", "/v1/activities"):
            status, told = await door.post(path, {}, headers={"Authorization": header})
            assert (status, told["code"]) == (401, "unauthorized")
        assert door.log.written == []


async def test_a_key_without_the_scope_is_forbidden_and_admin_may_all() -> None:
    reader_text, reader = made_key(scopes=frozenset({"leads:read"}))
    admin_text, admin = made_key(scopes=frozenset({"admin"}))
    async with open_door(extra_keys=[reader, admin]) as door:
        status, told = await door.post("/v1/leads", {}, headers={"Authorization": f"Bearer {reader_text}"})
        assert (status, told["code"]) == (403, "forbidden") and "leads:write" in told["detail"]
        assert (await door.post("/v1/leads", {}, headers={"Authorization": f"bearer {admin_text}"}))[0] == 202


async def test_a_key_is_judged_by_the_pipelines_time() -> None:
    text, key = made_key(expires_at=datetime(2026, 6, 1, tzinfo=UTC))
    now: list[Any] = [datetime(2026, 5, 1, tzinfo=UTC)]
    async with open_door(clock=lambda: now[0], extra_keys=[key]) as door:
        assert (await door.post("/v1/leads", {}, headers={"Authorization": f"Bearer {text}"}))[0] == 202
        now[0] = datetime(2026, 6, 2, tzinfo=UTC)
        assert (await door.post("/v1/leads", {}, headers={"Authorization": f"Bearer {text}"}))[0] == 401


def test_during_a_rotation_two_secrets_open_and_then_one() -> None:
    text, key = made_key()
    new_text, secret = new_secret(key.id, PREFIX)
    until = NOON + timedelta(hours=1)
    ring = KeyRing([replace(key, secret_sha256=secret, former_sha256=key.secret_sha256, former_until=until)])
    for at in (NOON, until - timedelta(microseconds=1)):
        assert ring.find(text, at) and ring.find(new_text, at)
    assert ring.find(text, until) is None and ring.find(new_text, until)


def test_a_key_without_a_former_secret_is_not_opened_by_nothing() -> None:
    _, key = made_key()
    assert not key.fits(bytes(32), NOON)
    assert not replace(key, former_until=NOON + timedelta(1)).fits(bytes(32), NOON)
