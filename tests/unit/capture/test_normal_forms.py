"""Normal forms: what equal things look like, and what cannot be read."""

import phonenumbers
import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_capture.core.companies import company_key, website_host
from leadline_capture.core.emails import email_key, read_email
from leadline_capture.core.known_lead import external_key
from leadline_capture.core.names import agree, name_tokens, read_name
from leadline_capture.core.phones import read_phone
from leadline_capture.core.places import country_code, language_and_region, region_code
from leadline_capture.core.text import clean, clean_lines, folded
from leadline_capture.core.timelines import timeline_months
from tests.unit.capture.story import rules

WORDS = rules().rules.tables.words


@pytest.mark.parametrize(
    ("text", "normal", "key"),
    [
        (" Ann.Lee+Promo@X.Example ", "ann.lee+promo@x.example", "ann.lee@x.example"),
        ("mailto:ann@x.example", "ann@x.example", "ann@x.example"),
        ("ann@BÜCHER.example", "ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example"),
        ("a.n.n+1@googlemail.com", "a.n.n+1@googlemail.com", "ann@gmail.com"),
        ("+ann@x.example", "+ann@x.example", "+ann@x.example"),
    ],
)
def test_emails(text: str, normal: str, key: str) -> None:
    address = read_email(text, frozenset())
    assert address is not None and (address.normal, address.key) == (normal, key)


@pytest.mark.parametrize("text", ["ann", "ann@", "@x.example", "ann@x", "a@x..example", "a@localhost", "a b@x.example"])
def test_no_emails(text: str) -> None:
    assert read_email(text, frozenset()) is None


@settings(max_examples=30)
@given(st.emails())
def test_a_key_is_its_own_key(text: str) -> None:
    address = read_email(text, frozenset())
    if address is not None:
        assert email_key(address.key) == address.key == email_key(address.normal)


ADDRESSES = st.from_regex(r"[A-Za-z0-9_+.-]{1,20}@([A-Za-z0-9-]{1,8}\.){1,3}[A-Za-z0-9]{2,6}", fullmatch=True)
HARD = [
    "a@xn--a.example",
    "a@ab--c.example",
    "a@x.test",
    "a@x.local",
    "a@home.arpa",
    "a@1.2",
    "a..b@x.de",
    "a" * 65 + "@x.de",
]


@settings(max_examples=40)
@given(ADDRESSES | st.sampled_from(HARD) | st.emails())
def test_the_short_way_says_what_the_library_says(text: str) -> None:
    address = read_email(text, frozenset())
    try:
        found = validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        assert address is None
    else:
        assert address is not None
        assert address.normal == f"{found.local_part.lower()}@{found.ascii_domain.lower()}"


@pytest.mark.parametrize(
    ("text", "regions", "e164"),
    [
        ("+44 20 7946 0018", [], "+442079460018"),
        ("0044 20 7946 0018", [], "+442079460018"),
        ("020 7946 0018", ["GB"], "+442079460018"),
        ("(212) 555-0142", ["US"], "+12125550142"),
        ("1-212-555-0142", ["US"], "+12125550142"),
        ("030 901820", ["US", "DE"], "+4930901820"),
    ],
)
def test_phones(text: str, regions: list[str], e164: str) -> None:
    phone = read_phone(text, regions)
    assert phone is not None and (phone.e164, phone.valid) == (e164, True)


@pytest.mark.parametrize("text", ["call me", "12", "", "020 7946 0018", "000-000-0000"])
def test_no_phones(text: str) -> None:
    assert read_phone(text, []) is None


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """Numbers of all countries as people write them: in use, nearly so, or not at all."""
    code = draw(st.sampled_from(sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)))
    region = draw(st.sampled_from(phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code]))
    example = phonenumbers.example_number(region)
    national = list(phonenumbers.national_significant_number(example)) if example else ["5"] * 9
    for _ in range(draw(st.integers(0, 3))):
        national[draw(st.integers(0, len(national) - 1))] = draw(st.sampled_from("0123456789"))
    national.insert(
        draw(st.integers(0, len(national))), draw(st.sampled_from(["", "", " ", "-", " (", ") ", ".", "0"]))
    )
    return f"+{code}" + draw(st.sampled_from(["", " ", " (0)", "0"])) + "".join(national)


@settings(max_examples=200)
@given(numbers())
def test_the_short_way_of_a_number_says_what_the_library_says(text: str) -> None:
    phone = read_phone(text, [])
    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        assert phone is None
        return
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if phonenumbers.is_valid_number(number):
        assert phone is not None and (phone.e164, phone.valid) == (e164, True)
    else:
        assert phone is None or (phone.e164, phone.valid) == (e164, False)


def test_a_number_out_of_use_is_kept_but_known_as_such() -> None:
    phone = read_phone("+1 000 000 0000", ["US"])
    assert phone is not None and not phone.valid


