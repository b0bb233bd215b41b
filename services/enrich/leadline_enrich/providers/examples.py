"""The examples inside a vendor's file, run when it is loaded: a mapping that does not do what it says is refused."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final

from pydantic_core import to_jsonable_python

from leadline_enrich.core.questions import Question
from leadline_enrich.core.vendor_request import askable, built
from leadline_enrich.core.vendor_rules import VendorRules
from leadline_enrich.providers.models import Example, Sends
from leadline_enrich.providers.reading import heard
from leadline_enrich.providers.requests import masks
from leadline_runtime.core.matchers import Place
from leadline_runtime.outbound import Got
from leadline_runtime.rules_faults import Faults

NOW: Final = datetime(2100, 1, 1, tzinfo=UTC)  # an example may show any date


def check_examples(vendor: VendorRules, examples: Sequence[Example], place: Place, faults: Faults) -> None:
    """Run every example; what one gave instead goes to `faults`."""
    for number, example in enumerate(examples):
        faults.take(partial(_check, vendor, example, place.at(f"examples[{number}]"), faults), None)


def _check(vendor: VendorRules, example: Example, place: Place, faults: Faults) -> None:
    question = Question(**example.asks)
    if not askable(vendor.template, question):
        raise place.at("asks").error(f"does not give all that the request needs: {', '.join(sorted(vendor.inputs))}")

    def expect(name: str, found: Any, wanted: Any) -> None:
        if found != wanted:
            faults.found.append(place.at(name).error(f"expected {wanted!r}, got {found!r}"))

    if example.sends is not None:
        _check_sent(vendor, question, example.sends, expect)
    if example.body is not None and example.json_ is not None:
        raise place.error("has both `body`, the text as it is sent, and `json`, a value; give one")
    body = example.body.encode() if example.body is not None else json.dumps(to_jsonable_python(example.json_)).encode()
    (told,) = heard(vendor, Got("application/json", body, example.status), [question], NOW).values()
    answer, gives = told.answer, example.gives
    expect("gives.status", answer.status, gives.status)
    expect("gives.reason", answer.reason, gives.reason)
    expect("gives.values", answer.values, gives.values)
    expect("gives.confidence", answer.confidence, gives.confidence)
    expect("gives.notes", [f"{name}: {note}" for name, note in told.notes], list(gives.notes))
    if gives.stated_at is not None:
        expect("gives.stated_at", to_jsonable_python(answer.stated_at), gives.stated_at)


def _check_sent(vendor: VendorRules, question: Question, wanted: Sends, expect: Any) -> None:
    sent = built(vendor.template, [question], masks(vendor.template))
    expect("sends.url", sent.url, wanted.url)
    if wanted.headers is not None:
        given = {name.lower(): value for name, value in sent.headers.items()}
        for name, value in wanted.headers.items():
            expect(f"sends.headers.{name}", given.get(name.lower()), value)
    if wanted.body is not None:
        expect("sends.body", None if sent.body is None else json.loads(sent.body), wanted.body)
