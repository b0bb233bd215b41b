"""One lead judged by two versions of the rules: which answers differ, and which rules make the difference."""

from collections.abc import Iterator

from leadline_runtime.core.values import dataclass
from leadline_runtime.rules_diff import Compared
from leadline_schemas.scored import Scorecard
from leadline_score.core.exact import plain, thousandths
from leadline_score.core.rulebook import ScoreRules
from leadline_score.core.scorecard import Evidence, judge
from leadline_score.score_commands.history import as_it_was


@dataclass(frozen=True, slots=True)
class Pair:
    """The two versions, with the digests that name them."""

    old: ScoreRules
    new: ScoreRules
    digests: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Case:
    """A lead to compare: its evidence, as of when (microseconds). `walked_by`: the digest of the rules by which the
    evidence's mark was made, up to that instant; empty if there is none.
    """

    called: str
    evidence: Evidence
    as_of: int
    walked_by: str = ""


def compare(case: Case, rules: Pair) -> Compared:
    """Both judgements of one lead. Its course is walked from its first act, but for rules that have walked it before:
    that ends in the same place.
    """
    before, after = _card(case, rules.old, rules.digests[0]), _card(case, rules.new, rules.digests[1])
    one, other = _answers(before), _answers(after)
    answers = {aspect: (one[aspect], other[aspect]) for aspect in one}
    moved = _moved(before, after)
    if one == other:
        return Compared(case.called, answers, points=bool(moved))
    causes = [*moved, *_vetoes(before, after)]
    if before.hand_raise != after.hand_raise:
        causes.append("hand raise")
    words = [f"{rule} {plain(was)} → {plain(now)}" for rule, (was, now) in moved.items()]
    words += [_veto_words(veto, after) for veto in _vetoes(before, after)]
    if before.hand_raise != after.hand_raise:
        words.append(f"hand raise: {_yes(after.hand_raise)} instead of {_yes(before.hand_raise)}")
    if not causes:
        bands = rules.old.bands != rules.new.bands
        causes = ["bands" if bands else "earlier points"]
        words = ["the same points, other bands" if bands else "the same points now, but others before"]
    return Compared(case.called, answers, tuple(words), tuple(causes), bool(moved))


def _card(case: Case, rules: ScoreRules, digest: str) -> Scorecard:
    walked = case.walked_by == digest
    evidence = case.evidence if walked else as_it_was(case.evidence, case.as_of, rules)
    return judge(evidence, rules, case.as_of, brief=True).card


def _answers(card: Scorecard) -> dict[str, str]:
    return {
        "grade": card.grade,
        "temperature": card.temperature,
        "signal": card.signal,
        "MQL": _yes(card.mql),
        "veto": ", ".join(veto.id for veto in card.vetoes) or "none",
    }


def _yes(holds: bool) -> str:
    return "yes" if holds else "no"


def _moved(before: Scorecard, after: Scorecard) -> dict[str, tuple[int, int]]:
    """The rules that count other points, in the order of the files: thousandths before and after."""
    one, other = _counted(before), _counted(after)
    both = {rule: (one.get(rule, 0), other.get(rule, 0)) for rule in (*one, *other)}
    return {rule: points for rule, points in both.items() if points[0] != points[1]}


def _counted(card: Scorecard) -> dict[str, int]:
    found: dict[str, int] = {}
    for each in (*card.fit.contributions, *card.intent.contributions):
        found[each.rule] = found.get(each.rule, 0) + thousandths(each.counted)
    return found


def _vetoes(before: Scorecard, after: Scorecard) -> Iterator[str]:
    one, other = ([veto.id for veto in card.vetoes] for card in (before, after))
    return (f"veto {each}" for each in dict.fromkeys((*one, *other)) if (each in one) != (each in other))


def _veto_words(veto: str, after: Scorecard) -> str:
    holds = any(veto == f"veto {each.id}" for each in after.vetoes)
    return f"{veto}: {'holds now' if holds else 'holds no longer'}"
