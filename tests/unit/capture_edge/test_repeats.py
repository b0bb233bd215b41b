"""A form sent twice is one submission: the same content within a while, or of the same page load for ever."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline_capture.core.repeats import fingerprint, repeat_id, twins
from leadline_schemas.ids import request_id
from tests.support.door import open_door, publishable_key
from tests.support.submissions import NOON

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)
SITE = "https://www.works.example"
CONTENTS = st.binary(min_size=32, max_size=32)
AFTER = st.timedeltas(min_value=timedelta(0), max_value=timedelta(hours=1))


@given(CONTENTS, AFTER, AFTER, st.sampled_from([SECOND, MINUTE, timedelta(seconds=7)]))
def test_two_sendings_within_the_time_are_one_by_their_ids_or_as_twins(
    content: bytes, begin: timedelta, later: timedelta, within: timedelta
) -> None:
    first, second = NOON + begin, NOON + begin + later
    one, two = (repeat_id("site", content, None, at, within) for at in (first, second))
    seen = one == two or request_id(one) in twins("site", content, second, within)
    assert seen if later <= within else not seen or later < 2 * within
    assert (request_id(one) in twins("site", content, second, within)) == (
        request_id(two) in twins("site", content, first, within)
    ), "whichever is decided first"


@given(CONTENTS, CONTENTS, AFTER)
def test_of_one_page_load_the_same_content_is_one_at_any_time_and_a_correction_never(
    content: bytes, other: bytes, later: timedelta
) -> None:
    def named(data: bytes, after: timedelta, page: str | None = "page-1") -> object:
        return repeat_id("site", data, page, NOON + after, MINUTE)

    assert named(content, timedelta(0)) == named(content, later)
    assert (named(other, later) == named(content, later)) == (other == content)
    assert len({named(content, later, page) for page in ("page-1", "page-2", None)}) == 3


@pytest.mark.parametrize("boundary", ["----WebKitFormBoundary7MA4YWxkTrZu0gW", '"a b"'])
def test_a_boundary_is_no_content(boundary: str) -> None:
    def multipart(mark: str) -> bytes:
        return f'--{mark}\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--{mark}--\r\n'.encode()

    kind = "multipart/form-data; boundary="
    first, second = (fingerprint(multipart(m.strip('"')), f"{kind}{m}") for m in (boundary, "other"))
    assert first == second != fingerprint(multipart("other").replace(b"1", b"2"), f"{kind}other")
    assert fingerprint(b"a=1", "application/x-www-form-urlencoded") != fingerprint(b"a=2", "x")


async def test_the_door_gives_a_form_that_is_sent_twice_one_id() -> None:
    now = NOON
    text, key = publishable_key(SITE)
    async with open_door(clock=lambda: now, extra_keys=[key]) as door:

        async def send(**fields: str) -> str:
            headers = {"Origin": SITE, "Authorization": None, "Accept": "application/json"}
            _, told = await door.post(f"/v1/forms/{text}", data=fields, headers=headers)
            return str(told["submission_id"])

        first = await send(email="ann@works.example")
        now += 59 * SECOND
        assert await send(email="ann@works.example") == first != await send(email="ann@works.example", phone="1")
        now += 2 * SECOND
        assert await send(email="ann@works.example") != first, "somebody who asks again later asks again"
        loaded = await send(email="ann@works.example", page_id="p")
        now += timedelta(days=1)
        assert await send(email="ann@works.example", page_id="p") == loaded
