"""How two records are compared, weighed and grouped: the laws of linkage."""

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_capture.core.linkage_blocking import PAIRS_PER_RECORD, candidates
from leadline_capture.core.linkage_comparing import Comparer, differs
from leadline_capture.core.linkage_dates import month_first, read_date
from leadline_capture.core.linkage_finding import find
from leadline_capture.core.linkage_grouping import Scored, grouped, persons
from leadline_capture.core.linkage_guessing import guessed
from leadline_capture.core.linkage_levels import EQUAL, LADDERS, SWAPPED
from leadline_capture.core.linkage_reading import Column, Reader, layout_of
from leadline_capture.core.linkage_words import Meaning
from leadline_capture.duplicate_rules import RULES
from leadline_runtime.rules import load_rules

WORDS = load_rules(RULES, None).rules
TABLE = differs(WORDS.short_forms)
folded = st.text("abcdeor ", min_size=1, max_size=12).map(lambda text: " ".join(text.split())).filter(bool)
dates = st.dates().map(lambda date: f"{date:%Y%m%d}")


@pytest.mark.parametrize(
    ("meaning", "one", "other", "says"),
    [
        ("given_name", "robert", "bob", "is a short form of the other"),
        ("given_name", "john", "j", "agrees with an initial or in part"),
        ("given_name", "anna maria", "anna", "agrees with an initial or in part"),
        ("given_name", "eleanor", "nleaeor", "equal but for one letter"),
        ("given_name", "ann", "peter", "differs"),
        ("surname", "smith", "simth", "equal but for one letter"),
        ("surname", "muller", "mueller", "equal but for one letter"),
        ("surname", "garcia lopez", "garcia", "agrees in part"),
        ("surname", "meier", "mayer", "similar"),
        ("surname", "lee", "ray", "differs"),
        ("birth_date", "19710604", "19710406", ": day and month changed places"),
        ("birth_date", "19710624", "19710642", ": one digit differs or two changed places"),
        ("birth_date", "19710624", "19720624", ": one digit differs or two changed places"),
        ("birth_date", "19710624", "19580624", ": day and month agree, the year differs"),
        ("birth_date", "19710624", "20010101", "differs"),
        ("email", "ann.lee@x.example", "ann.le@x.example", "equal but for one or two letters"),
        ("email", "annlee255@x.example", "annlee255@other.example", ": the same name at another domain"),
        ("email", "ann@x.example", "bob@y.example", "differs"),
        ("email", "ann@mail2.example", "ann@mail3.example", ": the same name at another domain"),
        ("company", "hall 7 storage", "hall 8 storage", "differs"),
        ("phone", "12125550101", "2125550101", "equal"),
        ("phone", "12125550101", "12125550110", "equal but for one digit"),
        ("id_number", "6988048", "6988084", ": one digit differs or two changed places"),
        ("street", "tullaroop street", "street tullaroop", ": the same words in another way"),
        ("street_number", "69", "96", "equal but for one digit or their order"),
        ("postcode", "4011", "4101", "equal but for one digit or their order"),
        ("postcode", "sw1a1aa", "sw1a2bb", ": the same area"),
        ("city", "st james", "stjames", ": the same words in another way"),
        ("company", "northhaul", "northhaul logistics", "agrees in part"),
    ],
)
def test_the_slips_that_people_make_are_told_apart(meaning: Meaning, one: str, other: str, says: str) -> None:
    for a, b in ((one, other), (other, one)):
        assert LADDERS[meaning].levels[TABLE[meaning](a, b)].says == says


@given(st.sampled_from(sorted(set(TABLE) - {"birth_date", "email", "phone"})), folded, folded)
def test_it_makes_no_difference_which_record_comes_first(meaning: Meaning, one: str, other: str) -> None:
    assert TABLE[meaning](one, other) == TABLE[meaning](other, one)
    assert 0 <= TABLE[meaning](one, other) < len(LADDERS[meaning].levels)


@given(dates, dates)
def test_dates_too(one: str, other: str) -> None:
    assert TABLE["birth_date"](one, other) == TABLE["birth_date"](other, one)


