"""The examples in a rules file: each lead must score what its author said, else the file is not used."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple

from leadline_runtime.core.errors import RulesError, all_of
from leadline_runtime.rules_faults import Faults
from leadline_schemas.scored import Scorecard
from leadline_score.core.exact import microseconds
from leadline_score.core.rulebook import ScoreRules
from leadline_score.core.scorecard import Evidence, judge
from leadline_score.rules_file import ExampleFile, Expected
from leadline_score.written_leads import acts_and_requests, facts


def check(examples: Sequence[ExampleFile], rules: ScoreRules, file: str) -> None:
    """Judge each example. Raises RulesError naming all that do not give what they say."""
    faults = Faults()
    for index, example in enumerate(examples):
        faults.take(partial(_check, example, rules, file, f"examples.{index}"), None)
    faults.check()


def _check(example: ExampleFile, rules: ScoreRules, file: str, path: str) -> None:
    evidence = Evidence(facts(example.lead, file, f"{path}.lead"), *acts_and_requests(example.acts))
    card = judge(evidence, rules, microseconds(example.as_of)).card
    found = [
        RulesError(file, f"{path}.expect ({example.name}).{each.name}", f"{each.words}; {card.explanation}")
        for each in differences(card, example.expect)
    ]
    if found:
        raise all_of(found)


class Difference(NamedTuple):
    """What an example expects otherwise: the name of the value, and both in words."""

    name: str
    words: str


def differences(card: Scorecard, expected: Expected) -> Iterator[Difference]:
    """Where the scorecard is not what its author said."""
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
            yield Difference(name, f"is {found[name]} by these rules, not {wanted}")
