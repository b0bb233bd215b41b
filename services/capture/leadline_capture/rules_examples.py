"""The examples inside capture's rules files, run when the files are loaded."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from leadline_capture.core.emails import read_email
from leadline_capture.core.lead_reading import Submission, read_lead
from leadline_capture.core.receipt import CaptureTables, Receipt
from leadline_capture.core.spam import Filled, spam_reason
from leadline_runtime.durations import Duration
from leadline_runtime.rules import RulesError, RulesModel
from leadline_schemas.payloads import LeadPayload

AT = datetime(2026, 3, 10, 10, tzinfo=UTC)
RECEIPT = Receipt(UUID(int=1), AT, "example", "website_form", trusted=True)


class KeyExample(RulesModel):
    """An address, its match key (none: no address), and if several people read it."""

    name: str
    email: str
    key: str | None
    role: bool = False


class SpamExample(RulesModel):
    """A submission and why it is kept apart. `shown`: how long before its receipt the form was shown, by the time that
    it tells; `took`: how long it was filled in, by the page's own clock; `signed`: whether the time is signed."""

    name: str
    email: str
    honeypot: str | None = None
    shown: Duration | None = None
    took: Duration | None = None
    signed: bool | None = None
    reason: str | None


class CaptureExample(RulesModel):
    """A payload and what is read from it: normal forms by field, `trust`, `channel`."""

    name: str
    payload: dict[str, Any]
    gives: dict[str, Any]


def check_keys(examples: Iterable[KeyExample], tables: CaptureTables, file: str) -> None:
    """Raises RulesError for the first that does not hold."""
    for number, example in enumerate(examples):
        address = read_email(example.email, tables.words.roles)
        got = (address.key if address else None, address.role if address else False)
        _same(got, (example.key, example.role), f"examples[{number}] ({example.name})", file)


def check_spam(examples: Iterable[SpamExample], tables: CaptureTables, file: str) -> None:
    """Raises RulesError for the first that does not hold."""
    for number, example in enumerate(examples):
        shown = AT - example.shown if example.shown is not None else None
        filled = Filled(example.honeypot, shown, example.took, example.signed)
        got = spam_reason(filled, example.email.rpartition("@")[2], AT, tables.spam)
        _same(got, example.reason, f"examples[{number}] ({example.name})", file)


def check_capture(examples: Iterable[CaptureExample], tables: CaptureTables, file: str) -> None:
    """Raises RulesError for the first that does not hold."""
    for number, example in enumerate(examples):
        path = f"examples[{number}] ({example.name})"
        try:
            payload = LeadPayload.model_validate(example.payload)
        except ValueError:
            raise RulesError(
                file, f"{path}.payload", "is no lead payload; it takes the fields of POST /v1/leads"
            ) from None
        said = read_lead(payload, RECEIPT, tables)
        assert isinstance(said, Submission)
        forms: dict[str, Any] = {"trust": said.evidence.trust, "channel": said.touch.channel if said.touch else None}
        for value in said.values:
            forms.update(value.shown if isinstance(value.shown, dict) else {value.field: value.shown})
            if value.field == "company":
                forms["company"] = value.form
        for field, wanted in example.gives.items():
            _same(forms.get(field), wanted, f"{path}.gives.{field}", file)


def _same(got: Any, wanted: Any, path: str, file: str) -> None:
    if got != wanted:
        raise RulesError(file, path, f"gives {got!r}, the example says {wanted!r}; correct the one that is wrong")
