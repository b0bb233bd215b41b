"""Where a person came from: the channel of a touch, and which touch is the first and which the last."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import reduce
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline_capture.core.joining import first_of, last_of
from leadline_capture.core.landing import with_landing
from leadline_runtime.rules import read_yaml
from leadline_schemas.lead import Touch
from leadline_schemas.payloads import AttributionPayload
from tests.unit.capture.story import MINUTE, NOW, Capture, rules

CHANNELS = rules().rules.tables.channels
ROOT = Path(__file__).parents[3]


def channel(source: Any = "website_form", **seen: Any) -> str:
    return CHANNELS.touch(NOW, source, AttributionPayload(**seen)).channel


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ({"utm_source": "google", "utm_medium": "CPC"}, "paid_search"),
        ({"utm_source": "Facebook_Ads", "utm_medium": "cpc"}, "paid_social"),
        ({"utm_source": "linkedin", "utm_medium": "paid"}, "paid_social"),
        ({"utm_source": "bing", "utm_medium": "paid"}, "paid_search"),
        ({"utm_source": "taboola", "utm_medium": "native"}, "paid_other"),
        ({"utm_source": "newsletter"}, "email"),
        ({"utm_source": "linkedin"}, "social"),
        ({"utm_campaign": "spring"}, "campaign"),
        ({"utm_medium": "  "}, "direct"),
        ({"click_id": "1", "click_id_name": "gclid", "referrer": "https://l.facebook.com/"}, "paid_search"),
        ({"click_id": "1", "click_id_name": "dclid"}, "display"),
        ({"click_id": "1", "click_id_name": "li_fat_id"}, "paid_social"),
        ({"click_id": "1", "click_id_name": "irclickid"}, "affiliate"),
        ({"click_id": "1", "click_id_name": "fbclid", "utm_medium": "email"}, "email"),
        ({"click_id": "1", "referrer": "https://www.linkedin.com/"}, "paid_social"),
        ({"click_id": "1"}, "paid_search"),
        ({"referrer": "https://duckduckgo.com/"}, "organic_search"),
        ({"referrer": "android-app://com.google.android.gm/"}, "email"),
        ({"referrer": "android-app://com.linkedin.android/"}, "social"),
        ({"referrer": "https://t.co/x"}, "social"),
        ({"referrer": "https://news.example/"}, "referral"),
        ({"referrer": "https://works.example/a", "landing_page": "https://www.works.example/b"}, "direct"),
        ({"referrer": "nowhere", "landing_page": "https://www.works.example/"}, "direct"),
        ({"landing_page": "https://www.works.example/?utm_medium=sms"}, "sms"),
        ({"landing_page": "https://www.works.example/?fbclid=1&ttclid=2"}, "paid_social"),
        ({}, "direct"),
    ],
)
def test_the_channel_of_a_touch(seen: dict[str, Any], expected: str) -> None:
    assert channel(**seen) == expected


def test_every_click_id_has_a_channel_of_its_own() -> None:
    found = {name: channel(click_id="1", click_id_name=name) for name in CHANNELS.click_ids}
    assert set(found.values()) == {"paid_search", "paid_social", "display", "social", "affiliate"}
    assert {"gclid", "gbraid", "wbraid", "msclkid", "dclid", "li_fat_id", "ttclid", "twclid", "fbclid"} <= set(found)


def test_a_landing_page_is_asked_only_where_nothing_else_was_passed_on() -> None:
    page = "https://x.example/?utm_source=a&utm_source=b&utm_medium=%00c&gclid=" + "g" * 300
    found = with_landing(AttributionPayload(landing_page=page), ["gclid"])
    assert (found.utm_source, found.utm_medium, found.click_id_name) == ("a", "c", "gclid")
    assert found.click_id == "g" * 200
    tagged = AttributionPayload(landing_page=page, utm_campaign="own")
    assert with_landing(tagged, ["gclid"]) is tagged


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_address_gives_a_touch(page: str, referrer: str) -> None:
    seen = AttributionPayload.model_construct(landing_page=f"https://x.example/?{page}", referrer=referrer)
    found = CHANNELS.touch(NOW, "website_form", seen)
    Touch.model_validate_json(found.model_dump_json())
    assert not {"\x00", "\u202e"} & set(f"{found.source}{found.medium}{found.click_id}")


TOUCHES = st.lists(
    st.builds(
        lambda minutes, seen: CHANNELS.touch(NOW + minutes * MINUTE, "website_form", AttributionPayload(**seen)),
        st.integers(0, 5),
        st.sampled_from(
            [{}, {"utm_medium": "email"}, {"referrer": "https://google.com"}, {"landing_page": "https://a.b/"}]
        ),
    ),
    min_size=1,
    max_size=8,
)


@given(TOUCHES, st.randoms())
def test_first_and_last_touch_are_those_of_the_set_and_direct_is_last_only_if_alone(
    touches: list[Touch], random: Any
) -> None:
    first, last = folded(first_of, touches), folded(last_of, touches)
    assert first is not None and last is not None
    assert first.at == min(each.at for each in touches)
    elsewhere = [each.at for each in touches if each.channel != "direct"]
    assert last.at == max(elsewhere or [each.at for each in touches])
    assert (last.channel == "direct") == (not elsewhere)
    random.shuffle(touches)
    assert (folded(first_of, touches), folded(last_of, touches)) == (first, last)


def folded(union: Callable[[Touch | None, Touch | None], Touch | None], touches: Iterable[Touch]) -> Touch | None:
    return reduce(union, touches, cast(Touch | None, None))


def test_who_comes_back_by_typing_the_address_still_came_by_the_campaign() -> None:
    capture = Capture()
    came = {"attribution": {"utm_source": "google", "utm_medium": "cpc", "click_id": "Cj0", "click_id_name": "gclid"}}
    capture.lead({"email": "ann@works.example", **came})
    told = capture.at(NOW + timedelta(days=2)).lead({"email": "ann@works.example", "attribution": {}})
    seen = told.captured.attribution
    assert seen is not None and seen.first_touch == seen.last_touch
    assert (seen.last_touch.channel, seen.last_touch.click_id_name) == ("paid_search", "gclid")
    later = capture.at(NOW + timedelta(days=3)).lead(
        {"email": "ann@works.example", "attribution": {"referrer": "https://news.example/"}}
    )
    seen = later.captured.attribution
    assert seen is not None and (seen.first_touch.channel, seen.last_touch.channel) == ("paid_search", "referral")


def test_the_tables_of_the_docs_are_those_of_the_rules() -> None:
    file = read_yaml("capture.yaml", (ROOT / "services/capture/leadline_capture/rules/capture.yaml").read_text())
    rows = [f"| {n} | `{each['channel']}` | {told(each['when'])} |" for n, each in enumerate(file["channels"], 1)]
    rows += [f"| `{name}` | {kind.replace('_', ' ')} |" for name, kind in file["click_ids"].items()]
    rows += [f"| {kind} | {', '.join(map(str, names))} |" for kind, names in file["sites"].items()]
    by_channel: dict[str, list[str]] = {}
    for name, entry in file["sources"].items():
        by_channel.setdefault(entry["channel"], []).append(name)
    rows += [f"| `{name}` | {', '.join(sources)} |" for name, sources in by_channel.items()]
    page = (ROOT / "docs/attribution.md").read_text().splitlines()
    wanted = "\n".join(row for row in rows if row not in page)
    assert not wanted, f"docs/attribution.md lacks these rows:\n{wanted}"
    stale = [line for line in page if line.startswith("| ") and line not in rows and not line.startswith(HEADS)]
    assert stale == [], "docs/attribution.md has rows that the rules do not"


HEADS = ("| # |", "| parameter |", "| kind |", "| channel |")


def told(when: dict[str, Any]) -> str:
    """A condition in words."""
    return ", ".join(
        f"({' or '.join(map(told, value))})" if name == "any" else _part(name, value) for name, value in when.items()
    )


def _part(name: str, value: Any) -> str:
    if isinstance(value, dict):
        return f"{name} is there" if "exists" in value else f"{name} one of {', '.join(value['in'])}"
    return f"{name} is {value}"
