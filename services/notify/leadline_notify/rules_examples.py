"""The examples of notify.yaml: for every kind what somebody reads. A file whose examples fail is not used."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter, ValidationError

from leadline_notify.core.book import Contact, NotifyRules
from leadline_notify.core.content import Content
from leadline_notify.core.wording import worded
from leadline_notify.rules_file import FILE, ExampleModel, NotifyFile
from leadline_runtime.core.calendar import Calendar
from leadline_runtime.core.errors import all_of
from leadline_runtime.rules import RulesError

LEAD: Final = UUID("019cd8d5-4b40-8a3c-9a41-5f1c6d1e2b30")
AT: Final = datetime(2026, 3, 10, 10, 0, tzinfo=UTC)
LINK: Final = f"https://leads.example/{LEAD}"
READER: Final = "ana"
_CONTENT: Final = TypeAdapter(Content)


def check_examples(file: NotifyFile, rules: NotifyRules) -> None:
    """Raises RulesError for a kind without an example, and for each example that reads otherwise."""
    faults: list[RulesError] = []
    shown = {example.kind for example in file.examples}
    for kind in rules.kinds:
        if kind not in shown:
            faults.append(RulesError(FILE, "examples", f"there is none of {kind}: show once what somebody reads"))
    for index, example in enumerate(file.examples):
        faults += _check(example, f"examples.{index} ({example.name})", rules)
    if faults:
        raise all_of(faults)


def _check(example: ExampleModel, path: str, rules: NotifyRules) -> list[RulesError]:
    if example.kind not in rules.kinds:
        return [RulesError(FILE, f"{path}.kind", f"notices say nothing of {example.kind}")]
    try:
        content = _CONTENT.validate_python({"kind": example.kind, "lead_id": LEAD, "at": AT, **example.given})
    except ValidationError as error:
        wrong = sorted({str(each["loc"][0]) for each in error.errors()})
        return [RulesError(FILE, f"{path}.given", f"{', '.join(wrong)}: no value of that kind")]
    if unknown := sorted(set(example.given) - set(Content.__dataclass_fields__)):
        return [RulesError(FILE, f"{path}.given", f"{', '.join(unknown)}: a notice has no such field")]
    hours = Calendar("always", ZoneInfo(example.zone), [((0, 1440),)] * 7)
    reads = NotifyRules(
        rules.kinds, {READER: Contact(READER, {}, hours)}, {}, rules.digest, rules.retry, rules.max_age, rules.words
    )
    found = worded(content, READER, LINK, reads)
    assert found is not None
    faults = []
    if found.subject != example.subject:
        faults.append(RulesError(FILE, f"{path}.subject", f"reads {found.subject!r}"))
    if example.text is not None and found.text.split() != example.text.split():
        faults.append(RulesError(FILE, f"{path}.text", f"reads {found.text!r}"))
    return faults
