"""The outcome: which value of the target column is the good end, which is the other, and what has not ended yet."""

import re
from collections import Counter
from collections.abc import Sequence

from leadline_runtime.core.values import dataclass
from leadline_score.core.cells import normal, number
from leadline_score.training.errors import TrainingError

MAX_VALUES = 30
_WON = re.compile(
    r"^(1|1\.0|yes|y|true|t|won|closed[ _-]?won|win|wins|success(ful)?|converted|customer|client|accepted|bought|"
    r"purchased|sold|sale|subscribed|positive|signed|booked|deal|order(ed)?|responded|response|churn(ed)?|default(ed)?|ja|oui|si|sí|"
    r"sim|gewonnen|abgeschlossen|kunde|gagné(e)?|ganad[oa]|ganh[oa]|vint[oa])$"
)
_LOST = re.compile(
    r"^(0|0\.0|-1|no|n|false|f|lost|closed[ _-]?lost|loss|lose|fail(ed|ure)?|not[ _-]converted|unconverted|rejected|"
    r"declined|negative|dead|disqualified|discarded|unqualified|junk|nein|non|não|verloren|perdu(e)?|perdid[oa]|pers[oa])$"
)
_OPEN = re.compile(
    r"open|progress|prospect|engag|pending|working|negotiat|new|contacted|nurtur|qualif(y|ied|ication)|proposal|"
    r"in process|ongoing|offen|en cours|abiert|quot|demo|meeting|discovery|on hold|assigned|follow"
)
_NEGATED = re.compile(r"^(not?|non|un|no)[ _-]?(?=[a-z])")


@dataclass(frozen=True, slots=True)
class Target:
    """By row: 1 the outcome, 0 the other end, None neither. `why` says how the sides were told apart."""

    column: str
    values: tuple[int | None, ...]
    positive: tuple[str, ...]
    negative: tuple[str, ...]
    left_out: tuple[str, ...]
    why: str


def read_target(column: str, cells: Sequence[str], positive: str | None = None) -> Target:
    """Tell the ends apart. Raises TrainingError where nobody could."""
    words = [normal(cell) for cell in cells]
    counts = Counter(word for word in words if word is not None)
    if len(counts) < 2:
        what = "one value only" if counts else "no value"
        raise TrainingError(f"{column} holds {what}: there is nothing to learn. Give a table with both outcomes.")
    if positive is None and len(counts) > MAX_VALUES:
        what = "numbers" if all(number(word) is not None for word in counts) else "different words"
        raise TrainingError(
            f"{column} holds {len(counts)} {what}, not two outcomes. Name the outcome's column, or the value that is "
            "the outcome with --positive."
        )
    good, why = _good(column, counts, positive)
    bad, left_out = _rest(counts, good, chosen=positive is not None)
    if not bad:
        raise TrainingError(f"{column} holds no value that is not the outcome. Give rows with both ends.")
    sides = {**dict.fromkeys(good, 1), **dict.fromkeys(bad, 0)}
    values = tuple(None if word is None else sides.get(word) for word in words)
    return Target(column, values, good, bad, left_out, why)


def _good(column: str, counts: Counter[str], positive: str | None) -> tuple[tuple[str, ...], str]:
    if positive is not None:
        wanted = normal(positive)
        if wanted is None or wanted not in counts:
            shown = ", ".join(sorted(counts)[:MAX_VALUES])
            raise TrainingError(f"--positive names no value of {column}. It holds: {shown}.")
        return (wanted,), "as --positive says"
    if len(counts) == 2 and all(number(word) is not None for word in counts):
        return _of_two(counts)
    good = tuple(sorted(word for word in counts if _WON.match(word)))
    if good and len(good) < len(counts):
        return good, "by its name"
    if len(counts) == 2:
        return _of_two(counts)
    shown = ", ".join(sorted(counts)[:MAX_VALUES])
    raise TrainingError(
        f"Which value of {column} is the outcome is not clear. Name it with --positive; it holds: {shown}."
    )


def _of_two(counts: Counter[str]) -> tuple[tuple[str, ...], str]:
    one, other = sorted(counts)
    numbers = [number(one), number(other)]
    if numbers[0] is not None and numbers[1] is not None:
        return ((one if numbers[0] > numbers[1] else other),), "the greater number"
    for word, against in ((one, other), (other, one)):
        if _LOST.match(word) or _NEGATED.sub("", word).strip(" _-") == against:
            return (against,), f"the other one of {word!r}"
    rarer = min(counts, key=lambda word: (counts[word], word))
    return (rarer,), "the rarer of two; if it is the other one, say so with --positive"


def _rest(counts: Counter[str], good: Sequence[str], chosen: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    rest = sorted(word for word in counts if word not in good)
    if len(rest) == 1:
        return tuple(rest), ()
    lost = tuple(word for word in rest if _LOST.match(word))
    if lost and not chosen:
        return lost, tuple(word for word in rest if word not in lost)
    still_open = tuple(word for word in rest if _OPEN.search(word) and word not in lost)
    return tuple(word for word in rest if word not in still_open), still_open
