"""After a form the browser goes to a page of ours, and nowhere else."""

from dataclasses import replace

import pytest

from leadline_capture.core.redirects import Redirect, is_page, redirect_of
from leadline_capture.core.sources import SourceRules
from tests.support.door import open_door
from tests.support.submissions import shipped_sources

RULE = Redirect("return_to", ("https://www.works.example/thanks", "https://shop.example/"))


@pytest.mark.parametrize(
    "page",
    [
        "https://www.works.example/thanks",
        "https://www.works.example/thanks?form=demo#top",
        "https://www.works.example/thanks/demo",
        "https://SHOP.example/anything",
    ],
)
def test_a_page_of_ours(page: str) -> None:
    assert redirect_of(RULE, {"return_to": page}) == page


@pytest.mark.parametrize(
    "page",
    [
        "https://www.works.example/",
        "https://www.works.example/thanks-a-lot",
        "https://www.works.example/thanks/../admin",
        "http://www.works.example/thanks",
        "https://www.works.example.evil.example/thanks",
        "https://www.works.example@evil.example/thanks",
        "https://evil.example/https://www.works.example/thanks",
        "//www.works.example/thanks",
        "/thanks",
        "javascript:alert(1)",
        "https:\\\\evil.example",
        "https://shop.example\\@evil.example/",
        "https://shop.example/\r\nSet-Cookie: a=b",
        "https://shop.example/\u202e",
        "https://[evil",
        "",
        5,
        None,
        ["https://shop.example/"],
    ],
)
def test_any_other_page_is_not_gone_to(page: object) -> None:
    assert redirect_of(RULE, {"return_to": page}) is None


def test_without_a_rule_or_a_field_there_is_no_page() -> None:
    assert redirect_of(None, {"return_to": "https://shop.example/"}) is None
    assert redirect_of(RULE, {}) is None and redirect_of(RULE, [1]) is None
    assert not is_page("shop.example") and not is_page("https:///x")


async def test_a_browser_is_sent_on_after_its_form_was_taken_in(monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = shipped_sources().sources
    rules = SourceRules({**shipped, "website_form": replace(shipped["website_form"], redirect=RULE)})
    monkeypatch.setattr("tests.support.door.shipped_sources", lambda: rules)
    async with open_door() as door:
        url = f"{door.url}/v1/sources/website_form"
        for page, status in (("https://shop.example/", 303), ("https://evil.example/", 202)):
            form = {"email": "a@works.example", "return_to": page}
            async with door.session.post(url, data=form, allow_redirects=False) as response:
                assert response.status == status
                where = response.headers["Location"]
                assert where == page if status == 303 else where.startswith("/v1/submissions/")
        assert len(door.log.written) == 2
