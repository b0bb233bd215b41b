"""Laws of notify's pure parts: ids, hours, digests, waits, signatures, texts."""

import base64
import hashlib
import hmac
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline_notify.core.book import DigestRules, RetryRules, Texts
from leadline_notify.core.chat_text import chat_text
from leadline_notify.core.digest import Waiting, plan, room
from leadline_notify.core.notices import notice_id
from leadline_notify.core.retrying import next_try, steps_aside, within_hours
from leadline_notify.core.signing import key_of, signed
from leadline_notify.core.templates import fault_of, filled, names_in
from leadline_notify.delivery.claiming import LISTED
from leadline_runtime.core.calendar import is_open
from tests.unit.notify.company import MONDAY, Story, rules

DAY = timedelta(days=1)
RETRY = RetryRules(timedelta(seconds=5), timedelta(hours=2), DAY)
DIGEST = DigestRules(5, timedelta(minutes=10), Texts("{number}", "{lines}"))
SECRET = "whsec_" + base64.b64encode(bytes(range(32))).decode()
words = st.text(max_size=30)


@given(st.uuids(), st.uuids(), st.sampled_from(["ana", "ben"]), st.sampled_from(["mail", "chat", "webhook"]))
def test_an_id_follows_from_event_recipient_and_channel_alone(one: UUID, other: UUID, who: str, way: str) -> None:
    assert notice_id(one, who, way) == notice_id(UUID(str(one)), who, way)  # type: ignore[arg-type]
    ids = {notice_id(event, name, channel) for event in (one, other) for name in ("ana", "ben")
           for channel in ("mail", "chat", "webhook")}  # fmt: skip
    assert len(ids) == (6 if one == other else 12)


@given(st.integers(0, 3 * 366 * 86_400), st.sampled_from(["owner", "system"]))
def test_nothing_is_due_outside_of_the_recipients_hours_but_what_waits_for_none(after_s: int, cause: str) -> None:
    at = MONDAY + timedelta(seconds=after_s)
    for each in Story(now=at).sla("breached", cause=cause).notices:
        contact = rules().contacts[each.recipient]
        assert each.due_at == at if cause == "system" else is_open(contact.hours, each.due_at)
        assert each.due_at >= at


@given(
    st.lists(st.integers(0, 1800), max_size=8),
    st.lists(st.tuples(st.uuids(), st.integers(0, 1800), st.booleans()), max_size=20, unique_by=lambda each: each[0]),
)
def test_no_notice_is_lost_and_none_told_twice_and_no_more_than_five_go_out_in_ten_minutes(
    gone: list[int], waiting: list[tuple[UUID, int, bool]]
) -> None:
    lately = [MONDAY - timedelta(seconds=ago) for ago in gone]
    due = [Waiting(id_, held) for id_, _, held in sorted(waiting, key=lambda each: -each[1])]
    found = plan(room(lately, DIGEST, MONDAY), due)
    assert sorted([*found.single, *found.digest, *found.held]) == sorted(each.id for each in due)
    going = len(found.single) + bool(found.digest)
    before = sum(at > MONDAY - DIGEST.within for at in lately)
    assert going == 0 if before >= 5 else before + going <= 5
    assert len(found.digest) != 1
    told = found.single or found.digest
    assert told == tuple(each.id for each in due)[: len(told)], "what is older is told first"


@given(st.lists(st.tuples(st.integers(0, 400), st.integers(1, 7)), max_size=12))
def test_over_time_every_notice_goes_out_within_the_window_after_it_is_due(bursts: list[tuple[int, int]]) -> None:
    """The planner played: each burst at its second, a look every 30 seconds, until nothing waits."""
    waiting: dict[UUID, Waiting] = {}
    since: dict[UUID, datetime] = {}
    gone: list[datetime] = []
    number, told = 0, set()
    for second in range(0, 2400, 30):
        now = MONDAY + timedelta(seconds=second)
        for at, size in bursts:
            if second <= at < second + 30:
                for _ in range(size):
                    number += 1
                    waiting[UUID(int=number)] = Waiting(UUID(int=number), False)
                    since[UUID(int=number)] = now
        found = plan(room(gone, DIGEST, now), tuple(waiting.values()))
        gone += [now] * (len(found.single) + bool(found.digest))
        for id_ in (*found.single, *found.digest):
            assert now - since[waiting.pop(id_).id] <= DIGEST.within + timedelta(seconds=30)
            told.add(id_)
        for id_ in found.held:
            waiting[id_] = Waiting(id_, True)
    assert not waiting and len(told) == number
    assert all(sum(at - DIGEST.within < other <= at for other in gone) <= 5 for at in gone)


