"""Which domains say what: free, disposable, role, corporate; which name a company, which a country."""

import phonenumbers
import pytest

from leadline_enrich.core.company_domain import company_domain, website_host
from leadline_enrich.core.domain_class import domain_class, split_address
from leadline_enrich.core.email_country import email_country
from leadline_enrich.core.phone_country import phone_country
from leadline_schemas.lead import Lead
from tests.unit.enrich.leads import RULES


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("sam.ortiz@gmail.com", "free"),
        ("sam+demo@GMAIL.com", "free"),
        ("anna@yahoo.co.uk", "free"),
        ("info@gmx.de", "free"),
        ("x@mailinator.com", "disposable"),
        ("x@deep.mailinator.com", "disposable"),
        ("info@northhaul.example", "role"),
        ("Sales+fair@northhaul.example", "role"),
        ("priya.shah@northhaul.example", "corporate"),
        ("jürgen@müller.de", "corporate"),
        ("not an address", None),
        ("nobody@", None),
        (None, None),
    ],
)
def test_class_of_an_address(address: str | None, wanted: str | None) -> None:
    assert domain_class(address, RULES.lists) == wanted


@pytest.mark.parametrize(
    ("lead", "wanted"),
    [
        ({"email": "a@mail.eu.acme.co.uk"}, "acme.co.uk"),
        ({"email": "a@müller.de"}, "xn--mller-kva.de"),
        ({"email": "a@gmail.com", "emails": ("a@gmail.com", "a@acme.com")}, "acme.com"),
        ({"email": "a@gmail.com", "website": "https://shop.acme.com:443/x?y"}, "acme.com"),
        ({"email": "a@gmail.com", "website": "www.acme.com"}, "acme.com"),
        ({"email": "a@gmail.com", "website": "https://www.linkedin.com/company/acme"}, None),
        ({"email": "a@linkedin.com"}, "linkedin.com"),
        ({"email": "a@gmail.com", "website": "http://[broken"}, None),
        ({"email": "a@gmail.com", "website": "http://192.168.0.1/"}, None),
        ({"email": "a@localhost"}, None),
        ({"email": "a@co.uk"}, None),
        ({"phone": "+12125550142"}, None),
    ],
)
def test_company_domain(lead: dict[str, object], wanted: str | None) -> None:
    found = company_domain(Lead.model_validate(lead), RULES.lists, RULES.registrable)
    assert (found.domain if found else None) == wanted


def test_no_free_or_disposable_domain_ever_names_a_company() -> None:
    for domain in sorted(RULES.lists.free)[:200] + sorted(RULES.lists.disposable)[::50]:
        assert company_domain(Lead(email=f"a@{domain}"), RULES.lists, RULES.registrable) is None


@pytest.mark.parametrize(
    ("address", "wanted"),
    [
        ("a@acme.de", "DE"),
        ("a@acme.co.uk", "GB"),
        ("a@acme.io", None),
        ("a@acme.com", None),
        ("a@acme.eu", None),
        ("", None),
    ],
)
def test_country_of_an_address(address: str, wanted: str | None) -> None:
    assert email_country(address, RULES.generic_domains) == wanted


@pytest.mark.parametrize(
    ("number", "wanted"),
    [
        ("+12125550142", "US"),
        ("+14165550142", "CA"),
        ("+442079460018", "GB"),
        ("+41446681800", "CH"),
        ("+80012345678", None),
        ("+999", None),
        ("nonsense", None),
        (None, None),
    ],
)
def test_country_of_a_number(number: str | None, wanted: str | None) -> None:
    assert phone_country(number) == wanted


def test_the_short_way_to_a_country_gives_what_the_library_gives() -> None:
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        example = phonenumbers.example_number(region)
        if example is not None:
            number = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
            assert phone_country(number) == phonenumbers.region_code_for_number(example)


def test_hosts_of_websites_as_people_write_them() -> None:
    assert website_host("HTTPS://Www.Acme.COM./a") == "www.acme.com"
    assert website_host("acme.com/a?b") == "acme.com"
    assert website_host(None) == ""
    assert split_address("Ann+x@Acme.com") == ("ann", "acme.com")