def test_names_in_each_others_column_are_seen() -> None:
    compared = Comparer(("given_name", "surname"), {})
    assert compared.levels(("ann", "lee"), ("lee", "ann")) == (SWAPPED, SWAPPED)
    assert compared.levels(("ann", "lee"), ("lee", "anne")) == (SWAPPED, SWAPPED)
    assert compared.levels(("ann", "lee"), ("ann", "lee")) == (EQUAL, EQUAL)


def test_what_is_missing_says_nothing() -> None:
    compared = Comparer(("given_name", "surname", "email"), {})
    assert compared.levels((None, "lee", "a@x.example"), ("ann", "lee", None)) == (None, EQUAL, None)


def test_addresses_made_of_names_are_no_second_proof() -> None:
    compared = Comparer(("given_name", "surname", "email"), {})
    differs_ = len(LADDERS["email"].levels) - 1
    one = ("pierre", "leges", "pierre.leges@firm.example")
    assert compared.levels(one, ("pierre", "duges", "pierre.duges@firm.example"))[2] == differs_
    assert compared.levels(one, ("pierre", "leges", "pierre.leges@other.example"))[2] == differs_
    assert compared.levels(one, ("pierre", "leges", "piere.leges@firm.example"))[2] == 1
    assert compared.levels(one, ("pierre", "leges", "pierre.leges@fim.example"))[2] == 1
    gruner = ("jurgen", "gruner", "juergen.gruener@a.example")
    assert compared.levels(gruner, ("jurgen", "gruner", "j.gruener@b.example"))[2] == differs_


@pytest.mark.parametrize(
    ("text", "month_leads", "digits"),
    [
        ("1971-06-24", False, "19710624"), ("19710624", False, "19710624"), ("24.6.1971", False, "19710624"),
        ("6/24/1971", True, "19710624"), ("24/06/71", False, "19710624"), ("24 Juin 1971", False, "19710624"),
        ("June 24, 1971", False, "19710624"), ("24. März 1971", False, "19710324"), ("soon", False, None),
        ("19711395", False, "19711395"), ("", False, None),
    ],
)  # fmt: skip
def test_dates_are_read_in_every_usual_form(text: str, month_leads: bool, digits: str | None) -> None:
    assert read_date(text, month_leads=month_leads) == digits


def test_a_list_says_itself_whether_it_writes_the_month_first() -> None:
    assert month_first(["03/25/1971", "01/02/1980"]) and not month_first(["25/03/1971"]) and not month_first([])


def test_columns_are_guessed_from_headers_and_values() -> None:
    header = ["ID", "Name", "Vorname", "e-Mail (privat)", "contactPhone", "Kd-Nr", "xyz", "email_opt_in"]
    rows = [["1", "Lee", "Ann", "a@x.example", "+49 30 1234567", "77", "b@x.example", "yes"]] * 3
    meanings = [column.meaning for column in guessed(header, rows, WORDS).columns]
    assert meanings == ["label", "surname", "given_name", "email", "phone", "label", "email", "label"]


@pytest.mark.parametrize(
    ("header", "meanings"),
    [
        (["name", "surname", "email"], ["given_name", "surname", "email"]),
        (["full_name", "first_and_surname", "first_name", "surname"], ["label", "label", "given_name", "surname"]),
        (["Nom", "Prénom", "Courriel"], ["surname", "given_name", "email"]),
        (["address_1", "address_2", "Ort"], ["street", "address_extra", "city"]),
    ],
)
def test_columns_are_understood_together(header: list[str], meanings: list[str]) -> None:
    row = ["a@x.example" if meaning == "email" else "ringstr" for meaning in meanings]
    assert [column.meaning for column in guessed(header, [row], WORDS).columns] == meanings


