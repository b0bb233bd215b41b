"""Our own payloads, from the API (checked at the door) and from Kafka (checked by nobody)."""

import json
from typing import Any

import pytest

from leadline_capture.core.mapping import submissions
from leadline_runtime.outcomes import Never
from tests.support.submissions import shipped_sources, submission


def mapped(body: Any, way: str = "leads", **more: Any) -> Any:
    return submissions(submission(body, way=way, **more), shipped_sources())


def test_a_lead_is_taken_as_it_is() -> None:
    found = mapped({"email": "a@works.example", "type": "trial_signup", "test": True})
    assert found.leads[0].type == "trial_signup" and found.test
    assert found.activities == () and found.notes == ()


def test_an_activity_is_taken_as_it_is() -> None:
    found = mapped({"kind": "page.viewed", "tag": "pricing", "anonymous_id": "anon-1"}, way="activities")
    assert found.activities[0].tag == "pricing" and found.leads == ()


def test_from_kafka_a_faulty_field_costs_only_itself() -> None:
    found = mapped(
        {
            "email": ["not", "text"],
            "phone": 5,
            "type": "no_such_type",
            "name": "Ada",
            "employees": -1,
            "external_id": {"system": "crm"},
            "consent": [{"purpose": "marketing"}, {"purpose": "marketing", "state": "granted"}, 7],
            "extra": {"a": 1, "b": "kept"},
        },
        way="kafka",
    )
    (lead,) = found.leads
    assert (lead.name, lead.email, lead.phone, lead.type, lead.employees) == ("Ada", None, None, None, None)
    assert lead.external_id is None
    assert [said.state for said in lead.consent] == ["granted"]
    assert lead.extra == {"b": "kept"}
    assert "email: must be text" in found.notes
    assert "consent[0].state: is required" in found.notes


def test_an_activity_of_no_kind_is_of_the_kind_other() -> None:
    found = mapped({"email": "a@works.example"}, way="activities")
    assert (found.activities[0].kind, found.activities[0].email) == ("other", "a@works.example")


def test_a_lone_surrogate_costs_only_its_field() -> None:
    found = mapped(json.dumps({"email": "a@works.example", "name": "half \ud83d"}), way="kafka")
    assert (found.leads[0].email, found.leads[0].name) == ("a@works.example", None)


@pytest.mark.parametrize("body", ["", "no json", "[]", "5", '"text"', "{" * 100_000, '[{"a":1},{"b":2}]'])
@pytest.mark.parametrize("way", ["leads", "activities", "kafka"])
def test_what_is_no_object_can_never_be_read(body: str, way: str) -> None:
    with pytest.raises(Never) as refused:
        mapped(body, way=way)
    assert refused.value.failure_class == "body_undecodable"


def test_a_producer_that_writes_nan_for_nothing_loses_nothing() -> None:
    found = mapped('{"email": "a@works.example", "employees": NaN}', way="kafka")
    assert (found.leads[0].email, found.leads[0].employees) == ("a@works.example", None)
    assert found.notes == ("NaN is no JSON: read as null",)


def test_bytes_that_are_no_text_can_never_be_read() -> None:
    with pytest.raises(Never):
        mapped(b"\xff\xfe{}")
    with pytest.raises(Never):
        submissions(submission({}, way="kafka").model_copy(update={"body_encoding": "base64"}), shipped_sources())


def test_a_source_that_is_no_longer_declared_is_a_dead_letter_that_can_be_retried() -> None:
    with pytest.raises(Never) as refused:
        mapped({}, way="source", source="gone")
    assert refused.value.failure_class == "unknown_source"
