"""What an HTML form on our own pages posts becomes a lead."""

from typing import Any
from urllib.parse import urlencode

import pytest

from leadline_capture.core.mapping import submissions
from tests.support.submissions import shipped_sources, webhook

URLENCODED = "application/x-www-form-urlencoded"


def mapped(body: bytes | str | list[tuple[str, str]], content_type: str = URLENCODED) -> Any:
    text = urlencode(body) if isinstance(body, list) else body
    return submissions(webhook("website_form", text, content_type), shipped_sources())


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("demo", "demo_request"),
        ("Pricing", "pricing_inquiry"),
        ("whitepaper", "content_download"),
        ("an-old-page", "other"),
    ],
)
def test_the_form_says_what_the_person_asks_for(form: str, kind: str) -> None:
    (lead,) = mapped([("form", form), ("email", "a@works.example")]).leads
    assert lead.type == kind


def test_a_page_that_names_no_form_is_of_no_known_type() -> None:
    assert mapped([("email", "a@works.example")]).leads[0].type == "other"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ([("marketing", "0"), ("marketing", "on")], True),
        ([("marketing", "0")], False),
        ([("marketing", "yes")], True),
        ([("marketing", "")], False),
        ([], None),
    ],
)
def test_a_ticked_box_an_empty_box_and_no_box_are_three_things(fields: Any, said: bool | None) -> None:
    (lead,) = mapped([("email", "a@works.example"), *fields]).leads
    assert lead.marketing_checkbox is said


def test_the_field_people_do_not_see_is_kept_for_the_judgement_of_spam() -> None:
    (lead,) = mapped([("email", "a@works.example"), ("honeypot", "http://spam.example")]).leads
    assert lead.honeypot == "http://spam.example"


def test_a_page_of_another_century_sends_windows_1252() -> None:
    found = mapped(b"first_name=Ren%E9e&email=r%40works.example", URLENCODED)
    assert found.leads[0].first_name == "Renée"
    assert found.notes == ("the form is not in the charset it declares: read as windows-1252",)


def test_a_declared_charset_is_obeyed() -> None:
    found = mapped(b"first_name=Ren\xe9e", f"{URLENCODED}; charset=ISO-8859-1")
    assert found.leads[0].first_name == "Renée"


def test_marks_that_disguise_a_text_are_taken_out() -> None:
    found = mapped([("first_name", "\u202eevE\u202c"), ("email", "e@works.example\x00")])
    assert (found.leads[0].first_name, found.leads[0].email) == ("evE", "e@works.example")
    assert "email: characters that are not allowed were taken out" in found.notes


def test_what_is_no_address_is_absent_and_the_note_does_not_repeat_it() -> None:
    found = mapped([("email", "call me instead"), ("phone", "555")])
    assert found.leads[0].email is None and found.leads[0].phone == "555"
    assert found.notes == ("email: is not an e-mail address",)


def test_a_message_longer_than_its_field_is_cut() -> None:
    found = mapped([("message", "x" * 6000)])
    assert len(found.leads[0].message) == 5000
    assert found.notes == ("message: cut to 5000 characters",)


def test_what_the_mapping_does_not_name_is_kept_beside_the_lead() -> None:
    (lead,) = mapped([("email", "a@works.example"), ("00N1", "x"), ("g-recaptcha-response", "t")]).leads
    assert lead.extra == {"00N1": "x"}


def test_a_form_of_many_unknown_fields_keeps_fifty() -> None:
    found = mapped([(f"f{n}", "x") for n in range(80)])
    assert len(found.leads[0].extra) == 50
    assert found.notes == ("extra: only the first 50 fields were kept",)


def test_a_referral_names_who_referred() -> None:
    (lead,) = mapped([("form", "referral"), ("referred_by_name", "T. Lang")]).leads
    assert lead.referrer.name == "T. Lang"
