"""One step from within: what it reads, decides, writes and waits for."""

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

OWN = 'service="$service",instance=~"$instance"'
PROCESS = 'job="$service",instance=~"$instance"'


def service() -> JsonObject:
    """The dashboard."""
    variables = [
        Variable("service", "Service", "label_values(leadline_ready, service)", several=False),
        Variable("instance", "Instance", 'label_values(leadline_ready{service="$service"}, instance)'),
    ]
    rows = [("Now", _now()), ("Work", _work()), ("Lanes", _lanes()), ("Process", _process())]
    return dashboard("service", "service", variables, rows)


def _now() -> list[Panel]:
    progress = f"time() - min(leadline_last_progress_timestamp_seconds{{{OWN}}} and on (instance) leadline_lanes > 0)"
    return [
        *line(
            number("Ready", "Instances that do their work.", "short", f"sum(leadline_ready{{{OWN}}})",
                   ((0, "red"), (1, "green")),
                   "LeadlineServiceNotReady", "LeadlineServiceDown", "LeadlineServiceAbsent"),
            number("Lanes", "All partitions have an owner if this is their number.", "short",
                   f"sum(leadline_lanes{{{OWN}}})", ((0, "red"), (1, "green")), "LeadlineRebalanceStorm"),
            number("Behind", "How long the oldest unread record has waited.", "s",
                   f"max(leadline_lag_seconds{{{OWN}}})", bad_from(30, 240), "LeadlineConsumerLag"),
            number("Since progress", "Several times a second, also when there is nothing to do.", "s",
                   progress, bad_from(10, 60), "LeadlineConsumerStalled"),
            number("Rules refused", "1: the newest rules files cannot be used.", "short",
                   f"max(leadline_rules_reload_failed{{{OWN}}})", bad_from(1), "LeadlineRulesReloadFailed"),
            number("Starts, 24 h", "How often an instance was started.", "short",
                   f"sum(changes(process_start_time_seconds{{{PROCESS}}}[24h]))", bad_from(4),
                   "LeadlineServiceRestarting"),
        ),
        Panel("Code", "The versions that run.", "short",
              (Ask(f"count by (version) (leadline_build_info{{{OWN}}})"),), "table", 12, 5),
        Panel("Rules", "The rules in force; two lines: instances disagree.", "short",
              (Ask(f"count by (version, digest) (leadline_rules_info{{{OWN}}})"),), "table", 12, 5,
              runbooks=("LeadlineRulesReloadFailed",)),
    ]  # fmt: skip


def _work() -> list[Panel]:
    spent = f"sum by (phase) (rate(leadline_batch_seconds_sum{{{OWN}}}[{MINUTE}]))"
    return [
        graph("Taken up", "Items a second, by topic.", "short",
              Ask(f"sum by (topic) (rate(leadline_consumed_total{{{OWN}}}[{MINUTE}]))", "{{topic}}"), stacked=True),
        graph("Outcomes", "Of records, timers and messages, a second.", "short",
              Ask(f"sum by (kind, outcome, reason) (rate(leadline_items_total{{{OWN}}}[{MINUTE}]) > 0)",
                  "{{kind}} {{outcome}} {{reason}}"), stacked=True, runbooks=("LeadlineOutcomesUnbalanced",)),
        graph("Where the time goes", "Seconds of each second: read and write are PostgreSQL, acknowledged and publish "
              "are Kafka, facts are providers.", "percentunit", Ask(spent, "{{phase}}"), stacked=True,
              runbooks=("LeadlineConsumerLag",)),
        graph("Time of a batch", "Mean, by phase.", "s",
              Ask(f"{spent} / sum by (phase) (rate(leadline_batch_seconds_count{{{OWN}}}[{MINUTE}]))", "{{phase}}")),
        graph("Behind", "How long the oldest unread record has waited.", "s",
              Ask(f"leadline_lag_seconds{{{OWN}}}", "{{instance}}"), thresholds=bad_from(30, 240),
              runbooks=("LeadlineConsumerLag", "LeadlineConsumerLagHigh", "LeadlineConsumerStalled")),
        graph("Unread", "Records, by topic.", "short",
              Ask(f"sum by (topic) (leadline_lag_records{{{OWN}}})", "{{topic}}")),
        graph("Dead letters", "In an hour, by why.", "short",
              Ask(f"sum by (reason) (increase(leadline_dead_letters_total{{{OWN}}}[1h]))", "{{reason}}"),
              runbooks=("LeadlineDeadLetters", "LeadlineDeadLetterFlood")),
        graph("Tried again", "Batches in ten minutes, by error.", "short",
              Ask(f"sum by (error) (increase(leadline_retries_total{{{OWN}}}[10m]))", "{{error}}"),
              runbooks=("LeadlineClaimsOfDoubt",)),
        graph("Timers due", "Found due in the last batch.", "short",
              Ask(f"leadline_timers_due{{{OWN}}}", "{{instance}}"), runbooks=("LeadlineSlaVerdictLate",)),
    ]  # fmt: skip


def _lanes() -> list[Panel]:
    behind = f"time() - (leadline_horizon_timestamp_seconds{{{OWN}}} > 0)"
    return [
        graph("Lanes", "By instance.", "short", Ask(f"leadline_lanes{{{OWN}}}", "{{instance}}"), stacked=True,
              runbooks=("LeadlineRebalanceStorm",)),
        graph("Claims", "In ten minutes, by cause; and batches refused because another owns the lane.", "short",
              Ask(f"sum by (cause) (increase(leadline_claims_total{{{OWN}}}[10m]))", "{{cause}}"),
              Ask(f"sum(increase(leadline_fenced_total{{{OWN}}}[10m]))", "refused"),
              runbooks=("LeadlineRebalanceStorm", "LeadlineFenced", "LeadlineClaimsOfDoubt")),
        graph("Horizon", "How far back everything accepted has surely been read.", "s", Ask(behind, "{{instance}}"),
              thresholds=bad_from(120, 120), runbooks=("LeadlineHorizonStalled",)),
        graph("Not published yet", "Committed events that Kafka has not acknowledged.", "short",
              Ask(f"leadline_outbox_unpublished{{{OWN}}}", "{{instance}}"), runbooks=("LeadlineOutboxBacklog",)),
        graph("Reached", "1: it answered last time.", "short",
              Ask(f"leadline_dependency_up{{{OWN}}}", "{{instance}} {{dependency}}"),
              runbooks=("LeadlineDependencyDown", "LeadlineKafkaDown", "LeadlinePostgresDown")),
        graph("Leads known to the gauges", "1: all leads of its lanes were looked over.", "short",
              Ask(f"leadline_surveyed{{{OWN}}}", "{{instance}}"), runbooks=("LeadlineSurveyUnfinished",)),
    ]  # fmt: skip


def _process() -> list[Panel]:
    return [
        graph("CPU", "Of one core.", "percentunit",
              Ask(f"rate(process_cpu_seconds_total{{{PROCESS}}}[{MINUTE}])", "{{instance}}")),
        graph("Memory", "Resident.", "bytes", Ask(f"process_resident_memory_bytes{{{PROCESS}}}", "{{instance}}"),
              runbooks=("LeadlineServiceRestarting",)),
        graph("Clock", "How far ahead of PostgreSQL's.", "s",
              Ask(f"leadline_clock_skew_seconds{{{OWN}}}", "{{instance}}"), least=None,
              runbooks=("LeadlineClockSkew",)),
    ]  # fmt: skip
