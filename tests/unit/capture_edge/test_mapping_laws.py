"""Laws of the mapping: whatever comes, it ends in payloads and notes, or in Never; the same comes out each time."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_capture.core.mapping import submissions
from leadline_runtime.outcomes import Never
from tests.support.submissions import shipped_sources, submission, webhook

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
NAMES = st.sampled_from(
    ["user_column_data", "column_id", "string_value", "form_response", "answers", "field", "ref", "type", "email",
     "choice", "label", "hidden", "definition", "is_test", "lead_id", "form", "marketing", "EMAIL", "extra", "consent",
     "purpose", "state", "external_id", "system", "id", "occurred_at", "kind", "employees"]
) | st.text(max_size=5)  # fmt: skip
DOCUMENTS = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=6), max_leaves=25
)
SHAPED = st.fixed_dictionaries(
    {
        "user_column_data": DOCUMENTS,
        "form_response": st.fixed_dictionaries({"answers": DOCUMENTS, "definition": DOCUMENTS, "hidden": DOCUMENTS}),
    }
)


@given(source=st.sampled_from(["google_ads", "typeform"]), body=DOCUMENTS | SHAPED)
@settings(max_examples=50, deadline=None)
def test_no_json_whatever_raises(source: str, body: Any) -> None:
    found = submissions(webhook(source, json.dumps(body)), shipped_sources())
    assert repr(found) == repr(submissions(webhook(source, json.dumps(body)), shipped_sources()))
    assert all(isinstance(note, str) for note in found.notes)


@given(data=st.binary(max_size=300), multipart=st.booleans())
@settings(max_examples=50, deadline=None)
def test_no_bytes_whatever_raise_anything_but_never(data: bytes, multipart: bool) -> None:
    kind = "multipart/form-data; boundary=b" if multipart else "application/x-www-form-urlencoded"
    for source, content_type in (("website_form", kind), ("google_ads", "application/json")):
        try:
            submissions(webhook(source, data, content_type), shipped_sources())
        except Never as refused:
            assert refused.failure_class == "body_undecodable"


@given(body=st.dictionaries(NAMES, DOCUMENTS, max_size=8), way=st.sampled_from(["leads", "kafka", "activities"]))
@settings(max_examples=50, deadline=None)
def test_no_object_of_ours_raises_and_no_note_repeats_a_value(body: dict[str, Any], way: str) -> None:
    body = {**body, "name": ["Canary Quill"], "phone": {"x": "canary-555-0100"}}
    found = submissions(submission(json.dumps(body), way=way), shipped_sources())
    assert len(found.leads) + len(found.activities) == 1
    assert not any("anary" in note for note in found.notes)


@pytest.mark.parametrize("depth", [3, 60, 200, 100_000])
def test_depth_ends_in_a_lead_or_in_never(depth: int) -> None:
    body = '{"user_column_data":' + "[" * depth + "]" * depth + "}"
    try:
        assert len(submissions(webhook("google_ads", body), shipped_sources()).leads) == 1
        assert depth <= 63
    except Never:
        assert depth > 63
