"""What routing costs by itself: one lead under 200 rules into a pool of 100, and the files of 5,000 members.

Seconds are those of the process, so that what else runs counts less. Leads differ in country, language, size and
points; each is dealt on the rows that the one before left, as in the step: one pool gets all, everybody is there.
`told`: with the words of all rules and candidates, as the event needs them. A decision is all that the step does with
one scorecard in its process: what it may touch, looking at it, deciding, rows, state and event as bytes.
"""

import gc
import random
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime
from time import process_time
from typing import Any

from leadline_route.core.giving import Situation
from leadline_route.core.prospect import Prospect, prospect
from leadline_route.core.roster import Counts, Draft, Load, Roster
from leadline_route.core.router import route
from leadline_route.core.rulebook import Rulebook
from leadline_route.core.snapshot import SCORED
from leadline_route.decide import decide
from leadline_route.rules import SPEC, build
from leadline_route.state import Body
from leadline_route.view import RouteView
from leadline_runtime.app import calm_garbage_collector
from leadline_runtime.decision import Decision, Grounds
from leadline_runtime.items import Item
from leadline_runtime.rules import read_yaml, rules_files
from leadline_schemas.codec import decode, encode
from leadline_schemas.topics import LEAD_SCORED
from tests.unit.route.leads import REF, Desk, Wish, scored, scored_record

NOW = datetime(2026, 3, 10, 16, tzinfo=UTC)
RULES, CANDIDATES, LEADS, ROUNDS = 200, 100, 300, 5
MEMBERS, POOLS = 5_000, 500
COUNTRIES = ("US", "CA", "GB", "DE", "FR", "AT", "NL", "SE")
ELSEWHERE = ("BR", "JP", "IN", "AU")


def files_of(members: int, pools: int, rules: int, seed: int) -> dict[str, Any]:
    """The files that ship with so many more members and pools, and so many rules; the last gives all to one pool."""
    found = {name: read_yaml(name, source.read_text("utf-8")) for name, source in rules_files(SPEC, None).items()}
    team, routing, rng = found["team.yaml"], found["routing.yaml"], random.Random(seed)
    names = [f"member_{number:04}" for number in range(members)]
    for name in names:
        zone, place = rng.choice((("America/New_York", "us_east"), ("Europe/London", "emea")))
        team["members"][name] = {
            "zone": zone, "hours": {"mon-fri": ["08:00-12:00", "12:00-23:00"]}, "holidays": place, "territory": place,
            "skills": {"en": 3, "de": rng.randint(1, 5)}, "caps": {"open": 1_000_000, "day": 1_000_000},
        }  # fmt: skip
    each = members // pools
    for number in range(pools):
        own = names[number * each : (number + 1) * each]
        team["pools"][f"pool_{number}"] = {"members": {name: rng.randint(1, 10) for name in own}, "manager": "mia"}
    others = [
        {"id": f"other_{number}", "pools": ["emea"],
         "when": {"country": rng.choice(ELSEWHERE), "employees": {"gte": rng.randint(1, 5000)}}}
        for number in range(rules - 3)
    ]  # fmt: skip
    routing["rules"] = [*routing["rules"][2:4], *others, {"id": "all", "pools": ["pool_0"]}]
    routing["examples"] = [{"name": "all", "lead": {"mql": True}, "rule": "all", "pools": ["pool_0"]}]
    return found


def route_measures(seed: int) -> Iterator[tuple[str, float, str, dict[str, Any]]]:
    """The measures: name, value, unit, promises."""
    content = files_of(MEMBERS, POOLS, RULES, seed)
    yield "route_load_ms", min(_load_ms(content) for _ in range(2)), "ms", {"ceiling": 2000}
    book = build(files_of(CANDIDATES, 1, RULES, seed))
    yield "route_core_rate", max(_rate(book, seed + n, told=False) for n in range(ROUNDS)), "leads/s", {"floor": 5000}
    yield "route_core_rate_told", max(_rate(book, seed + n, told=True) for n in range(2)), "leads/s", {}
    times = _decisions_ms(book, seed)
    yield "route_decision_p50_ms", times[len(times) // 2], "ms", {}
    yield "route_decision_p99_ms", times[len(times) * 99 // 100], "ms", {"ceiling": 5}


def _load_ms(content: dict[str, Any]) -> float:
    again = deepcopy(content)
    started = process_time()
    build(again)
    return (process_time() - started) * 1000


def _wishes(seed: int) -> list[Wish]:
    rng = random.Random(seed)
    return [
        Wish(
            name=f"lead {seed} {number}", start=NOW, country=rng.choice(COUNTRIES), state=None,
            language=rng.choice(("en", "de", "fr")), employees=rng.randint(1, 6000), total=f"{rng.randint(0, 100)}.000",
        )
        for number in range(LEADS)
    ]  # fmt: skip


def _leads(book: Rulebook, seed: int) -> list[Prospect]:
    raws = [encode(LEAD_SCORED, scored(wish)) for wish in _wishes(seed)]
    return [prospect(raw, decode(SCORED, raw), book) for raw in raws]


def _rate(book: Rulebook, seed: int, *, told: bool) -> float:
    """Leads a second, each one never seen before."""
    leads = _leads(book, seed)
    roster = Roster(
        KeyError, {each: Load() for each in book.team.members}, {each: Counts() for each in book.team.pools}
    )
    with _calm():
        started = process_time()
        for lead in leads:
            draft = Draft(roster)
            ruling = route(lead, Situation(NOW), draft)
            if told:
                assert len(ruling.tried) == RULES - 1
                assert len(ruling.candidates) == CANDIDATES
            delta = draft.delta()
            assert delta is not None
            roster.apply(delta)
        seconds = process_time() - started
    return len(leads) / seconds


class _Step(Desk):
    """Nothing but what the step does: a desk of the tests reads all that it wrote again."""

    told = 0

    def _decide(self, item: Item, view: RouteView) -> Decision[Body]:
        assert item.lead_id is not None
        decision = decide(item, self.states.get(item.lead_id), view, Grounds(self.now, None, self.book, REF, "", item))
        for lead, state in decision.states.items():
            self.codec.encode(state.body)
            self.states[lead] = state
        view.apply(decision.delta)
        self.told += sum(bool(encode(emit.topic, emit.event, emit.carried)) for emit in decision.events)
        return decision


def _decisions_ms(book: Rulebook, seed: int) -> list[float]:
    desk, times = _Step(book, NOW), []
    with _calm():
        for record in map(scored_record, _wishes(seed)):
            started = process_time()
            desk.one(record)
            times.append((process_time() - started) * 1000)
    assert desk.told == LEADS
    return sorted(times)


@contextmanager
def _calm() -> Iterator[None]:
    """The garbage collector as in the process of a service."""
    usual = gc.get_threshold()
    calm_garbage_collector()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*usual)


def main() -> None:
    """Print the measures."""
    for measure in route_measures(7):
        print(*measure, flush=True)


if __name__ == "__main__":
    main()
