"""What a row becomes: nothing is lost, everything odd is told, and never a value in a reason."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from leadline_capture.core.csv_columns import columns
from leadline_capture.core.csv_lead import Imported, Plan, imported
from leadline_capture.core.csv_rows import Row
from leadline_capture.core.csv_targets import NAMES
from leadline_schemas.payloads import LeadPayload
from tests.unit.capture_import.tables import WORDS, leads_of, table_of

LEAD = TypeAdapter(LeadPayload)
TARGETS = [
    name.replace("SYSTEM", "crm").replace("PURPOSE", "marketing").replace("[.CHANNEL]", ".email") for name in NAMES
]


@pytest.fixture
def lead(tmp_path: Path) -> Any:
    """The one row of a little file."""

    def read(text: str, **options: Any) -> Imported:
        path = tmp_path / "a.csv"
        path.write_text(text, encoding="utf-8")
        (found,) = leads_of(path, **options)
        return found

    return read


ODD = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["a@b", "a@x.example, b@x.example", "yes", "no", "1,000", "=1+1", "\x00", "\u202e", "x" * 300]),
    st.sampled_from(["2026-01-02", "02/01/2026", "crm", "9" * 80, "newsletter", "x" * 6000, "\ud800"]),
)


@settings(deadline=None)
@given(targets=st.lists(st.sampled_from(TARGETS), min_size=1, max_size=8), data=st.data())
def test_any_row_becomes_what_the_door_takes(targets: list[str], data: st.DataObject) -> None:
    cells = data.draw(st.lists(ODD, min_size=len(targets), max_size=len(targets)))
    header = data.draw(st.lists(ODD, min_size=len(targets), max_size=len(targets)))
    given_ = {f"#{place}": name for place, name in enumerate(targets, 1)}
    plan = Plan("f", columns(header, (), WORDS, given_, None))
    found = imported(Row(1, 2, tuple(cells)), plan)
    assert found.payload is not None
    valid = LEAD.validate_python(found.payload, extra="forbid")
    assert valid.source is not None and valid.historical and found == imported(Row(1, 2, tuple(cells)), plan)
    for note in found.notes:
        assert not any(cell in note for cell in cells if len(cell) > 9 and cell not in header), "no value is repeated"


@settings(deadline=None)
@given(number=st.integers(1, 9), other=st.integers(1, 9), name=st.text("ab", max_size=2))
def test_the_same_row_of_the_same_file_is_the_same_submission(number: int, other: int, name: str) -> None:
    plan = Plan("f", columns(["Email", "Name"], (), WORDS, {}, None))

    def named(row: int, text: str, of: Plan = plan) -> Any:
        made = imported(Row(row, row, ("a@x.example", text)), of).payload
        return made and made["id"]

    assert named(number, name) == named(number, name)
    assert (named(number, name) == named(other, name)) == (number == other)
    assert named(number, "a") != named(number, "b"), "another content under the same id would be a dead letter"
    assert named(number, name) != named(number, name, Plan("g", plan.columns))


def test_a_row_with_an_id_of_its_own_is_the_same_in_the_next_export(lead: Any) -> None:
    said = {"mapping": {"Number": "id"}}
    first = lead("Number,Email\n77,a@x.example\n", **said)
    again = lead("Email,Number,Phone\na@x.example,77,\n", **said)
    changed = lead("Number,Email\n77,b@x.example\n", **said)
    assert first.payload["id"] == again.payload["id"] != changed.payload["id"]


def test_values_that_do_not_fit_are_kept_and_told(lead: Any) -> None:
    found = lead("Email,Employees,Country,Mobile,Phone\nann at x,ten,Mars,+49 30 1,+49 30 2\n")
    assert found.payload["extra"] == {"Email": "ann at x", "Employees": "ten", "Phone": "+49 30 2"}
    assert found.payload["phone"] == "+49 30 1" and found.payload["country"] == "Mars"
    assert found.notes == (
        "Email: is not an e-mail address; kept as it is",
        "Employees: is not a whole number",
    )


def test_an_address_is_found_among_words(lead: Any) -> None:
    named = lead("Email\nAnn Lee <ann@x.example>\n")
    assert named.payload["email"] == "ann@x.example" and "extra" not in named.payload
    several = lead('Email,Name\n"ann@x.example; bob@y.example",Ann\n')
    assert several.payload["email"] == "ann@x.example"
    assert several.payload["extra"] == {"Email": "ann@x.example; bob@y.example"}


def test_consent_is_only_what_somebody_said_it_is(lead: Any) -> None:
    text = "Email,Unsubscribed,Do not call,Newsletter\na@x.example,yes,no,yes\n"
    assert lead(text).payload["consent"] == [{"purpose": "marketing", "channel": "email", "state": "withdrawn"}]
    said = lead(text.replace("yes,no", "no,no"), mapping={"Newsletter": "consent.marketing.email"})
    assert said.payload["consent"] == [{"purpose": "marketing", "channel": "email", "state": "granted"}]
    unclear = lead(text.replace("yes,no,yes", "perhaps,,"))
    assert "consent" not in unclear.payload
    assert unclear.notes == ("Unsubscribed: does not say whether the box was ticked",)


def test_lists_are_historical_and_worth_what_they_are(lead: Any) -> None:
    text = "Email,Type,Owner\na@x.example,Demo Request,ana\n"
    assert lead(text, mapping={"Type": "type"}).payload["type"] == "demo_request"
    bought = lead(text, source="purchased_list", type="newsletter", source_detail="Fair 2026", historical=False)
    assert bought.payload == {
        "source": "purchased_list",
        "email": "a@x.example",
        "owner": "ana",
        "extra": {"Type": "Demo Request"},
        "type": "newsletter",
        "source_detail": "Fair 2026",
        "id": bought.payload["id"],
    }


def test_times_are_read_as_the_column_writes_them(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    head = "Email,Created at\na@x.example,"
    cases: list[tuple[str, dict[str, Any], str]] = [
        ("03/04/2026 10:00\nb@x.example,25/04/2026 09:00\n", {}, "2026-04-03T10:00:00+00:00"),
        ("03/04/2026\nb@x.example,04/25/2026\n", {}, "2026-03-04T00:00:00+00:00"),
        ("3.4.2026\n", {}, "2026-04-03T00:00:00+00:00"),
        ("03/04/2026\n", {"times": ("%d/%m/%Y",)}, "2026-04-03T00:00:00+00:00"),
    ]
    for text, said, at in cases:
        path.write_text(head + text, encoding="utf-8")
        payload = leads_of(path, **said)[0].payload
        assert payload and payload["occurred_at"] == at, text
    path.write_text(head + "03/04/2026\n", encoding="utf-8")
    assert "day and month could be either way round" in table_of(path).warnings[0]
    (unclear,) = leads_of(path)
    assert unclear.payload and unclear.payload["extra"] == {"Created at": "03/04/2026"}
