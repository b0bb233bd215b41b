"""Is anything wrong, and where: from the door to the owner."""

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

SOURCE = 'source=~"$source"'


def pipeline() -> JsonObject:
    """The dashboard."""
    sources = Variable("source", "Source", "label_values(leadline_submissions_accepted_total, source)")
    rows = [
        ("Now", _now()),
        ("At the door", _door()),
        ("From step to step", _steps()),
        ("Are people told", _told()),
        ("Is a step behind", _behind()),
        ("What comes from outside", _outside()),
    ]
    return dashboard("pipeline", "pipeline", [sources], rows)


def _now() -> list[Panel]:
    firing = 'count(ALERTS{alertname=~"Leadline.*",alertstate="firing",severity=~"critical|warning"}) or vector(0)'
    return line(
        number("Alerts", "Alerts that fire now.", "short", firing, bad_from(1)),
        number("Canary", "Since a lead that is nobody's came through to the end; one is sent each minute.", "s",
               "time() - (leadline:canary_last_seen:max6h > 0)", bad_from(120, 180), "LeadlineCanaryLate"),
        number("Not ready", "Processes that run and do not work.", "short",
               "count(leadline_ready == 0) or vector(0)", bad_from(1, 1), "LeadlineServiceNotReady"),
        number("Furthest behind", "How long the oldest unread record of any step has waited.", "s",
               "max(leadline_lag_seconds)", bad_from(30, 240), "LeadlineConsumerLag", "LeadlineConsumerLagHigh"),
        number("Dead letters, 24 h", "Records that a person has to look at.", "short",
               "sum(increase(leadline_dead_letters_total[24h]))", bad_from(1), "LeadlineDeadLetters"),
        number("Without an owner", "Leads that are held for somebody's next shift, or queued.", "short",
               "leadline:unrouted:sum", bad_from(20), "LeadlineUnroutedGrowing"),
        number("Promises kept, 24 h", "Of the promises that came due, of all policies.", "percentunit",
               "1 - sum(increase(leadline_sla_breached_total[24h])) / sum(increase(leadline_sla_due_total[24h]))",
               ((0, "red"), (0.9, "orange"), (0.95, "green")), "LeadlineSlaBurnFast"),
        number("Notices given up", "Of which somebody was not told, until they are retried or forgotten.", "short",
               "sum(max by (endpoint) (leadline_notify_dead)) or vector(0)", bad_from(1), "LeadlineNoticesGivenUp"),
        number("Can be told", "Contacts of notify.yaml: people and programs.", "short",
               "max(leadline_notify_contacts)", ((0, "red"), (1, "green")), "LeadlineNobodyTold"),
    )  # fmt: skip


def _door() -> list[Panel]:
    failed = f'sum(rate(leadline_http_requests_total{{status=~"5.."}}[{MINUTE}]))'
    return [
        graph("Accepted", "Submissions answered 202, per minute.", "short",
              Ask(f"sum by (source) (rate(leadline_submissions_accepted_total{{{SOURCE}}}[{MINUTE}])) * 60",
                  "{{source}}"),
              stacked=True, runbooks=("LeadlineNothingArriving", "LeadlineSourceQuiet")),
        graph("This hour and the same of last week", "Submissions accepted in an hour.", "short",
              Ask("leadline:submissions_accepted:increase1h", "now"),
              Ask("leadline:submissions_accepted:increase1h offset 1w", "a week ago"),
              runbooks=("LeadlineNothingArriving",)),
        graph("Refused", "Submissions refused, per minute, by why.", "short",
              Ask(f"sum by (reason) (rate(leadline_submissions_refused_total{{{SOURCE}}}[{MINUTE}]) > 0) * 60",
                  "{{reason}}")),
        graph("Answered 5xx", "Share of requests that the door could not take.", "percentunit",
              Ask(f"{failed} / sum(rate(leadline_http_requests_total[{MINUTE}]))", "failed"),
              thresholds=bad_from(0.05, 0.05), runbooks=("LeadlineDoorFailing",)),
        graph("Time to answer", "Of any request.", "s",
              *(Ask(f"histogram_quantile({q}, sum by (le) (rate(leadline_http_seconds_bucket[{MINUTE}])))", name)
                for q, name in ((0.5, "median"), (0.99, "99 %")))),
        graph("In the spool", "Submissions on the door's own disk that Kafka has not taken.", "short",
              Ask("sum by (instance) (leadline_spool_records)", "{{instance}}"),
              runbooks=("LeadlineSpoolFilling", "LeadlineSpoolStuck", "LeadlineSpoolDamaged")),
        graph("Room in the spool", "How much of what it may take is taken.", "percentunit",
              Ask("max by (instance) (leadline_spool_bytes / (leadline_spool_limit_bytes > 0))", "{{instance}}"),
              thresholds=bad_from(0.7, 0.9), runbooks=("LeadlineSpoolFilling",)),
        graph("Turned away by limits", "Requests answered 429, per minute, by whose limit.", "short",
              Ask(f"sum by (by) (rate(leadline_rate_limited_total[{MINUTE}])) * 60", "{{by}}"),
              runbooks=("LeadlineRateLimitsAlone",)),
        graph("Connections", "Open ones, and those ended per minute, by why.", "short",
              Ask("sum by (instance) (leadline_http_connections)", "open {{instance}}"),
              Ask(f"sum by (reason) (rate(leadline_http_connections_cut_total[{MINUTE}])) * 60", "{{reason}}")),
    ]  # fmt: skip


