"""Who is told of which alert, and what is not told beside something worse."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.deploy.alertmanager import Alertmanager, Labels, alertmanager
from tests.deploy.alerts import alert_tests, alerts
from tests.deploy.tools import DEPLOY, read_yaml, run, tool
from tests.support.pipeline import wait

CONFIG = DEPLOY / "alertmanager" / "alertmanager.yml"
EVERY = {alert.name for alert in alerts()}
# Whatever else is wrong: leads are lost at the door, or people are let down.
ALWAYS = {"LeadlineSlaBurnFast", "LeadlineSlaBreachImminent", "LeadlineDoorFailing", "LeadlineSpoolFilling"} | {
    "LeadlineWatchdog"
}
BEHIND = {"LeadlineConsumerLag", "LeadlineConsumerLagHigh", "LeadlineConsumerStalled"}
PASSES = {"LeadlineHandoverStalled", "LeadlineRescoringStalled"}
OWNERSHIP = {"LeadlineClaimsOfDoubt", "LeadlineRebalanceStorm", "LeadlineFenced", "LeadlineSurveyUnfinished"}
VERDICTS = {"LeadlineHorizonStalled", "LeadlineSlaVerdictLate", "LeadlineOldestUncontacted"}
# What is seen where a server does not answer.
AWAY = (
    {"LeadlineDependencyDown", "LeadlineServiceNotReady", "LeadlineImportStalled", "LeadlineCanaryLate"}
    | BEHIND
    | PASSES
    | OWNERSHIP
)


def test_the_configuration_is_valid() -> None:
    run(tool("amtool"), "check-config", CONFIG)


def goes_to(receiver: str, labels: Labels) -> None:
    """Fails unless it is this receiver, by the tool that is made to ask for it."""
    words = [f"{name}={value}" for name, value in labels.items()]
    verify = ("--verify.receivers", receiver)
    run(tool("amtool"), "config", "routes", "test", "--config.file", CONFIG, *verify, *words)


@pytest.mark.parametrize(("severity", "receiver"), [("critical", "page"), ("warning", "ticket")])
def test_critical_alerts_page_and_warnings_become_tickets(severity: str, receiver: str) -> None:
    named = sorted({(a.name, a.labels.get("service", "route")) for a in alerts() if a.labels["severity"] == severity})
    assert named
    for name, service in named:
        goes_to(receiver, {"alertname": name, "severity": severity, "service": service})


def test_who_is_told_a_minute_before_is_told_at_once_and_of_each_policy_by_itself() -> None:
    labels = {"alertname": "LeadlineSlaBreachImminent", "severity": "critical", "service": "sla-monitor"}
    goes_to("page", {**labels, "policy": "hot"})
    (route,) = [one for one in read_yaml(CONFIG)["route"]["routes"] if "BreachImminent" in one["matchers"][0]]
    assert (route["group_by"], route["group_wait"], route["group_interval"]) == (["alertname", "policy"], "0s", "30s")


def test_what_has_no_severity_is_a_ticket_and_not_lost() -> None:
    goes_to("ticket", {"alertname": "SomebodyElsesAlert"})


def test_the_dead_mans_switch_goes_to_a_receiver_of_its_own_and_again_and_again() -> None:
    goes_to("deadman", {"alertname": "LeadlineWatchdog", "severity": "none"})
    (route,) = [one for one in read_yaml(CONFIG)["route"]["routes"] if one["receiver"] == "deadman"]
    # Alertmanager tells a group again at the first flush after repeat_interval: it must be over by the next one.
    assert (route["group_interval"], route["repeat_interval"]) == ("1m", "50s")


def test_inhibitions_speak_of_alerts_that_exist_and_never_silence_something_worse() -> None:
    severity = {alert.name: alert.labels["severity"] for alert in alerts()}
    for rule in read_yaml(CONFIG)["inhibit_rules"]:
        sources, targets = _named(rule["source_matchers"]), _named(rule["target_matchers"])
        for name in (*sources, *targets):
            assert name in severity, name
        assert not set(sources) & set(targets)
        assert not ALWAYS & set(targets)
        if any(severity[name] == "warning" for name in sources):
            assert all(severity[name] == "warning" for name in targets)


def _named(matchers: Iterable[str]) -> list[str]:
    (matcher,) = [one for one in matchers if one.startswith("alertname")]
    group = re.search(r"=~ \"(\w+)\(([^)]+)\)\"", matcher)
    if group:
        return [f"{group[1]}{one}" for one in group[2].split("|")]
    return [matcher.partition("=")[2].strip()]


def as_they_fire() -> list[Labels]:
    """Every alert with the labels that Prometheus gives it, as the tests of the rules have them."""
    found: dict[str, Labels] = {}
    for test in alert_tests():
        for expected in test.expected:
            found.setdefault(test.alert, {"alertname": test.alert, **expected["exp_labels"]})
    assert found.keys() == EVERY
    return list(found.values())


def of(service: str, *names: str) -> list[Labels]:
    """These alerts, of one service."""
    fired = {labels["alertname"]: labels for labels in as_they_fire()}
    return [{**fired[name], "service": service} for name in names]


def names(alerts: Iterable[Labels]) -> set[str]:
    return {labels["alertname"] for labels in alerts}


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Alertmanager]:
    """A real one, which knows of nothing yet."""
    with alertmanager(CONFIG, tmp_path) as running:
        yield running


def left(manager: Alertmanager, *fire: Labels) -> list[Labels]:
    """Of what fires, that of which people are told."""
    manager.told(list(fire))
    wait(lambda: len(manager.all()) == len(fire), "Alertmanager to know all that fires", 60)
    return manager.passed_on()


def without(*names: str) -> list[Labels]:
    """Everything that can fire at once but these."""
    return [labels for labels in as_they_fire() if labels["alertname"] not in names]


OTHER_CAUSES = ("LeadlineServiceDown", "LeadlineServiceAbsent", "LeadlineDependencyDown")
OF_KAFKA = of("score", "LeadlineDependencyDown")[0] | {"dependency": "kafka"}
OF_POSTGRES = OF_KAFKA | {"dependency": "postgres"}


def test_a_broker_that_nobody_reaches_silences_what_follows_from_it_in_every_service(manager: Alertmanager) -> None:
    told = left(manager, *without("LeadlinePostgresDown", *OTHER_CAUSES), OF_KAFKA)
    follows = AWAY | VERDICTS | {"LeadlineOutboxBacklog", "LeadlinePointersFailing", "LeadlineSpoolStuck"}
    follows |= {"LeadlineNothingArriving", "LeadlineSourceQuiet"}
    of_others = {"LeadlineDeadLetters", "LeadlineSlaBurnSlow"}  # a flood and a fast burn fire beside them
    assert EVERY - names(told) == follows | of_others | {"LeadlinePostgresDown", *OTHER_CAUSES}
    assert names(told) >= ALWAYS


def test_a_database_that_nobody_reaches_does_so_too_but_the_door_goes_on(manager: Alertmanager) -> None:
    fire = without("LeadlineKafkaDown", "LeadlineSlaBurnFast", *OTHER_CAUSES)
    told = left(manager, *fire, OF_POSTGRES)
    for name in AWAY | VERDICTS | {"LeadlineCoverageUnwatched", "LeadlineNotifyStalled", "LeadlineNoticesBacklog"}:
        assert name not in names(told), name
    for name in (ALWAYS | {"LeadlineNothingArriving", "LeadlineSlaBurnSlow"}) - {"LeadlineSlaBurnFast"}:
        assert name in names(told), f"{name} is not explained by it"


def test_a_kafka_that_is_away_does_not_explain_a_database_that_is(manager: Alertmanager) -> None:
    told = left(manager, *of("kafka", "LeadlineKafkaDown"), OF_POSTGRES, OF_KAFKA)
    assert names(told) == {"LeadlineKafkaDown", "LeadlineDependencyDown"}
    assert [labels["dependency"] for labels in told if "dependency" in labels] == ["postgres"]


def test_a_service_that_is_gone_silences_its_own_and_nobody_elses(manager: Alertmanager) -> None:
    down = of("score", "LeadlineServiceDown")
    own = of("score", *sorted(BEHIND | OWNERSHIP), "LeadlineServiceNotReady", "LeadlineOutboxBacklog")
    beside = [*of("route", "LeadlineConsumerLagHigh"), *of("score", "LeadlineDeadLetterFlood")]
    told = left(manager, *down, *own, *beside, *of("sla-monitor", "LeadlineSlaBurnFast", "LeadlineSlaVerdictLate"))
    assert sorted((labels["alertname"], labels["service"]) for labels in told) == [
        ("LeadlineConsumerLagHigh", "route"),
        ("LeadlineDeadLetterFlood", "score"),
        ("LeadlineServiceDown", "score"),
        ("LeadlineSlaBurnFast", "sla-monitor"),
        ("LeadlineSlaVerdictLate", "sla-monitor"),
    ]


def test_with_the_monitor_gone_late_verdicts_are_explained_and_broken_promises_are_not(manager: Alertmanager) -> None:
    gone = of("sla-monitor", "LeadlineServiceDown", "LeadlineSlaVerdictLate", "LeadlineHorizonStalled")
    told = left(manager, *gone, *of("sla-monitor", "LeadlineSlaBurnFast", "LeadlineOldestUncontacted"))
    assert names(told) == {"LeadlineServiceDown", "LeadlineSlaBurnFast", "LeadlineOldestUncontacted"}


def test_that_one_watcher_is_gone_does_not_silence_what_the_other_sees(manager: Alertmanager) -> None:
    told = left(manager, *of("canary", "LeadlineServiceDown", "LeadlineCanaryLate"))
    assert names(told) == {"LeadlineServiceDown", "LeadlineCanaryLate"}


def test_of_several_that_say_the_same_the_one_that_says_most_is_told(manager: Alertmanager) -> None:
    told = left(manager, *of("route", "LeadlineOutboxBacklog", *sorted(BEHIND)), *of("score", "LeadlineConsumerLag"))
    assert sorted((labels["alertname"], labels["service"]) for labels in told) == [
        ("LeadlineConsumerLag", "score"),
        ("LeadlineOutboxBacklog", "route"),
    ]


def test_a_fast_burn_silences_the_slow_one_of_the_same_promise_alone(manager: Alertmanager) -> None:
    fast, slow = of("sla-monitor", "LeadlineSlaBurnFast", "LeadlineSlaBurnSlow")
    told = left(manager, fast, slow, slow | {"policy": "referral", "target": "first_touch"})
    assert sorted((labels["alertname"], labels["policy"]) for labels in told) == [
        ("LeadlineSlaBurnFast", fast["policy"]),
        ("LeadlineSlaBurnSlow", "referral"),
    ]


def test_one_trouble_of_one_service_is_one_message_however_many_have_it(manager: Alertmanager) -> None:
    fast = of("sla-monitor", "LeadlineSlaBurnFast")[0]
    others = [fast | {"policy": "referral", "target": "first_touch"}, fast | {"window": "6h"}]
    stuck = [{**of("route", "LeadlineOutboxBacklog")[0], "instance": f"route-{n}"} for n in (1, 2)]
    tickets = of("score", "LeadlineDeadLetters", "LeadlineRebalanceStorm")
    left(manager, fast, *others, *stuck, *tickets)
    found = {
        (group["receiver"]["name"], group["labels"]["alertname"], group["labels"]["service"]): len(group["alerts"])
        for group in manager.groups()
    }
    assert found == {
        ("page", "LeadlineSlaBurnFast", "sla-monitor"): 3,
        ("page", "LeadlineOutboxBacklog", "route"): 2,
        ("ticket", "LeadlineDeadLetters", "score"): 1,
        ("ticket", "LeadlineRebalanceStorm", "score"): 1,
    }