def test_a_name_with_nothing_personal_beside_it_is_that_of_a_place() -> None:
    rows = [["campanile", "624 s la brea ave", "los angeles"], ["fenix", "8358 sunset blvd", "hollywood"]]
    assert guessed(["name", "addr", "city"], rows, WORDS).columns[0].meaning == "company"
    people = [["Thomas Meier", "Ringstr. 1", "Bonn"], ["Julia Koch", "Ringstr. 2", "Bonn"]]
    assert guessed(["name", "addr", "city"], people, WORDS).columns[0].meaning == "full_name"


def test_a_row_is_read_into_values() -> None:
    columns = [
        Column("n", 0, "full_name"),
        Column("s", 1, "street"),
        Column("f", 2, "company"),
        Column("m", 3, "email"),
    ]
    reader = Reader(layout_of(columns), WORDS)
    read = reader.values(["Dr. Ann van der Lee", "Hauptstr. 12a", "NorthHaul Ltd.", "Ann+x@Gmail.com"])
    assert read == ("ann", "van der lee", "haupt street", "12a", "northhaul", "ann@gmail.com")
    assert reader.values(["Lee, Ann", "unknown", "N/A", ""]) == ("ann", "lee", None, None, None, None)


records = st.lists(st.tuples(folded, folded, dates), max_size=40)


@given(records)
def test_pairs_are_bounded_by_the_rows_and_each_is_named_once(rows: list[tuple[str, str, str]]) -> None:
    chosen = candidates(("given_name", "surname", "birth_date"), rows)
    pairs = list(chosen)
    assert len(pairs) == len(set(pairs)) <= PAIRS_PER_RECORD * len(rows)
    assert all(one < other for one, other in pairs)


def test_one_value_in_all_rows_costs_no_more_than_the_bound() -> None:
    rows = [("ann", "lee", "19710624")] * 3000
    chosen = candidates(("given_name", "surname", "birth_date"), rows)
    assert chosen.pairs <= PAIRS_PER_RECORD * len(rows) and chosen.cut > 0


@settings(deadline=None, max_examples=30)
@given(records)
def test_any_list_can_be_searched_and_always_gives_the_same(rows: list[tuple[str, str, str]]) -> None:
    layout = layout_of([Column("g", 0, "given_name"), Column("s", 1, "surname"), Column("b", 2, "birth_date")])
    found = find(layout, rows, WORDS.short_forms, 0.5)
    assert all(0.5 <= pair.probability <= 1 and pair.one < pair.other and pair.reasons for pair in found.pairs)
    assert found == find(layout, rows, WORDS.short_forms, 0.5)


def test_below_even_odds_a_pair_is_shown_without_a_group() -> None:
    columns = [Column("g", 0, "given_name"), Column("s", 1, "surname"), Column("c", 2, "city")]
    rows = [("ann", "kruger", "bonn"), ("ann", "kruger", "kiel"), *((f"g{n}", f"s{n}", f"c{n}") for n in range(30))]
    found = find(layout_of(columns), rows, WORDS.short_forms, 0.01).pairs
    doubtful = [pair for pair in found if pair.probability < 0.5]
    assert doubtful and all(pair.group is None for pair in doubtful)
    assert {(pair.one, pair.other) for pair in found} >= {(0, 1)}


odds = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.floats(-9, 9)), max_size=30)


@given(odds)
def test_groups_share_no_record_and_agree_with_what_is_known_of_them(pairs: list[tuple[int, int, float]]) -> None:
    known = {(min(a, b), max(a, b)): w for a, b, w in pairs if a != b}
    scored = [Scored(a, b, w) for (a, b), w in known.items()]
    groups = grouped(scored, lambda a, b: known.get((a, b), -9.0), 0.0)
    everyone = [row for group in groups for row in group]
    assert len(everyone) == len(set(everyone))
    for group in groups:
        assert sum(known.get(pair, -9.0) for pair in combinations(group, 2)) >= 0
    whose = persons(10, scored)
    assert all(len({whose[row] for row in group}) == 1 for group in groups)


def test_a_chain_of_half_sure_pairs_is_not_one_person() -> None:
    chain = [Scored(n, n + 1, 2.0) for n in range(5)]
    groups = grouped(chain, lambda a, b: -8.0, 0.0)
    assert max(map(len, groups)) == 2
