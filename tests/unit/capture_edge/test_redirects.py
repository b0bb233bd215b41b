"""After a form the browser goes to a page of ours, and nowhere else."""

import re
from dataclasses import replace
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

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
        "https://shop.example:443/a%20page;v=1?next=https://evil.example/#@evil.example",
        "https://shop.example?q=1",
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
        "https://www.works.example/thanks/%2E%2e/admin",
        "https://www.works.example/thanks/.%2e/admin",
        "https://www.works.example/thanks/..%2fadmin",
        "https://www.works.example/thanks%2f",
        "https://shop.example/%5cevil.example",
        "https://shop.example:8443/",
        "https://shop.example:https/",
        "https://shop%2eexample/",
        "https://shop.example,evil.example/",
        "https:shop.example/",
        "https:/shop.example/",
        "https:///shop.example/",
        "https://:443/",
        "https://user:secret@shop.example/",
        "https://@shop.example/",
        " https://shop.example/",
        "https://shop.example /",
        "https://shop.ex\tample/",
        "https://shop.example\u3002evil.example/",
        "view-source:https://shop.example/",
        "data:text/html,https://shop.example/",
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


HOSTILE = st.text(st.sampled_from("htps:/\\\\@.?#%2f5ce;&[]\t\n\r \u3002\u202eshopexampl-evil0"), max_size=60)
PAGES = st.builds(
    "{}{}{}".format,
    st.sampled_from(
        ["https://shop.example", "HTTPS://shop.example", "https://www.works.example/thanks", "http://shop.example", ""]
    ),
    st.sampled_from(["", "/", ":443", ":80", "@", ".", "\\", "//", "/..", "/%2e%2e", "?", "#"]),
    HOSTILE,
)


@given(PAGES)
def test_what_is_allowed_begins_with_an_allowed_page_letter_by_letter(page: str) -> None:
    found = redirect_of(RULE, {"return_to": page})
    assert found in (None, page)
    if found is not None:
        # No parser's opinion: up to the port the text itself is the allowed one, and then comes what ends an authority.
        assert re.match(
            r"(?i:https://shop\.example)(:(0*443)?)?([/?#]|$)|(?i:https://www\.works\.example)(:(0*443)?)?/thanks([/?#]|$)",
            found,
        )
        assert not re.search(
            r"[\\\s\x00-\x1f]|/(\.|%2e){1,2}([/?#]|$)", found.partition("?")[0].partition("#")[0], re.IGNORECASE
        )


@given(st.text(st.sampled_from("abcXYZ019-_~!$&'()*+,;=:@/%20"), max_size=30))
def test_any_page_below_an_allowed_one_is_allowed_unless_it_hides_a_step(rest: str) -> None:
    page = f"https://shop.example/{rest}"
    plain = unquote(urlsplit(page).path)
    hidden = {".", ".."} & set(plain.split("/")) or "\\" in plain
    assert (redirect_of(RULE, {"return_to": page}) == page) == (not hidden)


async def test_a_browser_is_sent_on_after_its_form_was_taken_in() -> None:
    shipped = shipped_sources().sources
    rules = SourceRules({**shipped, "website_form": replace(shipped["website_form"], redirect=RULE)})
    async with open_door(sources=lambda: rules) as door:
        url = f"{door.url}/v1/sources/website_form"
        for page, status in (("https://shop.example/", 303), ("https://evil.example/", 202)):
            form = {"email": "a@works.example", "return_to": page}
            async with door.session.post(url, data=form, allow_redirects=False) as response:
                assert response.status == status
                where = response.headers["Location"]
                assert where == page if status == 303 else where.startswith("/v1/submissions/")
        assert len(door.log.written) == 2