@given(st.lists(st.floats(0, 1), min_size=200, max_size=200))
def test_waits_grow_and_the_last_try_is_when_a_day_is_over(shares: list[float]) -> None:
    now, give_up, tries = MONDAY, MONDAY + DAY, [MONDAY]
    for tried, share in enumerate(shares, 1):
        at = next_try(tried, share, now, give_up, None, RETRY)
        if at is None:
            break
        assert now < at <= give_up
        assert at - now <= RETRY.longest
        now = at
        tries.append(at)
    assert tries[-1] == give_up
    assert 13 <= len(tries) <= 40
    assert tries[1] - tries[0] <= RETRY.first


@given(st.integers(1, 50), st.floats(0, 1), st.integers(0, 200_000))
def test_what_a_server_asks_for_is_kept_and_no_wait_makes_a_notice_dead(tried: int, share: float, asked_s: int) -> None:
    asked = timedelta(seconds=asked_s)
    at = next_try(tried, share, MONDAY, MONDAY + DAY, asked, RETRY)
    assert at is not None and min(asked, DAY) <= at - MONDAY <= DAY
    assert next_try(tried, share, MONDAY + DAY, MONDAY + DAY, asked, RETRY) is None


@given(st.integers(1, 50))
def test_only_what_is_refused_for_its_own_sake_again_and_again_lets_others_pass(tried: int) -> None:
    assert not steps_aside(tried, endpoint_fails=True)
    assert steps_aside(tried, endpoint_fails=False) == (tried >= 6)


@given(st.integers(0, 86_400), st.integers(0, 259_200), st.integers(0, 86_400))
def test_waiting_for_hours_takes_nothing_of_the_time_for_trying(at_s: int, closed_s: int, left_s: int) -> None:
    at = MONDAY + timedelta(seconds=at_s)
    opening, give_up = at + timedelta(seconds=closed_s), at + timedelta(seconds=left_s)
    again = within_hours(at, opening, give_up)
    assert again.at == opening and again.give_up_at - again.at == give_up - at


@given(st.uuids(), st.integers(0, 2**33), st.binary(max_size=200), st.integers(1, 3))
def test_any_of_several_secrets_tells_that_it_is_ours(id_: UUID, at: int, body: bytes, number: int) -> None:
    secrets = ["whsec_" + base64.b64encode(bytes([n] * 24)).decode() for n in range(number)]
    headers = signed(str(id_), at, body, secrets)
    signatures = headers["webhook-signature"].split(" ")
    for secret, signature in zip(secrets, signatures, strict=True):
        key = base64.b64decode(secret.removeprefix("whsec_"))
        mac = hmac.new(key, f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body, hashlib.sha256)
        assert signature == "v1," + base64.b64encode(mac.digest()).decode()


def test_a_signature_is_the_one_that_the_scheme_shows() -> None:
    headers = signed(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}', ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("secret", ["", "abc", "whsec_", "whsec_!!", "whsec_" + "QUJD", SECRET[:-4] + "=A=="])
def test_a_secret_that_is_none_is_refused_without_being_told(secret: str) -> None:
    with pytest.raises(ValueError) as refused:
        key_of(secret)
    assert not secret[8:] or secret[8:] not in str(refused.value)


@given(words, words, words)
def test_values_are_put_in_as_they_are_whatever_they_hold(first: str, second: str, third: str) -> None:
    values = {"a": first, "b": second, "c": third}
    assert filled("{a}|{b}", values) == f"{first or '–'}|{second or '–'}"
    shown = f"<{third}>" if third else ""
    assert filled("x[<{c}>]y", values) == f"x{shown}y"


@given(words)
def test_a_text_is_right_or_says_what_is_wrong(text: str) -> None:
    if fault_of(text) is None:
        assert filled(text, dict.fromkeys(names_in(text), "v")) is not None
    else:
        assert any(sign in text for sign in "{}[]")


@given(words)
def test_nothing_in_a_chat_is_a_link_or_a_mention(text: str) -> None:
    said = chat_text(text)
    assert "<" not in said and ">" not in said
    assert all(after == "\u2060" for after in (said[n + 1] for n, sign in enumerate(said) if sign == "@"))
    back = said.replace("@\u2060", "@").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    assert back == text


def test_a_digest_in_a_chat_is_whole_and_what_is_longer_than_chats_take_ends_with_a_line() -> None:
    lines = [f"- {'x' * 350} {number}" for number in range(300)]
    digest = "\n".join(lines[: LISTED["chat"]])
    assert chat_text(digest) == digest
    cut = chat_text("\n".join(lines)).split("\n")
    assert cut[-1] == "…" and cut[:-1] == lines[: len(cut) - 1]


@given(st.integers(1, 500))
def test_waits_of_any_rules_can_be_counted(tried: int) -> None:
    year = timedelta(days=366)
    assert next_try(tried, 0.0, MONDAY, MONDAY + 9 * year, None, RetryRules(year, year, year)) == MONDAY + year
