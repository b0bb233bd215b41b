"""scoring.yaml: what ships loads; what is wrong is refused with its path and what would be right."""

from collections.abc import Callable
from copy import deepcopy
from importlib.resources import files
from typing import Any

import pytest

from leadline_runtime.rules import RulesError, read_yaml
from leadline_score.core.exact import microseconds
from leadline_score.core.scorecard import Evidence, judge
from leadline_score.rules import FILE, build
from tests.unit.score.builders import act, at, loaded

SHIPPED = read_yaml(FILE, (files("leadline_score") / "rules" / FILE).read_text("utf-8"))
Change = Callable[[dict[str, Any]], Any]


def test_what_ships_names_its_version() -> None:
    assert loaded().ref.version == "2026-03-01"


def put(path: str, value: Any) -> Change:
    """The change that puts `value` at a path of keys and places."""

    def change(content: dict[str, Any]) -> None:
        *way, last = [int(step) if step.isdigit() else step for step in path.split("/")]
        place: Any = content
        for step in way:
            place = place[step]
        place[last] = value

    return change


INTENT = "intent/groups/evaluation/rules/pricing_page"
TOLD = "intent.groups.evaluation.rules.pricing_page"
ROLE = SHIPPED["fit"]["groups"]["role"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (put("zone", "America/Boston"), "zone: is no IANA time zone, e.g. America/New_York"),
        (put("colour", "red"), "colour: Extra inputs are not permitted"),
        (put("hand_raises", ["demo"]), "hand_raises.0: Input should be 'demo_request'"),
        (put("fit/groups/role/rules/title/fact", "tittle"),
         "fit.groups.role.rules.title.fact: is no known fact; did you mean title?"),
        (put("fit/groups/company/rules/size/levels/1/when", {"employes": {"gte": 20}}),
         "fit.groups.company.rules.size.levels.1.when.employes: 'employes' is no field that can be asked here; "
         "did you mean employees?"),
        (put("fit/groups/company/rules/size/levels/1/points", 10.5), "fit.groups.company.rules.size.levels.1.points: "),
        (put("fit/groups/company/rules/size/why", "{employees"),
         "fit.groups.company.rules.size.why: has a brace without its partner"),
        (put("fit/groups/company/rules/size/why", "{employees.__class__}"),
         "fit.groups.company.rules.size.why: names no known fact in braces"),
        (put("fit/penalties/free_mail/points", 5), "fit.penalties.free_mail.points: Input should be less than"),
        (put("fit/groups/penalty", ROLE), "fit.groups.penalty: is the name of the penalties"),
        (put(f"{INTENT}/count", "twice a day"), f"{TOLD}.count: Value error, is no count; write 1 per day"),
        (put(f"{INTENT}/count", "2 every 30d"), f"{TOLD}.count: Value error, counts at least 1, and exactly 1 with"),
        (put(f"{INTENT}/kind", "page.seen"), f"{TOLD}.kind"),
        (put(f"{INTENT}/kind", None), f"{TOLD}: Value error, needs request or kind"),
        (put(f"{INTENT}/when", {"tags": "pricing"}), f"{TOLD}.when.tags: 'tags' is no field"),
        (put("intent/groups/web/rules/pricing_page", SHIPPED["intent"]["groups"]["web"]["rules"]["site_visit"]),
         "intent: the rule name pricing_page stands twice"),
        (put("intent/groups/email/decay", {"linear": "30d", "half_life": "30d"}),
         "intent.groups.email.decay: Value error, needs one of half_life, linear and steps"),
        (put("intent/groups/email/decay", {"steps": {"30d": 50, "7d": 0}}),
         "intent.groups.email.decay: Value error, steps need later ages with less left"),
        (put("intent/groups/email/decay", {"steps": {"30d": 120}}), "intent.groups.email.decay.steps.30d: "),
        (put(f"{INTENT}/cap", 9), f"{TOLD}: Value error, cap 9 is below the rule's own 10 points"),
        (put(f"{INTENT}/points", 0), f"{TOLD}.points: Input should be greater than or equal to 1"),
        (put("intent/penalties/hard_bounce/floor", -5),
         "intent.penalties.hard_bounce: Value error, floor -5 takes less than the rule's own -10 points"),
        (put("fit/groups/role/rules/size", SHIPPED["fit"]["groups"]["company"]["rules"]["size"]),
         "fit: the rule name size stands twice"),
        (put("total", {"floor": 40, "cap": 40}), "total: Value error, floor must be less than cap"),
        (put("intent/decay/half_life", "a month"), "intent.decay.half_life: Value error, is no duration"),
        (put("bands/pql/group", "usage"), "bands.pql.group: names no group of intent; known: hand_raise, "),
        (put("bands/mql/preset", "bold"), "bands.mql.preset: names no preset; known: standard, eager, strict"),
        (put("bands/fast_track", {"enter": 40, "leave": 40}), "bands.fast_track: Value error, leave must be less"),
        (put("bands/digit/2", {"enter": 30, "leave": 16}), "bands.digit: each band needs lower enter and leave values"),
        (put("bands/letter", {"A": {"enter": 50, "leave": 45}}), "bands.letter: needs all of A, B, C"),
        (put("veto/competitor/effect", "ignore"), "veto.competitor.effect: Input should be 'disqualify' or"),
        (put("sql_suggestion", {"grade": "A1"}), "sql_suggestion.grade: 'grade' is no field"),
        (put("examples/0/lead", {"staff": 3}), "examples.0.lead.staff: is no fact that rules may ask"),
        (put("examples", []), "examples: Tuple should have at least 1 item"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_path_and_what_would_be_right(change: Change, says: str) -> None:
    content = deepcopy(SHIPPED)
    change(content)
    with pytest.raises(RulesError) as told:
        build({FILE: content})
    assert str(told.value).startswith(f"scoring.yaml: {says}")


def test_a_file_whose_examples_fail_is_not_used_and_says_what_the_rules_give() -> None:
    content = deepcopy(SHIPPED)
    content["fit"]["groups"]["company"]["rules"]["industry"]["levels"][0]["points"] = 20
    with pytest.raises(RulesError) as told:
        build({FILE: content})
    assert str(told.value).startswith(
        "scoring.yaml: examples.0.expect (the explainable 85).fit: is 40.000 by these rules, not 45; 80 = 200 employees"
    )


@pytest.mark.parametrize(("preset", "enter", "leave"), [("eager", 50, 40), ("strict", 80, 70)])
def test_a_preset_moves_the_mql_band_and_the_examples_still_hold(preset: str, enter: int, leave: int) -> None:
    content = deepcopy(SHIPPED)
    content["bands"]["mql"]["preset"] = preset
    rules = build({FILE: content})
    assert (rules.bands.mql.enter, rules.bands.mql.leave) == (enter * 1000, leave * 1000)


@pytest.mark.parametrize(
    ("count", "days", "kept"),
    [
        ("2 per week", [2, 3, 6, 8, 9], [6, 8, 9]),  # Monday 2 to Sunday 8 March is one week
        ("1 per month", [1, 30, 31], [31]),
        ("1 ever", [1, 9], [9]),
        ("1 every 7d", [1, 5, 12], [5, 12]),
        (None, [1, 2, 3], [1, 2, 3]),
    ],
)
def test_count_caps_keep_the_most_recent(count: str | None, days: list[int], kept: list[int]) -> None:
    content = deepcopy(SHIPPED)
    rule = content["intent"]["groups"]["content"]["rules"]["gated_download"]
    rule.update({"count": count, "cap": 100})
    content["intent"]["groups"]["content"]["cap"] = 100
    rules = build({FILE: content})
    acts = [act(f"d{day}", "content.downloaded", at(f"03-{day:02}T12:00:00")) for day in days]
    card = judge(Evidence({}, acts), rules, microseconds(at("03-31T12:00:00"))).card
    assert [each.at.day for each in card.intent.contributions if each.at] == kept


def test_all_that_is_wrong_is_told_at_once() -> None:
    content = deepcopy(SHIPPED)
    for change in (
        put("zone", "America/Boston"),
        put("fit/groups/role/rules/title/fact", "tittle"),
        put("fit/penalties/free_mail/when", {"domian_class": "free"}),
        put(f"{INTENT}/when", {"tags": "pricing"}),
        put("intent/penalties/hard_bounce/when", {"reasons": "soft"}),
        put("veto/competitor/when", {"mail_domain": "x.example"}),
        put("veto/student/why", "{titel}"),
        put("bands/mql/preset", "bold"),
        put("sql_suggestion", {"grade": "A1"}),
    ):
        change(content)
    with pytest.raises(RulesError) as caught:
        build({FILE: content})
    assert [fault.path for fault in caught.value.faults] == [
        "fit.groups.role.rules.title.fact", "fit.penalties.free_mail.when.domian_class", f"{TOLD}.when.tags",
        "intent.penalties.hard_bounce.when.reasons", "zone", "veto.competitor.when.mail_domain", "veto.student.why",
        "bands.mql.preset", "sql_suggestion.grade",
    ]  # fmt: skip


def test_every_example_that_fails_is_told_with_each_value() -> None:
    content = deepcopy(SHIPPED)
    put("examples/0/expect", {"total": 84, "grade": "A1"})(content)
    put("examples/2/expect/signal", "MQL")(content)
    with pytest.raises(RulesError) as caught:
        build({FILE: content})
    assert [fault.path.rpartition(".")[2] for fault in caught.value.faults] == ["grade", "total", "signal"]


def test_a_floor_of_the_total_within_a_band_holds_a_lead_that_did_nothing_in_it() -> None:
    content = deepcopy(SHIPPED)
    content.update({"total": {"floor": 70, "cap": 100}, "examples": content["examples"][:1]})
    content["bands"]["mql"].update({"fit": 0, "intent": 0})
    card = judge(Evidence({}, ()), build({FILE: content}), microseconds(at("03-31T12:00:00"))).card
    assert (card.total, card.mql_by_score, card.mql_reasons) == ("70.000", True, ("score",))
