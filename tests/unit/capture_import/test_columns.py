"""Which column is which field."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_capture.core.csv_columns import BadMapping
from leadline_capture.core.csv_targets import NAMES, target
from leadline_capture.import_commands import FIELDS
from leadline_capture.import_rules import COLUMNS, FILE, build_words
from leadline_capture.imports.options import mapping_of, options_of
from leadline_capture.imports.planning import check_contact
from leadline_runtime.rules import RulesError, load_rules, read_yaml
from leadline_schemas.payloads import LeadPayload
from tests.unit.capture_import.tables import table_of


@pytest.fixture
def become(tmp_path: Path) -> Any:
    """The fields that the columns of a little file become."""

    def fields(text: str, **options: Any) -> list[str]:
        path = tmp_path / "a.csv"
        path.write_text(text, encoding="utf-8")
        return [one.target.name for one in table_of(path, **options).columns]

    return fields


def test_every_word_in_the_file_is_known_and_examples_hold() -> None:
    assert len(load_rules(COLUMNS).rules.fields) > 300


def test_a_word_under_two_fields_is_refused() -> None:
    text = "version: a\nfields: {email: [Mail], phone: [mail]}\nexamples: [{name: a, header: [Mail], becomes: [email]}]"
    with pytest.raises(RulesError, match=r"fields\.phone: 'mail' stands under email as well"):
        build_words(read_yaml(FILE, text))
    with pytest.raises(RulesError, match=r"fields\.emial: is no field of a lead"):
        build_words(read_yaml(FILE, text.replace("email:", "emial:")))
    with pytest.raises(RulesError, match=r"examples\.a: gives email"):
        build_words(read_yaml(FILE, text.replace("phone: [mail]", "phone: [tel]").replace("[email]}]", "[name]}]")))


def test_the_help_names_every_field_and_all_of_them_are_fields_of_a_lead() -> None:
    for name in NAMES:
        spelled = name.replace("SYSTEM", "hubspot").replace("PURPOSE", "marketing").replace("[.CHANNEL]", ".email")
        assert target(spelled) is not None, name
        assert name.split(".")[0].split("[")[0] in {*LeadPayload.model_fields, "opt_out", "-"}, name
        told = name if name.startswith(("consent", "opt_out", "external")) else name.split(".")[0]
        assert f" {told}" in FIELDS.replace("\n", " "), f"{name} is not in the command's help"
    assert target("extra.x") is None and target("consent.joy") is None and target("external_id.A b") is None


def test_addresses_are_known_by_their_look_if_no_header_names_them(become: Any) -> None:
    assert become("Wer,Wo\nann@x.example,Köln\nbob@y.example,Bern\n") == ["email", "extra"]
    assert become("Email,Wo\nann@x.example,c@z.example\n") == ["email", "extra"]
    assert become("Wer,Wo\nann@x.example,Köln\nbob,Bern\n") == ["extra", "extra"]


def test_a_file_without_header_goes_by_number(become: Any) -> None:
    assert become("Ann Lee,ann@x.example\nBob Ray,bob@x.example\n", mapping={"#1": "name"}) == ["name", "email"]
    assert become("a,b\nc,ann@x.example\n", header=False, mapping={"column 1": "name"}) == ["name", "extra"]


def test_a_header_that_comes_twice_or_is_empty_has_a_name(become: Any) -> None:
    text = "Email,email,,Email\na@x.example,b@x.example,c,\n"
    assert become(text) == ["email", "email", "extra", "email"]
    assert become(text, mapping={"email (2)": "-", "COLUMN 3": "company"}) == ["email", "-", "company", "email"]


@pytest.mark.parametrize(
    ("mapping", "says"),
    [
        ({"Mail": "email"}, "There is no column 'Mail'; there are: Email, Name"),
        ({"Name": "nmae"}, "There is no field 'nmae' for the column 'Name'"),
    ],
)
def test_a_mapping_that_cannot_be_used_says_what_there_is(become: Any, mapping: dict[str, str], says: str) -> None:
    with pytest.raises(BadMapping, match=says):
        become("Email,Name\na@x.example,A\n", mapping=mapping)


def test_without_a_way_to_reach_people_nothing_begins(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Colour,Size\nred,5\n", encoding="utf-8")
    with pytest.raises(BadMapping, match=r"No column is an e-mail address, a phone number or an id.*Colour, Size"):
        check_contact(table_of(path))
    check_contact(table_of(path, mapping={"Size": "external_id.shop"}))


@pytest.mark.parametrize(
    "wrong",
    [
        {"source": "x"},
        {"type": "x"},
        {"id_system": "A b"},
        {"encoding": "rot13"},
        {"encoding": "x"},
        {"delimiter": "x"},
        {"zone": "Mars/Olympus"},
        {"times": ("x",)},
        {"source_detail": "x\ny"},
        {"source_detail": "x" * 201},
    ],
)
def test_an_option_that_cannot_be_used_is_told(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadMapping):
        options_of(wrong)


@settings(deadline=None)
@given(
    name=st.sampled_from(["source", "type", "id_system", "encoding", "delimiter", "zone", "source_detail", "times"]),
    text=st.one_of(st.text(max_size=20), st.sampled_from(["%d %d", "%", "Europe", "../x", "\ud800", "\x00", "%Y"])),
)
def test_whatever_is_given_as_an_option_is_taken_or_told(name: str, text: str) -> None:
    try:
        options_of({name: (text,) if name == "times" else text})
    except BadMapping as wrong:
        assert str(wrong)


def test_options_have_good_defaults() -> None:
    made = options_of({"delimiter": "semicolon", "encoding": "cp1251", "live": True, "times": ("%d/%m/%Y",)})
    assert (made.delimiter, made.source, made.historical) == (";", "csv_import", False)
    assert mapping_of(["a=b=email", "X = -"]) == {"a=b": "email", "X": "-"}
    with pytest.raises(BadMapping, match='write "Column=field"'):
        mapping_of(["email"])