def _steps() -> list[Panel]:
    hop = f"sum by (le, hop) (rate(leadline_speed_to_lead_hop_seconds_bucket[{MINUTE}]))"
    canary = "sum by (le, topic) (rate(leadline_canary_hop_seconds_bucket[5m]))"
    return [
        graph("Canary, step by step", "From the step before, half of the canaries.", "s",
              Ask(f"histogram_quantile(0.5, {canary})", "{{topic}}"), stacked=True, runbooks=("LeadlineCanaryLate",)),
        graph("Canaries that did not come through", "In an hour, by where they were seen last.", "short",
              Ask("sum by (last_seen) (increase(leadline_canary_missed_total[1h]))", "{{last_seen}}"),
              runbooks=("LeadlineCanaryLate",)),
        graph("Captured", "Submissions that became or joined a lead, per minute.", "short",
              Ask(f"sum by (outcome) (rate(leadline_leads_captured_total{{{SOURCE}}}[{MINUTE}])) * 60", "{{outcome}}"),
              stacked=True),
        graph("Scored", "Scorecards per minute, by temperature.", "short",
              Ask(f"sum by (temperature) (rate(leadline_scored_total[{MINUTE}])) * 60", "{{temperature}}"),
              stacked=True),
        graph("Routed", "Where leads go, per minute.", "short",
              Ask(f"sum by (outcome) (rate(leadline_routed_total[{MINUTE}])) * 60", "{{outcome}}"), stacked=True),
        graph("From hop to hop", "Nine of ten take at most so long from the step before to this one.", "s",
              Ask(f"histogram_quantile(0.9, {hop})", "{{hop}}"), runbooks=("LeadlineConsumerLag",)),
        graph("Without an owner", "Leads that are held, or queued.", "short",
              Ask("leadline:unrouted:sum", "held or queued"), thresholds=bad_from(20),
              runbooks=("LeadlineUnroutedGrowing",)),
        graph("Kept apart", "Spam, tests, and what has no contact, in an hour.", "short",
              Ask("sum by (reason) (increase(leadline_quarantined_total[1h]) > 0)", "{{reason}}")),
    ]  # fmt: skip


def _told() -> list[Panel]:
    delay = f"sum by (le, channel) (rate(leadline_notify_delay_seconds_bucket[{MINUTE}]))"
    return [
        graph("Notices", "Made for owners and managers, per minute, by what of and which way.", "short",
              Ask(f"sum by (kind, channel) (rate(leadline_notify_notices_total[{MINUTE}])) * 60",
                  "{{kind}} {{channel}}"),
              stacked=True, runbooks=("LeadlineNotifyStalled",)),
        graph("How late", "Nine of ten are sent so long after they might go out.", "s",
              Ask(f"histogram_quantile(0.9, {delay})", "{{channel}}"), runbooks=("LeadlineNoticesBacklog",)),
        graph("Endpoints that take nothing", "Since when.", "s",
              Ask("time() - (max by (endpoint) (leadline_notify_endpoint_failing_since_timestamp_seconds) > 0)",
                  "{{endpoint}}"), thresholds=bad_from(900), runbooks=("LeadlineNotifyEndpointDead",)),
    ]  # fmt: skip


