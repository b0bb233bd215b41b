"""One lead explained: on what score holds of it, as of its last judgement or of another instant."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from leadline_runtime.core.values import dataclass
from leadline_runtime.masking import masked, unquoted
from leadline_runtime.rules import LoadedRules
from leadline_schemas.codec import encode_model
from leadline_schemas.scored import Scorecard
from leadline_score.core.counterfactual import counterfactuals
from leadline_score.core.distances import distances
from leadline_score.core.exact import microseconds, plain, thousandths
from leadline_score.core.rulebook import ScoreRules
from leadline_score.core.scorecard import Verdict, judge
from leadline_score.score_commands.history import as_it_was
from leadline_score.score_commands.judged_view import Shown, data, draw
from leadline_score.score_commands.personal import personal_facts
from leadline_score.score_commands.recorded import Judged, recorded_lead, with_recorded
from leadline_score.score_commands.rules_in_force import rules_of


@dataclass(frozen=True, slots=True)
class Question:
    """Which lead, as of when (None: its last judgement), by which rules (None: those in force), shown in full,
    and with what would make it hot?"""

    lead_id: UUID
    at: datetime | None
    rules: Path | None
    pii: bool
    what_if: bool


def show(question: Question, *, as_json: bool) -> None:
    """Print the answer. Raises RulesError, CommandError."""
    loaded = rules_of(question.rules)
    judged = with_recorded(lambda sql: recorded_lead(sql, question.lead_id))
    as_of = judged.as_of if question.at is None else microseconds(question.at)
    evidence = as_it_was(judged.evidence, as_of, loaded.rules)
    verdict = judge(evidence, loaded.rules, as_of)
    what_if = counterfactuals(evidence, loaded.rules, as_of) if question.what_if else None
    card = verdict.card if question.pii else _masked(verdict.card, judged)
    shown = Shown(
        str(judged.lead_id), card, distances(verdict, loaded.rules), what_if, notes(judged, verdict, loaded, as_of)
    )
    if as_json:
        print(json.dumps({"rules": loaded.ref.model_dump(), **data(shown)}, indent=2, ensure_ascii=False))
    else:
        draw(shown, loaded.ref)


def notes(judged: Judged, verdict: Verdict, loaded: LoadedRules[ScoreRules], as_of: int) -> tuple[str, ...]:
    """What a reader of the card should know: other rules than those that judged it, facts that came later."""
    found = []
    recorded = judged.memory.rules
    if recorded and recorded != loaded.ref.digest:
        found.append(f"score itself judged it last by other rules ({recorded})")
    if as_of < judged.as_of:
        then = [fit for at, fit in judged.evidence.fits if at <= as_of]
        was, now = (then[-1] if then else 0), thousandths(verdict.card.fit.value)
        if was != now:
            found.append(f"fit is told by what is known today; on that day it was {plain(was)}, not {plain(now)}")
    if as_of > judged.as_of:
        found.append("later than its last judgement: this is what time alone makes of it")
    return tuple(found)


def _masked(card: Scorecard, judged: Judged) -> Scorecard:
    values = [judged.evidence.known.get(name) for name in personal_facts()]
    data = masked(Scorecard, json.loads(encode_model(card)))
    said: Any = unquoted(data, {str(value) for value in values if value is not None})
    return Scorecard.model_validate(said)
