"""The same four rows as seven programs save them are the same leads."""

import pytest

from tests.unit.capture_import.tables import DATA, leads_of, payloads, table_of

SAME = {
    "utf8_comma.csv": ("utf-8", ","),
    "utf8_bom_semicolon_excel.csv": ("utf-8-sig", ";"),
    "utf16le_tab_excel_unicode_text.csv": ("utf-16", "\t"),
    "utf16be_comma.csv": ("utf-16", ","),
    "utf16le_without_mark_pipe.csv": ("utf-16-le", "|"),
    "cp1252_semicolon_sep_line.csv": ("cp1252", ";"),
    "cp1252_pipe_old_mac_line_ends.csv": ("cp1252", "|"),
}
LEADS = [
    {
        "first_name": "Zoë",
        "last_name": "Müller",
        "email": "zoe@spedition.example",
        "company": "Müller & Söhne GmbH",
        "street": "Hauptstraße 1",
        "phone": "+49 30 901820",
        "message": 'Bitte um Rückruf; es eilt,\nsagt "Zoë"',
        "extra": {"Newsletter": "ja"},
    },
    {
        "first_name": "Jürgen",
        "last_name": "Großmann",
        "email": "juergen@lager.example",
        "company": "Lager|West",
        "street": "Am Kai 7",
        "phone": "030 901821",
    },
    {
        "first_name": "Renée",
        "last_name": "D'Août",
        "email": "renee@fret.example",
        "company": "Fret-Sud, SARL",
        "message": "10 € Rabatt?",
        "extra": {"Newsletter": "nein"},
    },
]


@pytest.mark.parametrize("name", SAME)
def test_what_it_is_written_in_is_found(name: str) -> None:
    table = table_of(DATA / name)
    assert (table.encoding, table.delimiter, table.header) == (*SAME[name], True)
    assert any("Newsletter: looks like consent" in warning for warning in table.warnings)
    assert payloads(leads_of(DATA / name)) == LEADS


def test_no_file_stands_there_untested() -> None:
    assert {each.name for each in DATA.glob("*.csv")} == {*SAME, "broken.csv"}


def test_a_broken_file_loses_its_broken_rows_and_no_other() -> None:
    """An open quote, a NUL, a row of nothing, a thousands' comma, a wrong address, quotes that are not doubled."""
    leads = leads_of(DATA / "broken.csv")
    assert [one.title for one in table_of(DATA / "broken.csv").columns] == [
        "Email",
        "Name",
        "Email (2)",
        "column 4",
        "Amount",
    ]
    assert [(each.row, each.line, each.payload is not None) for each in leads] == [
        (1, 2, True),
        (2, 3, False),
        (3, 5, True),
        (4, 7, False),
        (5, 8, True),
        (6, 9, True),
    ]
    ann, bob, cleo, dan, eve, fay = leads
    assert ann.notes == () and "quote is opened and not closed" in bob.notes[0]
    assert cleo.payload and cleo.payload["name"] == "Cleo Ray"
    assert cleo.notes == (
        "Name: characters that are not allowed were taken out",
        "has 2 values for 5 columns: the last ones are missing",
    )
    assert dan.notes == ("has 6 values for 5 columns; put a value that holds the delimiter in quotes",)
    assert eve.payload and eve.payload["email"] == "eve@x.example"
    assert eve.payload["extra"] == {"Email": "eve at x.example", "Amount": "=1+1"}
    assert fay.payload and fay.payload["name"] == 'Fay F" Fox"'
