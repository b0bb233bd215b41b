"""The Prometheus rules that follow from the objectives: how fast budgets burn, and which promise is about to break."""

from typing import Any

from leadline_local.oncall.objectives import WINDOWS, Objectives, Window, budget

Rule = dict[str, Any]
LEAST_BROKEN = 2.5  # three: what is counted between two looks of Prometheus is never quite whole
SHORT_GROUP, LONG_GROUP = "leadline-sla-burn", "leadline-sla-burn-long"
SECONDS = {"1h": 3600, "6h": 21_600, "1d": 86_400, "3d": 259_200}
RUNBOOK = "{{ $externalLabels.runbooks }}/"


def rules(objectives: Objectives) -> dict[str, Any]:
    """The content of the rules file."""
    short = ["5m", "30m", "1h", "6h"]
    fast = [window for window in WINDOWS if window.severity == "critical"]
    slow = [window for window in WINDOWS if window.severity != "critical"]
    return {
        "groups": [
            {
                "name": SHORT_GROUP,
                "rules": [
                    _objective(objectives),
                    *_rates(objectives, short),
                    *(_burn(objectives, window) for window in fast),
                    *_imminent(objectives),
                ],
            },
            {
                # Days of samples are read for these: once a minute is enough.
                "name": LONG_GROUP,
                "interval": "1m",
                "rules": [*_rates(objectives, ["2h", "1d", "3d"]), *(_burn(objectives, window) for window in slow)],
            },
        ]
    }


def _objective(objectives: Objectives) -> Rule:
    each = (f"0 * group by (policy) (leadline_sla_due_total{{{m}}}) + {o}" for o, m in objectives.classes.items())
    return {"record": "leadline:sla_objective:ratio", "expr": "\nor\n".join(each)}


def _rates(objectives: Objectives, windows: list[str]) -> list[Rule]:
    found: list[Rule] = []
    for window in windows:
        due, broken = f"leadline:sla_due:rate{window}", f"leadline:sla_broken:rate{window}"
        share = f"leadline:sla_errors:ratio_rate{window}"
        found += [
            {"record": due, "expr": f"sum by (policy, target) (rate(leadline_sla_due_total[{window}]))"},
            {"record": broken, "expr": _broken(window, due)},
            {"record": share, "expr": f"{broken} / ({due} > 0)"},
        ]
        burn = (f"{share}{{{matcher}}} / {budget(objective)}" for objective, matcher in objectives.classes.items())
        found.append({"record": f"leadline:sla_burn:ratio_rate{window}", "expr": "\nor\n".join(burn)})
    return found


def _broken(window: str, due: str) -> str:
    """What was broken and stays so. A counter that never counted may have no series: that is 0, not unknown."""
    broken, retracted = (
        f"(sum by (policy, target) (rate(leadline_sla_{name}_total[{window}])) or 0 * {due})"
        for name in ("breached", "retracted")
    )
    return f"clamp_min(\n  {broken}\n  - {retracted}, 0)"


def _burn(objectives: Objectives, window: Window) -> Rule:
    long, short = f"leadline:sla_burn:ratio_rate{window.long}", f"leadline:sla_burn:ratio_rate{window.short}"
    classes = "\nor\n".join(_burns(window, long, short, *each) for each in objectives.classes.items())
    least = f"leadline:sla_broken:rate{window.long} * {SECONDS[window.long]} > {LEAST_BROKEN}"
    words = {"1h": "hour", "6h": "six hours", "1d": "day", "3d": "three days"}
    return {
        "alert": window.alert,
        "expr": f"(\n{_indented(classes)}\n)\nand {least}\n",
        "for": window.lasts,
        "keep_firing_for": "10m",
        "labels": {"severity": window.severity, "service": "sla-monitor", "window": window.long},
        "annotations": {
            "summary": "{{ $labels.policy }}/{{ $labels.target }}: " + _summary(window),
            "description": f"Over the last {words[window.long]} promises were broken {{{{ $value | humanize }}}} times "
            "as often as the objective allows, and the newest that came due did no better.",
            "runbook_url": f"{RUNBOOK}{window.alert}.md",
        },
    }


def _burns(window: Window, long: str, short: str, objective: float, matcher: str) -> str:
    """`last_over_time`: promises come due by ones, not by thousands, and none outside of working hours. What the newest
    short window said in which any came due holds until another does, for as long as `holds` says.
    """
    limit = f"{window.limit(objective):g}"
    return f"({long}{{{matcher}}} > {limit}\n  and last_over_time({short}{{{matcher}}}[{window.holds}]) > {limit})"


def _summary(window: Window) -> str:
    return (
        "promises are being broken fast" if window.severity == "critical" else "too many promises are broken, for long"
    )


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())


def _imminent(objectives: Objectives) -> list[Rule]:
    if not objectives.imminent:
        return []
    policies = f'policy=~"{"|".join(sorted(objectives.imminent))}"'
    # Counted, not timed: the one that is due next, or was due and is yet to be judged, hides none behind it. One
    # instance that is not ready may be cut off, and its lanes another's by now.
    soon = f"(leadline_sla_due_soon{{{policies}}} > 0)\n    and on (job, instance) leadline_ready == 1"
    expr = f"sum by (policy) (\n  {soon}\n)\n"
    annotations = {
        "summary": "Somebody with a promise of {{ $labels.policy }} is about to be let down",
        "description": "Leads with a promise of {{ $labels.policy }} that is due within a minute, and nobody has "
        "answered yet: {{ $value }}.",
        "runbook_url": f"{RUNBOOK}LeadlineSlaBreachImminent.md",
    }
    labels = {"severity": "critical", "service": "sla-monitor"}
    alert = {"alert": "LeadlineSlaBreachImminent", "expr": expr, "labels": labels, "annotations": annotations}
    return [alert]
