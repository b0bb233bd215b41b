"""Normal forms of a whole payload: normal twice is normal once, and nothing that a person gave is lost."""

import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_capture.core.companies import company_key, website_host
from leadline_capture.core.emails import read_email
from leadline_capture.core.normalise import Normal, Words, normalised
from leadline_capture.core.phones import read_phone
from leadline_capture.core.places import country_code, language_and_region, region_code
from leadline_capture.core.text import clean, clean_lines
from leadline_schemas.payloads import LeadPayload
from tests.unit.capture.story import rules

WORDS: Words = rules().rules.tables.words
# Letters with accents, marks that combine, what changes the direction of a line, ideographs.
letters = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
odd = letters | st.text("aeÄöß\u0301\u202e\u200b\x00 .,-+0123456789", max_size=20)
# The door and the mappings let none of these through to a payload.
texts = odd.map(lambda text: re.sub("[\x00\u202a-\u202e\u2066-\u2069]", "", text))
firms = [*sorted(WORDS.legal_suffixes), "north", "haul"]
companies = texts | st.lists(st.sampled_from(firms), max_size=5).map(" ".join)
known = ["Germany", "DE", "USA", "Deutschland", "U.K.", "Massachusetts", "MA", "Bayern", "US-NY"]
places = texts | st.sampled_from(known)
phones = st.sampled_from(["+49 30 901820", "030 901820", "0049 30 901820", "+1 (212) 555-0101", "12"]) | texts
emails = st.emails() | st.sampled_from(["Ann@Bücher.example", "A.N.N+x@GMail.com", "mailto:ann@x.example", "a..b@x"])
websites = st.sampled_from(["https://www.X.example/a?b", "x.example", "WWW.x.example"]) | texts


@st.composite
def payloads(draw: st.DrawFn) -> dict[str, Any]:
    """What a form may send."""
    kinds = {
        "name": texts, "first_name": texts, "last_name": texts, "title": texts, "email": emails, "phone": phones,
        "company": companies, "website": websites, "street": texts, "city": texts, "postal_code": texts,
        "state": places, "country": places, "language": st.sampled_from(["de", "en-GB", "German", "xx"]) | texts,
        "industry": texts, "message": texts, "timeline": texts,
    }  # fmt: skip
    return {field: draw(kind) for field, kind in kinds.items() if draw(st.booleans())}


def read(payload: dict[str, Any]) -> Normal:
    return normalised(LeadPayload.model_validate(payload), WORDS)


@given(odd)
def test_clean_text_is_clean(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    lines = clean_lines(text)
    assert clean_lines(lines) == lines
    assert once is None or not set(once) & set("\x00\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@given(emails)
def test_a_normal_address_is_its_own_normal_form(text: str) -> None:
    found = read_email(text, WORDS.roles)
    assert found is None or read_email(found.normal, WORDS.roles) == found


@given(phones, st.sampled_from([(), ("DE",), ("US", "DE")]))
def test_a_normal_number_needs_no_region(text: str, regions: tuple[str, ...]) -> None:
    found = read_phone(text, regions)
    assert found is None or not found.valid or read_phone(found.e164, ()) == found


@given(companies)
def test_the_key_of_a_firm_is_its_own_key(text: str) -> None:
    once = company_key(text, WORDS.legal_suffixes)
    assert company_key(once, WORDS.legal_suffixes) == once


@given(places, websites, texts)
def test_codes_and_hosts_are_their_own(place: str, website: str, language: str) -> None:
    code = country_code(place, WORDS.countries)
    assert code is None or country_code(code, WORDS.countries) == code
    region = region_code("US", place)
    assert region is None or region_code("US", region) == region
    host = website_host(website)
    assert host is None or website_host(host) == host
    spoken, _ = language_and_region(language)
    assert spoken is None or language_and_region(spoken)[0] == spoken


def everything(normal: Normal) -> str:
    """All that is kept of a submission, shown or as it was given."""
    kept: list[str] = []
    for value in normal.values:
        kept += value.shown.values() if isinstance(value.shown, dict) else [str(value.shown)]
        kept.append(value.original or "")
    return "\n".join(kept)


@settings(deadline=None)
@given(payloads())
def test_nothing_that_was_given_is_lost(payload: dict[str, Any]) -> None:
    kept = everything(read(payload))
    for field, text in payload.items():
        given_ = clean_lines(text) if field == "message" else clean(text)
        if given_ and not (field in ("first_name", "last_name") and {"first_name", "last_name"} <= payload.keys()):
            assert given_ in kept or text.strip() in kept, field


@settings(deadline=None)
@given(payloads())
def test_what_is_shown_is_read_the_same_again(payload: dict[str, Any]) -> None:
    first = read(payload)
    shown: dict[str, Any] = {}
    for value in first.values:
        if value.field in ("name", "address"):
            shown.update(value.shown)  # type: ignore[arg-type]
        elif value.field in payload:
            shown[value.field] = value.shown
    again = read(shown)
    forms = {value.field: value.form for value in first.values if not value.field.startswith("extra.")}
    assert {value.field: value.form for value in again.values} == {
        field: form for field, form in forms.items() if field != "timeline_months"
    }