def _behind() -> list[Panel]:
    return [
        graph("Behind", "How long the oldest unread record of a step has waited.", "s",
              Ask("max by (service) (leadline_lag_seconds)", "{{service}}"), thresholds=bad_from(30, 240),
              runbooks=("LeadlineConsumerLag", "LeadlineConsumerLagHigh", "LeadlineConsumerStalled")),
        graph("Decided", "Items taken up by each step, a second.", "short",
              Ask(f"sum by (service) (rate(leadline_consumed_total[{MINUTE}]))", "{{service}}")),
        graph("Not accounted for", "Consumed, less all outcomes: 0, or a lead may be lost.", "short",
              Ask("sum by (service) (leadline:outcomes_missing:sum)", "{{service}}"), least=None,
              runbooks=("LeadlineOutcomesUnbalanced",)),
        graph("Dead letters", "In an hour, by why.", "short",
              Ask("sum by (service, reason) (increase(leadline_dead_letters_total[1h]) > 0)", "{{service}} {{reason}}"),
              runbooks=("LeadlineDeadLetters", "LeadlineDeadLetterFlood")),
        graph("Not published yet", "Committed events that Kafka has not acknowledged.", "short",
              Ask("sum by (service) (leadline_outbox_unpublished)", "{{service}}"),
              runbooks=("LeadlineOutboxBacklog",)),
        graph("Reached", "1: Kafka and PostgreSQL answer every instance of the step.", "short",
              Ask("min by (service, dependency) (leadline_dependency_up)", "{{service}} {{dependency}}"),
              runbooks=("LeadlineKafkaDown", "LeadlinePostgresDown", "LeadlineDependencyDown")),
    ]  # fmt: skip


def _outside() -> list[Panel]:
    asked = f'sum by (provider) (rate(leadline_provider_answers_total{{answer=~"found|not_found"}}[{MINUTE}]))'
    return [
        graph("Silence of providers", "Of what each was asked in ten minutes, what it did not answer.", "percentunit",
              Ask("leadline:provider_silent:ratio_rate10m", "{{provider}}"), thresholds=bad_from(0.5),
              runbooks=("LeadlineEnrichmentFailing", "LeadlineTableUnusable")),
        graph("Coverage of providers", "Of the companies asked about, how many each knows.", "percentunit",
              Ask(f'sum by (provider) (rate(leadline_provider_answers_total{{answer="found"}}[{MINUTE}])) / {asked}',
                  "{{provider}}")),
        graph("Age of facts", "Half of the values that count are at most so old.", "s",
              Ask(f"histogram_quantile(0.5, sum by (provider, le) (rate(leadline_fact_age_seconds_bucket[{MINUTE}])))",
                  "{{provider}}")),
        graph("Waiting to be fetched", "Leads that a vendor only pointed at.", "short",
              Ask("max by (source) (leadline_pointers_waiting)", "{{source}}"),
              Ask("max by (source) (leadline_pointers_failing)", "{{source}} failing"),
              runbooks=("LeadlinePointersFailing",)),
        graph("Lists", "Posted lists with rows left, and rows a minute.", "short",
              Ask("sum(leadline_imports_unfinished)", "lists"),
              Ask(f"sum by (status) (rate(leadline_import_rows_total[{MINUTE}])) * 60", "rows {{status}}"),
              runbooks=("LeadlineImportStalled", "LeadlineImportFailed")),
        graph("Stored leads to look at again", "Of new scoring rules, and of members who left or are away.", "short",
              Ask("sum(leadline_rescoring_left)", "to be scored"),
              Ask("sum(leadline_handover_left)", "to be handed over"),
              runbooks=("LeadlineRescoringStalled", "LeadlineHandoverStalled")),
    ]  # fmt: skip
