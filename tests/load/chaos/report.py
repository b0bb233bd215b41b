"""What a person reads at the end."""

from tests.load.chaos.history import Evidence
from tests.load.chaos.verdict import COLUMNS, Verdict

SHOWN = 20


def report(evidence: Evidence, verdict: Verdict) -> str:
    """One table, then the violations."""
    numbers, done = verdict.numbers, evidence.run["done"]
    rows = [
        ("leads accepted", numbers["leads accepted"], f"{done['sent']} sendings, {done['unknown']} of unknown end"),
        *((column, verdict.count(column), "") for column in COLUMNS[:6]),
        ("dead letters", numbers["dead letters"], f"{verdict.count('unexpected dead letters')} that had no reason"),
        ("other violations", verdict.count("other"), ""),
        ("kills", done["kills"], "kill -9 of a service at a random moment"),
        ("crash points", done["crash points"], "passed with a death, service by service"),
        ("faults injected", done["faults"], "all of the above, servers, zombies, rebalances"),
    ]
    lines = [f"{name:<18}{value:>8,}  {more}".rstrip() for name, value, more in rows]
    lines.append(
        f"looked at: {numbers['events']:,} events ({numbers['repeats']:,} repeats), {numbers['leads']:,} leads, "
        f"{numbers['late facts']:,} late facts, "
        f"{numbers['assignments']:,} assignments, {numbers['promises']:,} promises, {numbers['breaches']:,} breaches, "
        f"{numbers['retractions']:,} retractions, {numbers['position samples']} samples of positions"
    )
    found = sorted(verdict.violations)
    lines += [f"  {violation}" for violation in found[:SHOWN]]
    if len(found) > SHOWN:
        lines.append(f"  and {len(found) - SHOWN} more")
    return "\n".join(lines)
