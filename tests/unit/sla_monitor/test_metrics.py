"""What the monitor counts: committed promises, verdicts by cause, delays, speed, and what is open."""

from dataclasses import replace
from uuid import UUID

from prometheus_client import CollectorRegistry

from leadline_sla_monitor.armed_late import FORGOTTEN_AFTER, ArmedLate
from leadline_sla_monitor.core.hops import HOPS
from leadline_sla_monitor.metrics import SlaMetrics
from tests.support.golden import instant
from tests.support.other_calendars import calendars, order, rules_by
from tests.support.sla_story import (
    DAY,
    HOUR,
    LEAD,
    MINUTE,
    SECOND,
    Story,
    act,
    captured,
    request,
    routed,
    shipped_rules,
)

START = instant("2026-03-10T14:00:00Z")
DEMO = request("r", "demo_request", START)


class Counted:
    """Metrics of their own registry, fed with what a story tells."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.metrics = SlaMetrics(self.registry)
        self.metrics.rules_in_force(shipped_rules().rules)
        self.lane, self.other = self.metrics.picture(), self.metrics.picture()
        self.metrics.watch([self.lane, self.other])
        self._seen = 0

    def after(self, story: Story) -> "Counted":
        self.metrics.measure(story.emitted[self._seen :])
        self._seen = len(story.emitted)
        self.lane.put(LEAD, story.state.body)
        return self

    def value(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(f"leadline_{name}", labels)


def begun() -> Story:
    story = Story(START)
    story.reads(captured(START, DEMO))
    story.reads(routed(START + 2 * SECOND, DEMO), START + 2 * SECOND)
    return story


def test_promises_and_verdicts_are_counted_by_policy_and_target() -> None:
    story, counted = begun(), Counted()
    story.reads(act("a", "call.attempted", START + 10 * MINUTE, "ana"), START + 10 * MINUTE)
    story.until(START + DAY)
    counted.after(story)
    first_email = {"policy": "demo_or_pricing", "target": "first_email"}
    first_call = {"policy": "demo_or_pricing", "target": "first_call"}
    assert counted.value("sla_armed_total", **first_email) == 1
    assert counted.value("sla_breached_total", cause="owner", **first_email) == 1
    assert counted.value("sla_due_total", **first_email) == 1
    assert counted.value("sla_met_total", **first_call) == counted.value("sla_due_total", **first_call) == 1
    assert counted.value("sla_met_total", policy="decision", target="decision") == 1
    assert counted.value("sla_warnings_total", level="80") == 1
    assert counted.value("speed_to_lead_seconds_count", kind="wall") == 1
    assert counted.value("speed_to_lead_seconds_sum", kind="wall") == 600
    assert counted.value("speed_to_lead_seconds_sum", kind="human") == 598
    assert counted.value("speed_to_lead_seconds_sum", kind="system") == 2


def test_a_verdict_that_is_corrected_counts_once() -> None:
    story, counted = begun(), Counted()
    story.reads(act("later", "email.sent", START + 2 * MINUTE, "ana"), START + 2 * MINUTE)
    story.reads(act("early", "email.sent", START + MINUTE, "ana"))
    story.reads(act("b", "email.bounced", START + HOUR), START + HOUR)
    counted.after(story)
    labels = {"policy": "demo_or_pricing", "target": "first_email"}
    assert counted.value("sla_met_total", **labels) == 1
    assert counted.value("sla_due_total", **labels) == 1


def test_an_answer_that_bounced_leaves_one_promise_that_came_due() -> None:
    story, counted = begun(), Counted()
    story.reads(act("m", "email.sent", START + MINUTE, "ana"), START + MINUTE)
    story.reads(act("b", "email.bounced", START + 2 * MINUTE), START + 2 * MINUTE)
    story.until(START + HOUR)
    counted.after(story)
    labels = {"policy": "demo_or_pricing", "target": "first_email"}
    assert [e.kind for e in story.of("first_email")] == ["armed", "met", "armed", "warned", "warned", "breached"]
    assert counted.value("sla_due_total", **labels) == 1
    assert counted.value("sla_breached_total", cause="owner", **labels) == 1
    again = begun()
    again.reads(act("m", "email.sent", START + MINUTE, "ana"), START + MINUTE)
    again.reads(act("b", "email.bounced", START + 2 * MINUTE), START + 2 * MINUTE)
    again.reads(act("n", "email.sent", START + 3 * MINUTE, "ana"), START + 3 * MINUTE)
    kept = Counted().after(again)
    assert kept.value("sla_due_total", **labels) == kept.value("sla_met_total", **labels) == 1
    assert kept.value("speed_to_lead_seconds_count", kind="wall") == 1, "of one first answer"


def test_a_breach_taken_back_came_due_once_and_is_corrected() -> None:
    story, counted = begun(), Counted()
    story.until(START + 10 * MINUTE)
    story.reads(act("m", "email.sent", START + MINUTE, "ana"))
    counted.after(story)
    labels = {"policy": "demo_or_pricing", "target": "first_email"}
    assert counted.value("sla_due_total", **labels) == 1
    assert counted.value("sla_breached_total", cause="owner", **labels) == 1
    assert counted.value("sla_retracted_total", **labels) == 1
    assert counted.value("sla_met_total", **labels) == 0


def test_what_ends_before_it_is_due_never_came_due() -> None:
    story, counted = begun(), Counted()
    story.reads(routed(START + MINUTE, DEMO, revision=2, outcome="disqualified", owner=None), START + MINUTE)
    story.until(START + DAY)
    counted.after(story)
    labels = {"policy": "demo_or_pricing", "target": "first_email"}
    assert [e.kind for e in story.of("first_email")] == ["armed", "cancelled"]
    assert counted.value("sla_due_total", **labels) == 0


def test_each_hop_of_the_way_is_observed_and_together_they_are_the_whole() -> None:
    story, counted = Story(START), Counted()
    story.reads(captured(START, DEMO))
    story.reads(routed(START + 2 * SECOND, DEMO, outcome="held"), START + 2 * SECOND)
    given = START + 5 * MINUTE
    story.reads(routed(given, DEMO, revision=2, assigned_at=given, cause="released"), given)
    story.reads(act("c", "call.attempted", START + 10 * MINUTE, "ana"), START + 10 * MINUTE)
    counted.after(story)
    seconds = {h: counted.value("speed_to_lead_hop_seconds_sum", hop=h) for h in HOPS}
    assert seconds == {
        "received": 0, "captured": 2, "enriched": 0, "scored": 0, "routed": 0, "assigned": 298, "responded": 300,
    }  # fmt: skip
    assert counted.value("speed_to_lead_seconds_sum", kind="wall") == sum(filter(None, seconds.values()))


def test_a_lead_that_nobody_is_to_answer_has_no_speed() -> None:
    story, counted = Story(START), Counted()
    story.reads(captured(START, DEMO))
    story.reads(routed(START + 2 * SECOND, DEMO, outcome="disqualified"), START + 2 * SECOND)
    counted.after(story)
    assert counted.value("sla_met_total", policy="decision", target="decision") == 1
    assert counted.value("speed_to_lead_hop_seconds_count", hop="captured") == 0


def test_all_that_the_rules_promise_counts_from_0_and_is_a_bound() -> None:
    counted = Counted()
    for row in shipped_rules().rules.policies:
        for target in row.targets:
            labels = {"policy": row.name, "target": target.name}
            for name in ("armed", "due", "met", "retracted"):
                assert counted.value(f"sla_{name}_total", **labels) == 0
            assert counted.value("sla_breached_total", cause="coverage", **labels) == 0
            edge = str(target.within.total_seconds())
            assert counted.value("speed_to_lead_seconds_bucket", kind="working", le=edge) == 0
    assert counted.value("sla_due_total", policy="hot", target="owner_response") == 0
    assert counted.value("sla_warnings_total", level="50") == 0


def test_a_target_of_a_new_length_begins_the_histograms_anew() -> None:
    story, counted = begun(), Counted()
    story.reads(act("c", "call.attempted", START + 10 * MINUTE, "ana"), START + 10 * MINUTE)
    counted.after(story)
    rules = shipped_rules().rules
    counted.metrics.rules_in_force(rules)
    assert counted.value("speed_to_lead_seconds_count", kind="wall") == 1, "the same rules change nothing"
    counted.metrics.rules_in_force(replace(rules, decision_within=77 * SECOND))
    assert counted.value("speed_to_lead_seconds_bucket", kind="wall", le="77.0") == 0


def test_a_target_may_be_shorter_than_a_hop_usually_takes() -> None:
    counted = Counted()
    counted.metrics.rules_in_force(replace(shipped_rules().rules, decision_within=8 * SECOND))
    assert counted.value("speed_to_lead_hop_seconds_bucket", hop="routed", le="8.0") == 0


def test_the_delay_of_a_breach_is_measured_where_it_could_have_been_told_in_time() -> None:
    story, counted = begun(), Counted()
    story.horizon_at = START
    story.until(START + 10 * MINUTE)
    counted.after(story)
    assert counted.value("sla_breach_delay_seconds_sum") == 60, "the grace of first_email"
    late = Story(START + HOUR)
    late.reads(captured(START, DEMO))
    assert Counted().after(late).value("sla_breach_delay_seconds_count") == 0, "due before it was known"


def test_a_promise_armed_late_whose_verdict_another_instance_gave_is_forgotten() -> None:
    late, story = ArmedLate(), Story(START + HOUR, horizon_known=False)
    story.reads(captured(START + HOUR - 90 * SECOND, request("r", "demo_request", START + HOUR - 90 * SECOND)))
    (armed,) = story.of("decision")
    late.note(armed)
    assert late.holds(armed)
    later = armed.detected_at + FORGOTTEN_AFTER + SECOND
    late.note(armed.model_copy(update={"cycle": LEAD, "due_at": later, "detected_at": later}))
    assert not late.holds(armed)


def test_gauges_tell_what_is_open_what_is_next_and_who_waits_longest() -> None:
    story, counted = begun(), Counted()
    assert counted.value("sla_open", clock="customer") == 0
    assert counted.value("sla_next_due_timestamp_seconds", policy="demo_or_pricing") is None, "never seen"
    counted.after(story)
    assert [counted.value("sla_open", clock=c) for c in ("decision", "customer", "owner")] == [0, 2, 1]
    assert counted.value("sla_next_due_timestamp_seconds", policy="demo_or_pricing") == (START + 5 * MINUTE).timestamp()
    assert counted.value("sla_oldest_unanswered_timestamp_seconds") == START.timestamp()
    story.until(START + 6 * MINUTE)
    counted.after(story)
    assert counted.value("sla_next_due_timestamp_seconds", policy="demo_or_pricing") == (START + HOUR).timestamp(), (
        "the customer's next"
    )
    assert counted.value("sla_oldest_unanswered_timestamp_seconds") == START.timestamp(), "breached, still waiting"
    story.reads(act("a", "call.connected", START + 7 * MINUTE, "ana"), START + 7 * MINUTE)
    counted.after(story)
    assert [counted.value("sla_open", clock=c) for c in ("decision", "customer", "owner")] == [0, 0, 0]
    assert counted.value("sla_next_due_timestamp_seconds", policy="demo_or_pricing") == 0
    assert counted.value("sla_oldest_unanswered_timestamp_seconds") == 0


def test_the_next_due_time_is_told_by_policy() -> None:
    story, counted = begun(), Counted()
    referral = request("ref", "referral", START + MINUTE)
    other = Story(START)
    other.reads(captured(START + MINUTE, referral))
    other.reads(routed(START + MINUTE + SECOND, referral), START + MINUTE + SECOND)
    counted.after(story)
    counted.other.put(UUID(int=7), other.state.body)
    assert counted.value("sla_next_due_timestamp_seconds", policy="demo_or_pricing") == (START + 5 * MINUTE).timestamp()
    assert counted.value("sla_next_due_timestamp_seconds", policy="referral") == (START + 2 * HOUR + MINUTE).timestamp()
    counted.other.drop(UUID(int=7))
    assert counted.value("sla_next_due_timestamp_seconds", policy="referral") == 0


def test_labels_hold_no_lead() -> None:
    story, counted = begun(), Counted()
    story.until(START + DAY)
    counted.after(story)
    samples = [s for family in counted.registry.collect() for s in family.samples]
    assert samples and not [s for s in samples if str(LEAD) in str(s.labels)]


def test_what_other_calendars_moved_is_counted_and_the_next_due_time_moves_with_it() -> None:
    story, counted = begun(), Counted()
    at = START + 10 * MINUTE
    half_day = calendars({"us_east": {"special": {"2026-03-10": ["09:00-10:30"]}}})
    story.rules = rules_by(half_day)
    story.until(at)
    before = counted.after(story).value("sla_next_due_timestamp_seconds", policy="demo_or_pricing")
    story.reads(order("order", half_day, at), at)
    counted.after(story)
    assert counted.value("sla_moved_total", policy="demo_or_pricing", target="first_call") == 1
    assert before == (START + HOUR).timestamp()
    assert (
        counted.value("sla_next_due_timestamp_seconds", policy="demo_or_pricing")
        == instant("2026-03-11T13:30:00Z").timestamp()
    )


def test_transitions_and_silences_are_counted_by_stage_and_by_what_became_of_them() -> None:
    story, counted = begun(), Counted()
    for number, (stage, by) in enumerate((("SAL", "ana"), ("customer", "ana"))):
        at = START + (number + 1) * HOUR
        story.reads(act(f"to {stage}", "stage.changed", at, by, stage=stage), at)
    story.until(START + 25 * DAY)
    counted.after(story)
    moved = [
        counted.value("stage_transitions_total", to=to, result=result)
        for to, result in (("MQL", "applied"), ("SAL", "applied"), ("customer", "not_applied"), ("nurture", "applied"))
    ]
    assert moved == [1, 1, 1, 0]
    assert counted.value("stage_silences_total", action="notice") == 1


def test_promises_that_stand_still_are_counted_by_reason_from_0_on() -> None:
    counted = Counted()
    assert counted.value("sla_paused_total", reason="manager") == 0
    story = begun()
    order = act("p", "sla.paused", story.now, "ana", until=story.now + HOUR, reason="call_me_after")
    story.reads(order)
    counted.metrics.measure(story.emitted)
    assert counted.value("sla_paused_total", reason="call_me_after") == 3  # e-mail, call, the owner's clock
