"""Is a lead enriched for good, or must somebody be asked again, and when?"""

from collections.abc import Iterable
from datetime import timedelta

from leadline_enrich.core.answers import Answer
from leadline_enrich.core.enrich_rules import AskAgain
from leadline_runtime.core.values import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """How often a lead's providers kept silent: `asked` times in all, `late` of them while an answer was on its way."""

    asked: int = 0
    late: int = 0


def is_complete(answers: Iterable[Answer]) -> bool:
    """Has every provider answered? "There is no such company" is an answer; silence is not."""
    return all(answer.status != "unavailable" for answer in answers)


def is_late(answers: Iterable[Answer]) -> bool:
    """Is an answer still on its way: did somebody merely not answer in time?"""
    return any(answer.reason == "timeout" for answer in answers)


def ask_again(before: Patience, late: bool, rules: AskAgain) -> tuple[Patience, timedelta | None]:
    """After one more silence: the new count, and how long to wait. None: no more, only a new revision asks again.

    What is on its way is looked for soon, so that a late fact is judged soon; after that, and where nothing is on its
    way, the waits become ever longer, and the last one repeats.
    """
    if late and before.late < len(rules.late):
        return Patience(before.asked, before.late + 1), rules.late[before.late]
    after = Patience(before.asked + 1, before.late)
    if after.asked >= rules.at_most:
        return after, None
    return after, rules.after[min(after.asked, len(rules.after)) - 1]
