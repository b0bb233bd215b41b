"""The examples in a rules file: each lead must score what its author said, else the file is not used."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from leadline_runtime.core.errors import RulesError
from leadline_runtime.core.matchers import closest
from leadline_schemas.activity import Activity, Actor
from leadline_schemas.ids import derived_id
from leadline_schemas.lead import Request
from leadline_schemas.scored import Scorecard
from leadline_score.core.exact import microseconds
from leadline_score.core.known import FACT_FIELDS
from leadline_score.core.rulebook import ScoreRules
from leadline_score.core.scorecard import Evidence, judge
from leadline_score.rules_file import ActExample, ExampleFile, Expected

_LEAD = UUID(int=0)


def check(examples: Sequence[ExampleFile], rules: ScoreRules, file: str) -> None:
    """Judge each example. Raises RulesError for the first that does not give what it says."""
    for index, example in enumerate(examples):
        path = f"examples.{index}"
        if unknown := sorted(set(example.lead) - FACT_FIELDS):
            hint = closest(unknown[0], FACT_FIELDS)
            raise RulesError(file, f"{path}.lead.{unknown[0]}", f"is no fact that rules may ask; {hint}")
        acts = tuple(_act(act, place) for place, act in enumerate(example.acts))
        requests = tuple(_request(act) for act in acts if act.request_type is not None)
        card = judge(Evidence(example.lead, acts, requests), rules, microseconds(example.as_of)).card
        _compare(card, example.expect, file, f"{path}.expect ({example.name})")


def _act(example: ActExample, place: int) -> Activity:
    return Activity(
        id=derived_id("example", place),
        origin=_LEAD,
        kind=example.kind,
        occurred_at=example.at,
        received_at=example.at,
        actor=Actor(kind="lead"),
        automated=example.automated,
        tag=example.tag,
        name=example.name,
        request_type=example.request,
        purpose=example.purpose,
    )


def _request(act: Activity) -> Request:
    assert act.request_type is not None
    return Request(
        id=act.id, type=act.request_type, start=act.occurred_at, received_at=act.received_at, origin=act.origin
    )


def _compare(card: Scorecard, expected: Expected, file: str, path: str) -> None:
    found: dict[str, Any] = {
        "fit": Decimal(card.fit.value),
        "intent": Decimal(card.intent.value),
        "total": Decimal(card.total),
        "grade": card.grade,
        "temperature": card.temperature,
        "signal": card.signal,
        "vetoes": tuple(veto.id for veto in card.vetoes),
        "recheck": card.next_recheck.at if card.next_recheck else None,
    }
    for name in sorted(expected.model_fields_set):
        wanted = getattr(expected, name)
        if isinstance(found[name], Decimal):
            wanted = Decimal(str(wanted))
        if found[name] != wanted:
            raise RulesError(
                file, f"{path}.{name}", f"is {found[name]} by these rules, not {wanted}; {card.explanation}"
            )
