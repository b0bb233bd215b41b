"""sla.yaml is read strictly; a mistake is told with its path and what would be right."""

from importlib.resources import files
from typing import Any

import pytest

from leadline_runtime.rules import RulesError, read_yaml
from leadline_sla_monitor.core.policy import SlaRules
from leadline_sla_monitor.rules import build
from tests.support.sla_story import shipped_rules

SLA = (files("leadline_sla_monitor") / "rules" / "sla.yaml").read_text()
CALENDARS, LIFECYCLE = (
    (files("leadline_runtime") / "rules" / name).read_text() for name in ("calendars.yaml", "lifecycle.yaml")
)


def built(sla: str) -> SlaRules:
    texts = {"sla.yaml": sla, "calendars.yaml": CALENDARS, "lifecycle.yaml": LIFECYCLE}
    return build({name: read_yaml(name, text) for name, text in texts.items()})


def test_the_shipped_rules_load_with_their_examples() -> None:
    rules = shipped_rules().rules
    assert rules.policies[0].name == "demo_or_pricing"
    assert rules.levels == (50, 80)


@pytest.mark.parametrize(
    ("wrong", "right", "path", "said"),
    [
        ("within: 5 min", "within: 5", "policies.0.targets.first_email.within", "15 min"),
        ("within: 5 min", "within: 0 min", "policies.0.targets.first_email.within", "longer"),
        ("answered_by: [email]", "answered_by: [mail]", "policies.0.targets.first_email.answered_by.0", "email"),
        ("answered_by: [email]", "answered_by: []", "policies.0.targets.first_email.answered_by", "at least 1"),
        ("calendar: always", "calendar: allways", "policies.1.targets.auto_ack.calendar", "always"),
        ("mode: wall_rolled", "mode: rolled", "policies.7.targets.cadence_step_1.mode", "wall_rolled"),
        ("{type: trial_signup}", "{typ: trial_signup}", "policies.1.when", "type"),
        ("outcomes: [nurture]", "outcomes: [parked]", "policies.5.outcomes", "promised"),
        ("name: warm", "name: hot", "policies", "same name"),
        ("{at: 80, tell: [owner]}", "{at: 40, tell: [owner]}", "ladder", "ascending"),
        ("{at: 80, tell: [owner]}", "{at: 80, tell: [boss]}", "ladder.1.tell.0", "manager"),
        ("{at: 80, tell: [owner]}", "{at: 80}", "ladder.1", "does nothing"),
        ("{at: 80, tell: [owner]}", "{at: 80, then: queue}", "ladder.1.then", "after the due time"),
        ("grace: 60 s", "warnings: [50, 80]\ngrace: 60 s", "warnings", "one of both"),
        (
            "answered_by: [email]",
            "answered_by: [email], pause: [holiday]",
            "policies.0.targets.first_email.pause",
            "holiday",
        ),
        ("owner_clock: [call_me_after", "owner_clock: [holiday", "pauses.owner_clock", "holiday"),
        ("reason: call_me_after, start", "reason: lunch, start", "examples", "none of the reasons"),
        ("until: 2026-03-10T17:00:00Z", "until: 2026-03-17T17:00:00Z", "examples", "3 working days"),
        ("until: 2026-03-10T17:00:00Z", "until: 2026-03-10T18:00:00Z", "examples", "first_personal 2026-03-10T20:30"),
        ("longest: 3", "longest: 0", "pauses.longest", "greater"),
        ("manager: [manager]", "manager: [boss]", "pauses.reasons.manager", "person"),
        ("reassign_after: 15 min", "reasign_after: 15 min", "policies.0.reasign_after", "xtra"),
        ("within: 5 min", "within: 6 min", "examples.0", "first_email 2026-03-06T22:36:00"),
        ("temperature: hot}", "temperature: cold}", "examples.9", "the rules give cold"),
        ("within: 5 min", "within: 9999999 d", "policies.0.targets.first_email.within", "longer than 366 d"),
        ("within: 5 min", "within: 367 d", "policies.0.targets.first_email.within", "longer than 366 d"),
        ("reassign_after: 15 min", "reassign_after: 0 min", "policies.0.reassign_after", "longer than nothing"),
        ("decision_within: 60 s", "decision_within: 400 d", "decision_within", "longer than 366 d"),
        ("grace: 60 s", "grace: 2 d", "grace", "longer than 1 d"),
        ("pre_contacted: 24 h", "pre_contacted: 9999999 d", "cycles.pre_contacted", "longer than 3660 d"),
        ("told_within: 1 h", "told_within: 9999999 d", "pauses.told_within", "longer than 3660 d"),
        ("start: 2026-03-06T22:30:00Z", "start: 9026-03-06T22:30:00Z", "examples.0.start", "from 1990 to 2100"),
    ],
)
def test_a_mistake_is_told_with_its_place(wrong: str, right: str, path: str, said: str) -> None:
    assert wrong in SLA
    with pytest.raises(RulesError) as told:
        built(SLA.replace(wrong, right, 1))
    assert told.value.path.startswith(path)
    assert said in str(told.value)


def test_a_reload_touches_no_open_promise(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is promised is fixed when it is armed (rules B5.6)."""
    import tests.support.sla_story as stories
    from tests.support.golden import instant

    start = instant("2026-03-10T14:00:00Z")
    asked = stories.request("r", "trial_signup", start)
    story = stories.Story(start)
    story.reads(stories.routed(start, asked))
    strict = build_shorter()
    monkeypatch.setattr(stories, "shipped_rules", lambda: strict)
    story.until(start + stories.DAY)
    (breach,) = story.of("first_personal", "breached")
    assert breach.due_at == start + 4 * stories.HOUR


def build_shorter() -> Any:
    from dataclasses import replace

    changed = SLA.replace("first_personal: {within: 4 h", "first_personal: {within: 1 h")
    head, _, _ = changed.partition("examples:")
    only = """examples:
  - {name: a trial, type: trial_signup, cannot: [ack], start: 2026-03-10T14:00:00Z, policy: trial, grade: C2,
     due: {first_personal: 2026-03-10T15:00:00Z}}
"""
    return replace(shipped_rules(), rules=built(head + only))


def test_a_file_of_before_the_ladder_says_its_warnings_in_short() -> None:
    head, _, rest = SLA.partition("ladder:\n")
    short = f"{head}warnings: [30]\n{rest.partition('  - {at: 100, tell: [owner, manager]}')[2]}"
    target = built(short).policies[0].targets[0]
    assert (target.warnings, target.tell) == ((30,), ("owner", "manager"))


def test_a_target_s_own_ladder_goes_before_its_policy_s_and_that_before_the_file_s() -> None:
    own = "answered_by: [email], ladder: [{at: 10, tell: [manager]}, {at: 100, tell: [manager]}]"
    changed = SLA.replace("answered_by: [email]", own, 1)
    short = "    ladder: [{at: 60, tell: [owner]}]\n    reassign_after: 15 min"
    changed = changed.replace("    reassign_after: 15 min", short, 1)
    policy = built(changed).policies[0]
    email, call = policy.targets
    assert (email.warnings, email.tell) == ((10,), ("manager",))
    assert (call.warnings, call.tell) == ((60,), ())
    assert built(changed).policies[1].targets[1].warnings == (50, 80)
