"""Rules files that must not be used say where they are wrong; capture's metrics count what was told."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import REGISTRY

from leadline_capture.core.spam import QUARANTINE_REASONS, SPAM_REASONS, Filled, SpamRules, spam_reason
from leadline_capture.metrics import FLAGS, measure
from leadline_capture.rules import SPEC, build
from leadline_capture.state import LeadCodec
from leadline_runtime.decision import Emit
from leadline_runtime.rules import RulesError, read_yaml
from leadline_schemas.topics import LEAD_CAPTURED
from tests.unit.capture.story import Capture


def contents() -> dict[str, Any]:
    folder = files("leadline_capture") / "rules"
    return {name: read_yaml(name, (folder / name).read_text(encoding="utf-8")) for name in SPEC.files}


SHIPPED = contents()
SPAM = SpamRules(frozenset({"bad.example"}), timedelta(seconds=2), timedelta(days=7))


def broken(file: str, path: list[Any], value: Any) -> dict[str, Any]:
    """The shipped rules with one thing changed."""
    found = deepcopy(SHIPPED)
    inner = found[file]
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return found


@pytest.mark.parametrize(
    ("file", "path", "value", "says"),
    [
        ("identity.yaml", ["hold_acts_for"], "90", "identity.yaml: hold_acts_for: .*15 min"),
        ("identity.yaml", ["weak_above"], 3, "identity.yaml: weak_above: "),
        (
            "identity.yaml",
            ["examples", 0, "key"],
            "b@x.example",
            r"examples\[0\] \(case.*the example says",
        ),
        ("spam.yaml", ["domains"], ["no domain"], "spam.yaml: domains"),
        ("spam.yaml", ["examples", 2, "reason"], None, r"spam.yaml: examples\[2\]"),
        ("capture.yaml", ["sources"], {"crm": {"trust": 90, "segment": "inbound", "channel": "crm"}}, "website_form"),
        ("capture.yaml", ["sources", "crm", "trust"], 101, "capture.yaml: sources.crm.trust"),
        ("capture.yaml", ["channels", 0, "when"], {"medum": "cpc"}, r"channels\[0\].when.*medium"),
        ("capture.yaml", ["timelines", 12], ["now"], "capture.yaml: timelines: has 'now' under both"),
        ("capture.yaml", ["examples", 0, "payload"], {"employees": -1}, r"examples\[0\].*payload: is no lead payload"),
        ("capture.yaml", ["examples", 0, "gives", "trust"], 51, r"examples\[0\].*gives.trust: gives 50"),
    ],
)
def test_a_wrong_file_says_where_and_what(file: str, path: list[Any], value: Any, says: str) -> None:
    with pytest.raises(RulesError, match=says):
        build(broken(file, path, value))


def test_what_is_known_survives_its_bytes() -> None:
    capture, codec = Capture(), LeadCodec()
    payload = {"email": "ann@x.example", "name": "Ann Lee", "employees": 5, "country": "US", "phone": "2125550101"}
    capture.lead({**payload, "marketing_checkbox": True, "external_id": {"system": "sf", "id": "1"}}, trusted=True)
    capture.lead({**payload, "name": "Bob"}, source="crm", trusted=True)
    capture.act({"kind": "nurture.sent", "email": "ann@x.example"})
    known = capture.body("L1")
    assert codec.decode(codec.encode(known)) == known
    assert codec.encode(codec.decode(codec.encode(known))) == codec.encode(known)
    assert known.known_acts and known.marketing and known.external_ids and known.activity_revision == 3


def count(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0


def test_what_was_told_is_counted_once() -> None:
    capture = Capture()
    told = [
        capture.lead({"email": "ann@x.example"}),
        capture.lead({"email": "ann@x.example", "occurred_at": "2026-01-01T00:00:00Z"}),
        capture.lead({"email": "ann@x.example", "test": True}),
        capture.lead({"email": "ann@x.example", "honeypot": "x"}),
    ]
    watched = [
        ("leadline_leads_captured_total", {"source": "website_form", "outcome": "created"}),
        ("leadline_leads_captured_total", {"source": "website_form", "outcome": "merged_into"}),
        ("leadline_leads_captured_total", {"source": "website_form", "outcome": "quarantined"}),
        ("leadline_quarantined_total", {"reason": "test"}),
        ("leadline_quarantined_total", {"reason": "spam_honeypot"}),
        ("leadline_late_submissions_total", {"flag": "too_late"}),
    ]
    before = [count(name, **labels) for name, labels in watched]
    measure([Emit(LEAD_CAPTURED, event, event.lead_id) for one in told for event in one.events])
    assert [count(name, **labels) - was for (name, labels), was in zip(watched, before, strict=True)] == [1] * 6


def test_every_reason_for_keeping_apart_is_counted_from_nought_and_explained() -> None:
    docs = Path(__file__).parents[3] / "docs"
    told = (docs / "forms.md").read_text("utf-8") + (docs / "services" / "capture.md").read_text("utf-8")
    for reason in QUARANTINE_REASONS:
        assert REGISTRY.get_sample_value("leadline_quarantined_total", {"reason": reason}) is not None
        assert f"`{reason}`" in told or f"({reason})" in told, f"{reason} stands neither in forms.md nor in capture.md"
    for flag in FLAGS:
        assert REGISTRY.get_sample_value("leadline_late_submissions_total", {"flag": flag}) is not None


@given(
    st.builds(
        Filled,
        st.sampled_from([None, "", "x"]),
        st.none() | st.datetimes(timezones=st.just(UTC)),
        st.none() | st.timedeltas(timedelta(days=-1), timedelta(days=1)),
        st.none() | st.booleans(),
    ),
    st.sampled_from([None, "x.example", "mail.bad.example", "bad.example"]),
)
def test_whatever_a_form_says_its_reason_is_a_known_one(filled: Filled, domain: str | None) -> None:
    found = spam_reason(filled, domain, datetime(2026, 3, 5, tzinfo=UTC), SPAM)
    assert found is None or found in SPAM_REASONS
