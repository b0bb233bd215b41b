"""What a Google Ads lead form posts, by its documented shape, becomes a lead."""

from typing import Any

from leadline_capture.core.mapping import submissions
from leadline_capture.core.own_ids import own_id
from leadline_capture.core.surroundings import Surroundings
from tests.support.submissions import shipped_sources, webhook


def column(column_id: str, value: Any, **more: Any) -> dict[str, Any]:
    return {"column_id": column_id, "string_value": value, **more}


def google_lead(*columns: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "lead_id": "lead-1",
        "api_version": "1.0",
        "form_id": 40_000_000_001,
        "campaign_id": 7,
        "google_key": "k",
        "user_column_data": list(columns),
        **more,
    }


def mapped(body: Any) -> Any:
    return submissions(webhook("google_ads", body), shipped_sources())


def test_a_lead_with_its_columns_in_any_order() -> None:
    found = mapped(
        google_lead(
            column("PHONE_NUMBER", "+1 650-555-0123", column_name="User Phone"),
            column("COMPANY_NAME", "Works Inc."),
            column("EMAIL", "ada@works.example", column_name="User Email"),
            column("FULL_NAME", "Ada Example"),
        )
    )
    (lead,) = found.leads
    assert (lead.name, lead.email, lead.phone, lead.company) == (
        "Ada Example", "ada@works.example", "+1 650-555-0123", "Works Inc.",
    )  # fmt: skip
    assert (lead.source, lead.source_detail, lead.type) == ("google_ads", "40000000001", "contact_sales")
    assert (lead.external_id.system, lead.external_id.id) == ("google_ads", "lead-1")
    assert found.notes == () and not found.test


def test_a_work_address_goes_before_a_private_one() -> None:
    (lead,) = mapped(google_lead(column("EMAIL", "ada@home.example"), column("WORK_EMAIL", "ada@works.example"))).leads
    assert lead.email == "ada@works.example"


def test_a_custom_question_without_a_column_name_is_kept_beside_the_lead() -> None:
    (lead,) = mapped(google_lead(column("EMAIL", "a@works.example"), column("which_erp?", "Other"))).leads
    assert lead.extra == {"which_erp?": "Other"}


def test_ids_beyond_a_float_keep_all_their_digits() -> None:
    (lead,) = mapped(google_lead(column("EMAIL", "a@works.example"), campaign_id=9_223_372_036_854_775_807)).leads
    assert lead.attribution.utm_campaign == "9223372036854775807"


def test_a_test_lead_is_told_and_its_shared_id_does_not_count_as_its_own() -> None:
    body = google_lead(column("EMAIL", "test@example.com"), is_test=True)
    found = mapped(body)
    assert found.test and found.leads[0].test
    google = shipped_sources().sources["google_ads"]
    assert own_id(google, Surroundings(body)) is None
    assert own_id(google, Surroundings({**body, "is_test": False})) == "lead-1"


def test_odd_columns_cost_only_themselves() -> None:
    found = mapped(
        google_lead(
            column("EMAIL", ["ada@works.example"]),
            column("FULL_NAME", None),
            column("PHONE_NUMBER", {"unexpected": 1}),
            column("JOB_TITLE", ""),
            {"string_value": "a column without an id"},
            "not even an object",  # type: ignore[arg-type]
        )
    )
    (lead,) = found.leads
    assert (lead.email, lead.name, lead.phone, lead.title) == ("ada@works.example", None, None, None)
    assert "phone: is an object where a text was expected" in found.notes


def test_no_columns_at_all_still_give_a_lead_that_says_what_it_lacks() -> None:
    (lead,) = mapped({"lead_id": "lead-2", "google_key": "k"}).leads
    assert lead.email is None and lead.external_id.id == "lead-2"


def test_several_leads_in_one_post_are_several_leads() -> None:
    found = mapped([google_lead(column("EMAIL", f"{n}@works.example"), lead_id=f"l{n}") for n in range(3)])
    assert [lead.email for lead in found.leads] == ["0@works.example", "1@works.example", "2@works.example"]
