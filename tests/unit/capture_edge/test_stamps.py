"""A form's time of showing, signed by the page: looked at by the door, judged by the step."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline_capture.core.sources import SourceRules
from leadline_capture.core.stamps import StampRule, is_stamped, stamped
from tests.support.door import open_door
from tests.support.submissions import shipped_sources

RULE = StampRule("rendered_at", "website_form")
SECONDS = 1_772_366_400


@given(st.integers(0, 10**11), st.text(min_size=1, max_size=20), st.lists(st.text(min_size=1, max_size=9), max_size=2))
def test_a_stamp_is_good_by_any_live_secret_and_by_no_other(seconds: int, secret: str, others: list[str]) -> None:
    body = {"rendered_at": stamped(secret, seconds)}
    assert is_stamped(RULE, body, [*others, secret])
    assert is_stamped(RULE, body, others) == (secret in others)


@given(st.text(max_size=80) | st.none() | st.integers() | st.lists(st.text()))
def test_nothing_else_is_a_stamp(given: Any) -> None:
    assert not is_stamped(RULE, {"rendered_at": given}, ["secret"])
    assert not is_stamped(RULE, given, ["secret"])


def test_another_time_under_the_same_signature_is_none() -> None:
    good = stamped("secret", SECONDS)
    for bad in (good.replace("1772366400", "1772366401"), good[:-1], f"{good}0", good.replace(".", ""), f" {good}"):
        assert not is_stamped(RULE, {"rendered_at": bad}, ["secret"])


@pytest.mark.parametrize(
    ("secrets", "stamp", "signed"),
    [
        ({"website_form": ("old", "new")}, stamped("old", SECONDS), True),
        ({"website_form": ("new",)}, stamped("old", SECONDS), False),
        ({"website_form": ("new",)}, None, False),
        ({}, stamped("old", SECONDS), None),
    ],
)
async def test_the_door_looks_at_the_signature_and_refuses_nothing(
    secrets: dict[str, tuple[str, ...]], stamp: str | None, signed: bool | None
) -> None:
    shipped = shipped_sources().sources
    rules = SourceRules({**shipped, "website_form": replace(shipped["website_form"], stamp=RULE)})
    async with open_door(sources=lambda: rules, source_secrets=secrets) as door:
        form = {"email": "ann@works.example", **({"rendered_at": stamp} if stamp else {})}
        status, _ = await door.post("/v1/sources/website_form", data=form, headers={"Authorization": None})
        assert status == 202 and door.taken.form_signed is signed


async def test_a_source_without_a_stamp_is_not_asked_for_one() -> None:
    async with open_door() as door:
        await door.post("/v1/sources/website_form", data={"email": "a@b.example"}, headers={"Authorization": None})
        assert door.taken.form_signed is None
