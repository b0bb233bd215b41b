"""Are promises kept, how fast is the budget used, who is about to be let down."""

from leadline_local.dashboards.panels import (
    MINUTE,
    Ask,
    JsonObject,
    Panel,
    Variable,
    bad_from,
    dashboard,
    graph,
    line,
    number,
)
from leadline_local.oncall.objectives import WINDOWS

OF = 'policy=~"$policy"'


def sla() -> JsonObject:
    """The dashboard."""
    policies = Variable("policy", "Policy", "label_values(leadline_sla_due_total, policy)")
    rows = [("Now", _now()), ("Kept and broken", _kept()), ("Speed to lead", _speed()), ("Whose it is", _people())]
    return dashboard("sla", "SLA", [policies], rows)


def _counted(name: str, window: str) -> str:
    return f"sum by (policy) (increase(leadline_sla_{name}_total{{{OF}}}[{window}]))"


def _broken(window: str) -> str:
    """Promises broken and not taken back, by policy."""
    return f"({_counted('breached', window)} - {_counted('retracted', window)})"


def _now() -> list[Panel]:
    delay = "sum by (le) (rate(leadline_sla_breach_delay_seconds_bucket[1h]))"
    share = f"{_broken('30d')} / ({_counted('due', '30d')} > 0)"
    return [
        *line(
            number("Next promise due in", "The soonest due time of all unanswered promises to customers.", "s",
                   f"min(leadline:sla_next_due:ready{{{OF}}}) - time()", ((0, "red"), (60, "orange"), (300, "green")),
                   "LeadlineSlaBreachImminent", "LeadlineSlaVerdictLate"),
            number("Oldest unanswered", "How long the oldest lead that a person should answer has waited.", "s",
                   "time() - min(leadline:sla_oldest_unanswered:ready)", bad_from(86_400, 259_200),
                   "LeadlineOldestUncontacted"),
            number("Open promises", "To customers, neither kept nor broken.", "short",
                   'sum(leadline_sla_open{clock="customer"})', ((0, "green"),)),
            number("Broken, 24 h", "And not taken back.", "short",
                   f"sum({_broken('24h')})",
                   bad_from(1), "LeadlineSlaBurnFast", "LeadlineSlaBurnSlow"),
            number("Warnings, 24 h", "Sent to owners before a promise came due.", "short",
                   "sum(increase(leadline_sla_warnings_total[24h]))", ((0, "green"),)),
            number("Breaches are told within", "99 of 100, from the due time.", "s",
                   f"histogram_quantile(0.99, {delay})",
                   bad_from(60, 120), "LeadlineSlaVerdictLate", "LeadlineHorizonStalled"),
        ),
        Panel("Kept, 30 days", "By policy, of the promises that came due.", "percentunit",
              (Ask(f"1 - {share}", "{{policy}}"),), "bargauge", 8, 8,
              ((0, "red"), (0.9, "orange"), (0.95, "green")), ("LeadlineSlaBurnSlow",)),
        Panel("Budget left, 30 days", "1: nothing broken. 0: as much as the objective allows. Less: it is missed.",
              "percentunit", (Ask(f"1 - {share} / on (policy) (1 - leadline:sla_objective:ratio)", "{{policy}}"),),
              "bargauge", 8, 8, ((0, "red"), (0.001, "orange"), (0.5, "green")),
              ("LeadlineSlaBurnFast", "LeadlineSlaBurnSlow"), least=-1),
        Panel("Objectives", "What share of promises should be kept: deploy/prometheus/objectives.yaml.", "percentunit",
              (Ask(f"leadline:sla_objective:ratio{{{OF}}}", "{{policy}}"),), "bargauge", 8, 8),
    ]  # fmt: skip


def _kept() -> list[Panel]:
    burns = [
        graph(f"Burn rate, {window.long}", "How many times faster than the objective allows the budget is used: "
              f"somebody is told from {window.limit(0.95):g} on at 95 %.", "short",
              Ask(f"leadline:sla_burn:ratio_rate{window.long}{{{OF}}}", "{{policy}}/{{target}}"), width=6,
              thresholds=bad_from(1, window.limit(0.95)), runbooks=(window.alert,))
        for window in WINDOWS
    ]  # fmt: skip
    return [
        *burns,
        graph("Due", "Promises that came due, in an hour.", "short",
              Ask(f"sum by (policy, target) (increase(leadline_sla_due_total{{{OF}}}[1h]))", "{{policy}}/{{target}}"),
              stacked=True),
        graph("Broken", "In an hour, by whose cause it was.", "short",
              Ask(f"sum by (cause) (increase(leadline_sla_breached_total{{{OF}}}[1h]))", "{{cause}}"),
              stacked=True, runbooks=("LeadlineSlaBurnFast",)),
        graph("Taken back", "Breaches that were none: an answer in time was read late; in an hour.", "short",
              Ask(f"sum by (policy) (increase(leadline_sla_retracted_total{{{OF}}}[1h]))", "{{policy}}"),
              runbooks=("LeadlineHorizonStalled",)),
    ]  # fmt: skip


def _speed() -> list[Panel]:
    whole = f"sum by (le, kind) (rate(leadline_speed_to_lead_seconds_bucket[{MINUTE}]))"
    hop = f"sum by (le, hop) (rate(leadline_speed_to_lead_hop_seconds_bucket[{MINUTE}]))"
    parts = f'leadline_speed_to_lead_seconds_sum{{kind=~"system|human|closed"}}[{MINUTE}]'
    return [
        graph("To the first human answer", "Half of the leads, and nine of ten. Of answered ones only.", "s",
              Ask(f"histogram_quantile(0.5, {whole})", "median {{kind}}"),
              Ask(f"histogram_quantile(0.9, {whole})", "90 % {{kind}}"), width=12),
        graph("What it is made of", "Our time, people's time and closed hours.", "percentunit",
              Ask(f"sum by (kind) (rate({parts})) / ignoring (kind) group_left () sum(rate({parts}))", "{{kind}}"),
              stacked=True, width=6),
        graph("From hop to hop", "Nine of ten.", "s", Ask(f"histogram_quantile(0.9, {hop})", "{{hop}}"), width=6,
              runbooks=("LeadlineConsumerLag",)),
    ]  # fmt: skip


def _people() -> list[Panel]:
    return [
        graph("Open promises", "By clock: the system's own, to customers, of owners.", "short",
              Ask("sum by (clock) (leadline_sla_open)", "{{clock}}")),
        graph("Without an owner", "Leads that are held, or queued.", "short",
              Ask("leadline:unrouted:sum", "held or queued"), thresholds=bad_from(20),
              runbooks=("LeadlineUnroutedGrowing",)),
        graph("Nobody will be there", "Open hours of the coming seven days without anybody on duty.", "s",
              Ask("leadline:route_uncovered:seconds > 0", "{{rule}} {{territory}} {{skill}}"),
              thresholds=bad_from(7200), runbooks=("LeadlineCoverageGap", "LeadlineCoverageUnwatched")),
    ]  # fmt: skip
