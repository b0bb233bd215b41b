"""What the step makes of a form: robots are kept apart, a form sent twice is one request."""

from datetime import timedelta
from typing import Any

import pytest

from leadline_capture.core.repeats import fingerprint, repeat_id
from leadline_capture.core.stamps import stamped
from leadline_schemas.received import Authentication
from tests.unit.capture.story import NOW, Capture, Told

FORM = "application/x-www-form-urlencoded"
WITHIN = timedelta(seconds=60)


def sent(capture: Capture, body: str, kind: str = FORM, **more: Any) -> Told:
    """The form as the door hands it on."""
    told = Authentication(method="none", key_id="form-key")
    submission = repeat_id("website_form", fingerprint(body.encode(), kind), None, capture.now, WITHIN)
    given = {"content_type": kind, "submission_id": submission, "authentication": told, **more}
    return capture.lead(body, way="source", source="website_form", **given)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ("honeypot=http%3A%2F%2Fspam", "spam_honeypot"),
        ("filled_in_ms=300", "spam_too_fast"),
        ("rendered_at=2026-03-10T09:59:59Z", "spam_too_fast"),
        ("rendered_at=1773136799", "spam_too_fast"),
        ("rendered_at=1773136799123", "spam_too_fast"),
        ("rendered_at=2026-03-10T09:59:59Z&filled_in_ms=9000", None),
        ("rendered_at=2026-03-10T10:00:05Z", None),
        ("rendered_at=soon&filled_in_ms=fast", None),
        ("filled_in_ms=2000", None),
        ("", None),
    ],
)
def test_a_robot_is_kept_apart_and_a_person_is_not(fields: str, reason: str | None) -> None:
    told = sent(Capture(), f"form=demo&email=ann%40works.example&{fields}")
    found = told.captured.quarantine
    assert (found.reason if found else None) == reason
    assert told.captured.outcome == ("quarantined" if reason else "created")
    assert not set(told.lead.extra) & {"rendered_at", "filled_in_ms", "honeypot", "page_id"}


@pytest.mark.parametrize(
    ("signed", "seconds_ago", "reason"),
    [
        (True, 30, None),
        (True, 1, "spam_too_fast"),
        (True, 8 * 86_400, "spam_old_stamp"),
        (False, 30, "spam_not_signed"),
    ],
)
def test_a_signed_time_is_worth_more_than_what_anybody_can_write(
    signed: bool, seconds_ago: int, reason: str | None
) -> None:
    stamp = stamped("secret", int(NOW.timestamp()) - seconds_ago)
    told = sent(Capture(), f"email=ann%40works.example&filled_in_ms=9000&rendered_at={stamp}", form_signed=signed)
    found = told.captured.quarantine
    assert (found.reason if found else None) == reason


@pytest.mark.parametrize("begin", [0, 58])
def test_a_double_click_is_one_request_wherever_the_window_is_cut(begin: int) -> None:
    capture = Capture().at(NOW + timedelta(seconds=begin))
    body = "form=demo&email=ann%40works.example"
    first = sent(capture, body)
    again = sent(capture.at(capture.now + timedelta(seconds=3)), body)
    assert (first.told, again.told, again.events) == ("emitted", "duplicate", [])
    later = sent(capture.at(capture.now + timedelta(minutes=2)), body)
    assert later.captured.outcome == "merged_into" and len(later.captured.acts) == 2


def test_a_form_that_was_corrected_is_a_request_of_the_same_lead() -> None:
    capture = Capture()
    first = sent(capture, "form=demo&email=ann%40works.example")
    again = sent(capture, "form=demo&email=ann%40works.example&phone=%2B12125550101")
    assert again.captured.lead_id == first.captured.lead_id and again.lead.phone == "+12125550101"


def test_a_browser_that_sends_a_form_again_under_another_boundary_is_no_fault() -> None:
    capture = Capture()

    def multipart(mark: str) -> Told:
        body = f'--{mark}\r\nContent-Disposition: form-data; name="email"\r\n\r\nann@works.example\r\n--{mark}--\r\n'
        return sent(capture, body, f"multipart/form-data; boundary={mark}")

    assert multipart("one").told == "emitted" and multipart("other").told == "duplicate"
