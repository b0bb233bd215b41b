"""Who was told that a promise is broken hears if that is taken back: all of them, whoever has the lead by then and
whichever lead it is by then."""

import json
from dataclasses import replace
from datetime import timedelta

from leadline_sla_monitor.core.moving import given_away, with_moved
from leadline_sla_monitor.core.rung import Rung
from leadline_sla_monitor.state import CODEC
from tests.support.sla_pauses import HOT, START, begun, customer, pause
from tests.support.sla_story import DAY, HOUR, LEAD, MINUTE, Story, act, laddered_rules, named, request, routed

OTHER = named("another lead")
LADDER = (Rung(150, ("manager",)), Rung(200, ("owner",)))


def answered(story: Story, after: timedelta = 30 * MINUTE) -> tuple[str, ...]:
    """Whom the word names that an answer in time, read now, takes the breach back."""
    story.reads(act("mail", "email.sent", START + after, "ana", received_at=story.now))
    return customer(story, "breach_retracted")[-1].told


def kept_by_the_release_before(story: Story) -> None:
    """The state as it was written before it said who was told."""
    held = json.loads(CODEC.encode(story.state.body))
    for promise in held["promises"]:
        promise.pop("told_to", None)
    story.states[LEAD] = replace(story.state, body=CODEC.decode(json.dumps(held).encode()))


def test_who_heard_of_the_breach_hears_that_it_was_none() -> None:
    story = begun()
    story.until(START + 70 * MINUTE)
    assert customer(story, "breached")[-1].told == answered(story) == ("ana", "mia")


def test_it_is_who_had_the_lead_then_though_another_has_it_now() -> None:
    story = begun()
    story.until(START + 70 * MINUTE)
    again = routed(story.now, HOT, revision=2, assignment=2, owner="ben", manager="noor")
    story.reads(again)
    assert answered(story) == ("ana", "mia")


def test_who_heard_by_a_step_of_the_ladder_alone_hears_it_too() -> None:
    story = Story(START, rules=laddered_rules(LADDER))
    story.reads(routed(START, HOT))
    story.until(START + 70 * MINUTE)
    story.reads(routed(story.now, HOT, revision=2, assignment=2, owner="ben", manager="noor"))
    story.until(START + DAY)
    breach, *steps = customer(story, "breached", "escalated")
    assert (breach.told, [each.told for each in steps]) == (("ana", "mia"), [("noor",), ("ben",)])
    assert {each.breach for each in steps} == {breach.sla_id}
    assert answered(story) == ("ana", "mia", "noor", "ben")


def test_a_breach_that_is_broken_again_is_told_to_who_has_the_lead_then() -> None:
    story = begun()
    story.until(START + 70 * MINUTE)
    story.reads(pause(START + 30 * MINUTE, START + 2 * HOUR))
    assert customer(story, "breach_retracted")[-1].told == ("ana", "mia")
    story.reads(routed(story.now, HOT, revision=2, assignment=2, owner="ben"))
    story.until(START + DAY)
    assert customer(story, "breached")[-1].told == answered(story) == ("ben", "mia")


def test_told_under_a_lead_that_is_part_of_another_by_then() -> None:
    part, root = begun(request("r2", "other", START)), Story(START)
    part.until(START + 70 * MINUTE)
    root.reads(routed(START, revision=1, owner="ben", manager="noor"))
    root.until(part.now)
    _, moved = given_away(OTHER, part.state.body, part.now)
    known = with_moved(LEAD, replace(root.state.body, aliases=(OTHER,)), moved, 2)
    root.states[LEAD] = replace(root.state, body=known)
    assert answered(root) == ("ana", "mia"), "not ben and noor, who have heard of nothing"


def test_of_a_breach_that_the_release_before_told_hear_those_whom_its_target_names() -> None:
    story = begun()
    story.until(START + 70 * MINUTE)
    kept_by_the_release_before(story)
    story.reads(routed(story.now, HOT, revision=2, assignment=2, owner="ben", manager="noor"))
    assert answered(story) == ("ana", "mia"), "not ben and noor, who have heard of nothing"


def test_a_step_that_follows_a_breach_of_the_release_before_forgets_none_of_them() -> None:
    story = Story(START, rules=laddered_rules(LADDER))
    story.reads(routed(START, HOT))
    story.until(START + 70 * MINUTE)
    kept_by_the_release_before(story)
    story.reads(routed(story.now, HOT, revision=2, assignment=2, owner="ben", manager="noor"))
    story.until(START + DAY)
    assert answered(story) == ("ana", "mia", "noor", "ben")


def test_who_was_told_nothing_of_is_told_of_nothing() -> None:
    story = Story(START)
    story.reads(routed(START, HOT, outcome="queue", manager=None))
    story.until(START + 70 * MINUTE)
    assert customer(story, "breached")[-1].told == ()
    story.reads(routed(START + MINUTE, HOT, revision=2, assignment=1, owner="ben", manager="noor"))  # read late
    assert answered(story) == ()
