"""Columns filled after the first contact are refused, each for a reason a person can check; honest ones are not."""

from random import Random

import pytest

from leadline_score.training.choosing import Terms
from leadline_score.training.errors import TrainingError
from leadline_score.training.headers import afterwards, names_person, names_staff, speaks_of_work, spoken
from tests.unit.score.learned import tables
from tests.unit.score.learned.trained import calls, education, honest, opportunities, trained, verdicts, why


def test_what_sales_filled_is_refused_and_nothing_else() -> None:
    found = verdicts(education())
    assert {column for column, verdict in found.items() if verdict == "refused"} == tables.EDUCATION_LEAKS
    assert found["Lead Source"] == "kept"
    assert found["Do Not Email"] == "kept"
    assert found["Prospect ID"] == found["Lead Number"] == found["Magazine"] == "dropped"


def test_too_good_alone() -> None:
    assert why(education(), "Tags").startswith("too good alone: AUC 0.9")


def test_filled_exactly_when_won() -> None:
    assert "filled exactly when won" in why(education(), "Order Value")


def test_the_duration_of_the_call_that_ended_it_is_refused_and_the_outcome_of_an_earlier_one_is_not() -> None:
    found = verdicts(calls())
    assert found["duration"] == "refused"
    assert found["poutcome"] == "kept"
    assert found["pdays"] == "kept"
    assert found["age"] == "kept"


def test_what_the_end_brings_is_refused() -> None:
    found = verdicts(opportunities())
    assert "lie after the capture (created_on)" in why(opportunities(), "close_date")
    assert found["close_value"] == "refused"
    assert found["first_visit"] == "kept"


def test_people_are_not_learned() -> None:
    assert why(opportunities(), "email").startswith("personal")
    assert why(opportunities(), "sales_agent").startswith("personal")
    assert why(opportunities(), "notes").startswith("free text")
    assert "Anna" not in opportunities().model.model_dump_json().replace("sales_agent", "")


def test_strong_honest_columns_stay() -> None:
    found = verdicts(honest())
    assert "refused" not in found.values()
    aucs = {each.column: each.auc or 0 for each in honest().model.columns}
    assert aucs["visits_before"] > 0.75  # as strong as honest columns get


@pytest.mark.parametrize("seed", range(5))
def test_no_honest_column_is_refused_by_chance(seed: int) -> None:
    made = trained(tables.honest(600, seed + 100), "won")
    assert "refused" not in verdicts(made).values()


@pytest.mark.parametrize("share", [0.0, 0.05, 0.1])
def test_a_copy_of_the_end_is_found_under_any_name_however_noisy(share: float) -> None:
    chance = Random(5)
    rows = tables.honest()
    for row in rows:
        flipped = chance.random() < share
        row["field_7"] = "b" if row["won"] != flipped else "a"
    assert verdicts(trained(rows, "won"))["field_7"] == "refused"


def test_missing_exactly_when_lost() -> None:
    chance = Random(6)
    rows = tables.honest()
    for row in rows:
        row["region"] = chance.choice(["north", "south"]) if row["won"] or chance.random() < 0.6 else ""
    made = trained(rows, "won")
    assert verdicts(made)["region"] == "refused"
    assert "missing exactly when lost" in why(made, "region")


def test_cells_missing_by_chance_are_no_leak() -> None:
    assert verdicts(honest())["website_visits"] == "kept"


def test_a_name_that_speaks_of_afterwards_needs_evidence() -> None:
    chance = Random(7)
    rows = tables.honest()
    for row in rows:
        row["Last Activity"] = chance.choice(["opened", "clicked"])  # tells nothing
        row["Lead Status"] = chance.choice(["working", "touched"] if row["won"] else ["working", "parked"])
    made = trained(rows, "won")
    assert verdicts(made)["Last Activity"] == "warned"
    assert verdicts(made)["Lead Status"] == "refused"


def test_a_person_may_allow_a_column_or_name_those_known_at_capture() -> None:
    allowed = trained(tables.education(), "Converted", terms=Terms(allowed=frozenset({"Tags"})))
    assert verdicts(allowed)["Tags"] == "warned"
    assert why(allowed, "Tags").startswith("used because --allow says so, though too good alone")
    terms = Terms({"Lead Source": "source", "Last Activity": None})
    mapped = trained(tables.education(), "Converted", terms=terms)
    assert {f.column: f.field for f in mapped.model.features} == {"Lead Source": "source", "Last Activity": None}
    assert why(mapped, "City") == "the map does not name it as known at capture"


def test_a_time_of_afterwards_is_refused_where_nothing_says_when_the_lead_was_captured() -> None:
    chance = Random(8)
    rows = tables.honest(600)
    for row in rows:
        row["closed_at"] = f"2024-0{chance.randrange(1, 10)}-1{chance.randrange(10)}"
        row["birthday"] = f"19{chance.randrange(50, 99)}-0{chance.randrange(1, 10)}-11"
    made = trained(rows, "won")
    assert verdicts(made)["closed_at"] == "refused"
    assert verdicts(made)["birthday"] == "kept"


def test_nothing_left_says_what_to_do() -> None:
    rows = [
        {"id": f"{place:x}", "outcome text": row["Tags"], "won": row["Converted"]}
        for place, row in enumerate(tables.education())
    ]
    with pytest.raises(TrainingError, match="No column is left to learn from"):
        trained(rows, "won")


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Lost Reason", "strong"), ("closeDate", "strong"), ("deal_value", "strong"), ("Verlustgrund", "strong"),
        ("motif de perte", "strong"), ("reservation_status", "strong"), ("Last Notable Activity", "medium"),
        ("duration", "medium"), ("LeadStatus", "medium"), ("letzte Aktivität", "medium"), ("duración", "medium"),
        ("Status", "medium"), ("first_response_time", "medium"), ("n_meetings", "medium"), ("Score", "medium"),
        ("conversion_rate", None), ("credit_rating", None),
        ("marital_status", None), ("Previous Outcome", None), ("poutcome", None),
        ("Lead Source", None), ("TotalVisits", None), ("credit_score", None), ("first contact date", None),
        ("estado", None), ("Employment Status", None), ("profile_completed", None), ("lead_time", None),
    ],
)  # fmt: skip
def test_names_that_speak_of_afterwards(name: str, hint: str | None) -> None:
    assert afterwards(name) == hint


def test_names_of_people() -> None:
    assert spoken("LeadStatus_Date") == "lead status date"
    assert names_person("First Name")
    assert names_person("E-Mail")
    assert not names_person("Company size")
    assert names_staff("Assigned To")
    assert not names_staff("home_owner")
    assert speaks_of_work(["ringing", "closed by horizon", "busy"])
    assert not speaks_of_work(["google", "facebook"])
