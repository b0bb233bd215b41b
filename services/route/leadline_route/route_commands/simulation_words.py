"""Why a lead goes to somebody else by other rules: in words, and as a cause that can be counted."""

from leadline_route.core.simulation import Answer, Settled
from leadline_runtime.rules_diff import Compared


def compared(settled: Settled) -> Compared:
    """The two answers, per aspect. Another rule with the same result is no change of the lead."""
    before, after = settled.before, settled.after
    answers = {"to": (before.to, after.to), "pool": (before.pool or "none", after.pool or "none")}
    if answers["to"][0] == answers["to"][1] and before.outcome != "person":
        answers["pool"] = (before.pool or "none",) * 2  # it waits, or nobody has it: no pool counts
    if all(one == other for one, other in answers.values()):
        return Compared(str(settled.lead), answers)
    cause, words = _reason(before, after)
    return Compared(str(settled.lead), answers, (words,), (cause,))


def _reason(before: Answer, after: Answer) -> tuple[str, str]:
    if before.rule != after.rule:
        return f"rule {before.rule} → {after.rule}", f"rule {after.rule} decides, not {before.rule}"
    if before.pool != after.pool:
        told = f"pool {before.pool or 'none'} → {after.pool or 'none'}"
        return told, f"rule {after.rule}: {told}"
    passed = next((each for each in after.candidates if each.id == before.owner), None)
    chosen = next((each for each in after.candidates if each.chosen), None)
    because = f"{chosen.id}: {chosen.why}" if chosen else after.outcome
    if passed is not None:
        return passed.reason.replace("_", " "), f"{before.owner}: {passed.why}; {because}"
    if before.owner is None:
        return f"{before.outcome} → {after.to}", because
    return f"{before.owner} is no candidate", f"{before.owner} is not among the candidates; {because}"
