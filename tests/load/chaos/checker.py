"""The checker: pure and offline. It sees raw records, tables and the client's log, and none of the project's code."""

from tests.load.chaos.history import Evidence
from tests.load.chaos.intake_checks import check_intake
from tests.load.chaos.owner_checks import check_owners, check_positions
from tests.load.chaos.promise_checks import check_promises
from tests.load.chaos.score_checks import check_scores
from tests.load.chaos.told import events_of
from tests.load.chaos.verdict import Verdict


def check(evidence: Evidence) -> Verdict:
    """Every invariant of reliability.md, I1 to I13, as far as it applies to a pipeline at rest."""
    verdict = Verdict()
    told = events_of(evidence, verdict)
    check_intake(evidence, told, verdict)
    check_promises(evidence, told, verdict)
    check_scores(evidence, told, verdict)
    check_owners(evidence, told, verdict)
    check_positions(evidence, verdict)
    return verdict


def check_run(evidence: Evidence) -> Verdict:
    """As `check`, for a whole run: one that injected too little, or accepted too few leads, proves nothing."""
    verdict = check(evidence)
    run = evidence.run
    for name, least in run["enough"].items():
        if (found := verdict.numbers.get(name, run["done"].get(name, 0))) < least:
            verdict.add("other", "run", f"{name}: {found}, at least {least} make a proof")
    return verdict