@pytest.mark.parametrize(
    ("full", "first", "last", "expected"),
    [
        ("Ann Lee", None, None, ("Ann Lee", "Ann", "Lee")),
        ("  Ann   Lee ", None, None, ("Ann Lee", "Ann", "Lee")),
        ("Jean-Luc O'Brien", None, None, ("Jean-Luc O'Brien", "Jean-Luc", "O'Brien")),
        ("Madonna", None, None, ("Madonna", "Madonna", None)),
        (None, "Ann", "Lee", ("Ann Lee", "Ann", "Lee")),
        (None, None, "Lee", ("Lee", None, "Lee")),
        ("Dr. Juan de la Vega III", None, None, ("Dr. Juan de la Vega III", "Juan", "de la Vega")),
        ("Lee, Ann", None, None, ("Lee, Ann", "Ann", "Lee")),
        ("Dr Lee", None, None, ("Dr Lee", None, "Lee")),
    ],
)
def test_names(
    full: str | None, first: str | None, last: str | None, expected: tuple[str, str | None, str | None]
) -> None:
    name = read_name(full, first, last)
    assert name is not None and (name.full, name.first, name.last) == expected


def test_an_endless_name_is_not_taken_apart() -> None:
    name = read_name("Ann " * 49, None, None)
    assert name is not None and (name.first, name.last) == (None, None)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ann Lee", "ANN LEE", True),
        ("Ann Lee", "Ann", True),
        ("Ann Lee", "", True),
        ("Dr. Ann Lee", "Lee, Ann", True),
        ("Zoë Müller", "zoe muller", True),
        ("Ann Lee", "Ann Ray", False),
        ("Ann", "Anna", False),
    ],
)
def test_names_agree(one: str, other: str, same: bool) -> None:
    assert agree(name_tokens(one), name_tokens(other)) is agree(name_tokens(other), name_tokens(one)) is same


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("NorthHaul Ltd", "northhaul"),
        ("Northhaul", "northhaul"),
        ("Bay Freight Inc.", "bay freight"),
        ("Müller & Söhne GmbH & Co. KG", "muller sohne"),
        ("Société Générale S.A.", "societe generale"),
        ("Limited", "limited"),
        ("株式会社", "株式会社"),
    ],
)
def test_companies(name: str, key: str) -> None:
    assert company_key(name, WORDS.legal_suffixes) == key


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("https://www.X.example/a?b", "x.example"),
        ("x.example", "x.example"),
        ("none", None),
        ("http://[", None),
    ],
)
def test_websites(text: str, host: str | None) -> None:
    assert website_host(text) == host


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("de", "DE"),
        ("DEU", "DE"),
        ("Germany", "DE"),
        ("Deutschland", "DE"),
        ("UK", "GB"),
        ("U.S.A.", "US"),
        ("NO", "NO"),
        ("Côte d'Ivoire", "CI"),
        ("Atlantis", None),
    ],
)
def test_countries(text: str, code: str | None) -> None:
    assert country_code(text, WORDS.countries) == code


@pytest.mark.parametrize(
    ("country", "text", "code"),
    [
        ("US", "ma", "MA"),
        ("US", "Massachusetts", "MA"),
        ("US", "US-NY", "NY"),
        ("DE", "Bayern", "BY"),
        ("US", "XX", None),
    ],
)
def test_regions(country: str, text: str, code: str | None) -> None:
    assert region_code(country, text) == code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("en-GB", ("en", "GB")),
        ("de_AT", ("de", "AT")),
        ("zh-Hant-TW", ("zh", "TW")),
        ("German", ("de", None)),
        ("en", ("en", None)),
        ("?", (None, None)),
    ],
)
def test_languages(text: str, expected: tuple[str | None, str | None]) -> None:
    assert language_and_region(text) == expected


@pytest.mark.parametrize(
    ("text", "months"),
    [
        ("this quarter", 3),
        ("ASAP!", 0),
        ("1-3 months", 3),
        ("3 to 6 months", 6),
        ("in 2 weeks", 1),
        ("90 days", 3),
        ("within 6 months", 6),
        ("6+ months", 7),
        ("more than 12 months", 13),
        ("> 1 year", 13),
        ("2 quarters", 6),
        ("some day", None),
        ("2026", None),
    ],
)
def test_timelines(text: str, months: int | None) -> None:
    assert timeline_months(text, WORDS.timelines) == months


@pytest.mark.parametrize(
    ("text", "expected"),
    [("  a \t b\n", "a b"), ("e\u0301", "é"), ("a\u200bb\u0007", "ab"), (" \u00a0 ", None), (None, None)],
)
def test_text(text: str | None, expected: str | None) -> None:
    assert clean(text) == expected


def test_longer_texts_keep_their_lines() -> None:
    assert clean_lines(" one \r\n\n two  three ") == "one\n\ntwo three"


@given(st.text(max_size=30))
def test_folding_twice_folds_no_more(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(st.text(min_size=1, max_size=9), st.text(min_size=1, max_size=9), st.text(min_size=1, max_size=9))
def test_two_external_ids_never_have_one_key(system: str, one: str, other: str) -> None:
    assert (external_key(system, one) == external_key(system, other)) == (one == other)
    assert external_key(f"{system}:{one}", other) != external_key(system, f"{one}:{other}")
