"""What Typeform posts, by its documented shape, becomes a lead."""

from typing import Any

from leadline_capture.core.mapping import submissions
from tests.support.submissions import shipped_sources, webhook


def answer(ref: str, kind: str, value: Any, field_id: str = "") -> dict[str, Any]:
    return {"type": kind, kind: value, "field": {"id": field_id or ref.upper(), "type": "short_text", "ref": ref}}


def response(*answers: Any, **more: Any) -> dict[str, Any]:
    return {
        "event_id": "LtWXD3crgy",
        "event_type": "form_response",
        "form_response": {
            "form_id": "lT4Z3j",
            "token": "a3a12ec67a1365927098a606107fac15",
            "submitted_at": "2026-03-01T18:17:02Z",
            "answers": list(answers),
            **more,
        },
    }


def mapped(body: Any) -> Any:
    return submissions(webhook("typeform", body), shipped_sources())


def test_answers_are_found_by_reference_whatever_their_order() -> None:
    (lead,) = mapped(
        response(
            answer("company", "text", "Lian Works"),
            answer("marketing", "boolean", False),
            answer("email", "email", "lian@works.example"),
            answer("employees", "number", 250),
            answer("first_name", "text", "Lian"),
        )
    ).leads
    assert (lead.first_name, lead.company, lead.email) == ("Lian", "Lian Works", "lian@works.example")
    assert lead.employees == 250
    assert lead.marketing_checkbox is False
    assert lead.occurred_at.isoformat() == "2026-03-01T18:17:02+00:00"


def test_a_choice_gives_its_label_and_several_choices_all_of_them() -> None:
    (lead,) = mapped(
        response(
            answer("country", "choice", {"label": "Germany"}),
            answer("tools", "choices", {"labels": ["SAP", "Excel"]}),
            answer("email", "email", "a@works.example"),
        )
    ).leads
    assert lead.country == "Germany"
    assert lead.extra["tools"] == "SAP, Excel"


def test_without_references_an_address_is_found_by_its_type_and_a_company_by_its_title() -> None:
    (lead,) = mapped(
        response(
            answer("8c2a", "text", "Lian Works", field_id="F1"),
            answer("01f1", "email", "lian@works.example"),
            answer("77aa", "phone_number", "+44 20 7946 0018"),
            definition={"title": "Talk to us", "fields": [{"id": "F1", "ref": "8c2a", "title": "Company:"}]},
        )
    ).leads
    assert (lead.company, lead.email, lead.phone) == ("Lian Works", "lian@works.example", "+44 20 7946 0018")
    assert lead.source_detail == "Talk to us"


def test_hidden_fields_say_where_the_person_came_from() -> None:
    (lead,) = mapped(
        response(answer("email", "email", "a@b.example"), hidden={"utm_source": "news", "gclid": "C1"})
    ).leads
    assert (lead.attribution.utm_source, lead.attribution.click_id) == ("news", "C1")


def test_a_ping_without_a_response_is_no_lead_and_says_so() -> None:
    found = mapped({"event_id": "x", "event_type": "ping"})
    assert found.leads == ()
    assert "the body holds no item that the mapping speaks of" in found.notes


def test_answers_of_a_wrong_kind_are_absent() -> None:
    found = mapped(response(None, 5, {"type": "email"}, {"field": None, "email": "a@b.example"}))
    assert found.leads[0].email is None


def test_null_where_a_list_was_is_no_error() -> None:
    body = response()
    body["form_response"]["answers"] = None
    assert len(mapped(body).leads) == 1
