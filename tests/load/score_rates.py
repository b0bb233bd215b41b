"""What judging costs by itself: leads with 30 acts under 40 rules, and leads with 10,000 acts. No servers.

Seconds are those of the process, so that what else runs counts less. Each lead is another one, judged from nothing:
there is no mark of an earlier walk. Remembered between leads are, as in the step, what one rule answers to values that
it was asked before (the tag of an act, a title), what follows from each way in which the rules of fit may be answered,
the company's days by the quarter of an hour, and texts of numbers and days; fit by its facts, forgotten between rounds.

A lead with 10,000 acts is measured in both ways in which its score comes about:

- `score_decision_10000_ms`: as the step meets it when its next act comes. It never holds all of them: a snapshot has
  the newest 500 that capture attached, score's memory the newest 500 read since (loop, section 6). Both are full here,
  and the snapshot is decoded anew, as after other leads. Timed is all from the state's bytes to the bytes of event and
  state; the decision is taken a second after the act was received.
- `score_history_10000_ms`: as whoever works it out again from its history does, with all 10,000 in one list, unsorted.
"""

import argparse
import gc
import json
import random
from collections.abc import Iterator
from copy import deepcopy
from datetime import timedelta
from importlib.resources import files
from itertools import islice
from statistics import median
from time import process_time
from typing import Any
from uuid import UUID

from leadline_runtime.decision import Grounds, LeadState
from leadline_runtime.items import Record
from leadline_runtime.rules import read_yaml
from leadline_runtime.step import NoView
from leadline_schemas.codec import encode
from leadline_schemas.event import RulesRef
from leadline_schemas.ids import key_bytes
from leadline_schemas.topics import LEAD_ACTIVITY, LEAD_ENRICHED
from leadline_score.core.acts import LIMIT, acts_of_lead
from leadline_score.core.exact import microseconds
from leadline_score.core.rulebook import ScoreRules
from leadline_score.core.scorecard import Evidence, judge
from leadline_score.decide import decide
from leadline_score.rules import FILE, build
from leadline_score.state import BodyCodec, enriched_in
from tests.load.score_forms import in_both_forms
from tests.load.scored_leads import END, activity, acts_of, enriched, evidence

LEADS, ACTS, MANY, ROUNDS = 1_000, 30, 10_000, 5
MORE = ("chat.message", "sms.received", "call.connected", "meeting.booked", "webinar.no_show", "nurture.completed")


def forty_rules() -> ScoreRules:
    """The rules that ship and enough others to make forty rules of fit and of acts."""
    content = deepcopy(read_yaml(FILE, (files("leadline_score") / "rules" / FILE).read_text("utf-8")))
    others: dict[str, Any] = {
        kind.replace(".", "_"): {"points": 2, "kind": kind, "count": "1 per week", "words": kind} for kind in MORE
    }
    fit, intent = content["fit"], content["intent"]
    groups = [*fit["groups"].values(), *intent["groups"].values()]
    rules = sum(len(group["rules"]) for group in groups) + len(fit["penalties"]) + len(intent["penalties"])
    for number in range(40 - rules - len(others)):
        others[f"page_{number}"] = {
            "points": 2, "kind": "page.viewed", "when": {"tag": f"page {number}"}, "words": f"page {number}",
        }  # fmt: skip
    intent["groups"] = {"others": {"cap": 10, "rules": others}, **intent["groups"]}
    return build({FILE: content})


def score_measures(seed: int) -> Iterator[tuple[str, float, str, dict[str, Any]]]:
    """The measures: name, value, unit, promises."""
    rules, rng, as_of = forty_rules(), random.Random(seed), microseconds(END)
    leads = [evidence(rng, ACTS) for _ in range(LEADS)]
    yield "score_core_rate", _rate(leads, rules, as_of), "leads/s", {"floor": 10_000}
    yield "score_core_rate_marked", _rate(_marked(leads, rules, as_of), rules, as_of), "leads/s", {}
    made = enriched(rng, 0, acts_of(rng, UUID(int=1), MANY))
    acts = made.captured.acts
    found = Evidence({}, acts)
    yield "score_history_10000_ms", _ms(lambda: _from_history(found, rules, as_of)), "ms", {"ceiling": 20}
    yield "score_decision_10000_ms", _decision_ms(rng, rules), "ms", {"ceiling": 20}


def _rate(leads: list[Evidence], rules: ScoreRules, as_of: int) -> float:
    """Leads a second, the best round: what else runs on the machine only takes."""
    judge(leads[0], rules, as_of)
    gc.collect()
    gc.freeze()
    seconds = []
    for _ in range(ROUNDS):
        rules.fits.clear()
        started = process_time()
        for lead in leads:
            judge(lead, rules, as_of)
        seconds.append(process_time() - started)
    gc.unfreeze()
    return len(leads) / min(seconds)


def _marked(leads: list[Evidence], rules: ScoreRules, as_of: int) -> list[Evidence]:
    """The same leads as the step sees them when their newest act comes: the others were walked before."""
    found = []
    for lead in leads:
        *before, last = sorted(lead.acts, key=lambda act: act.occurred_at)
        then = judge(Evidence(lead.known, before, lead.requests), rules, microseconds(last.occurred_at) - 1)
        found.append(Evidence(lead.known, lead.acts, lead.requests, fits=then.fits, mark=then.mark))
    return found


def _ms(work: Any) -> float:
    """Milliseconds, the best round."""
    times = []
    for _ in range(9):
        started = process_time()
        work()
        times.append((process_time() - started) * 1000)
    return min(times)


def _from_history(found: Evidence, rules: ScoreRules, as_of: int) -> None:
    acts, cut = acts_of_lead(found.acts, (), [UUID(int=1)])
    judge(Evidence(found.known, acts, truncated=cut), rules, as_of)


def _decision_ms(rng: random.Random, rules: ScoreRules) -> float:
    """One more act of a lead that has done 10,000 things: its state read, decided, event and state written."""
    history = sorted(acts_of(rng, UUID(int=1), MANY), key=lambda act: act.occurred_at)
    told = enriched(rng, 1, history[-2 * LIMIT : -LIMIT])
    told = told.model_copy(update={"captured": told.captured.model_copy(update={"aliases": (UUID(int=1),)})})
    ref, codec = RulesRef(version="bench", digest="0be4c4"), BodyCodec()

    def take(record: Record[Any], body: bytes | None) -> bytes:
        enriched_in.cache_clear()
        state = None if body is None else LeadState(codec.decode(body), 1)
        decided_at = record.value.basis.decided_at + timedelta(seconds=1)
        decision = decide(record, state, NoView(), Grounds(decided_at, None, rules, ref, "bench", record))
        for emit in decision.events:
            encode(emit.topic, emit.event, emit.carried, emit.told)
        return codec.encode(decision.states[told.lead_id].body)

    held = take(_record(LEAD_ENRICHED, told), None)
    for act in history[-LIMIT:]:  # of those before nothing is kept, whatever they were
        more = activity(rng, told.lead_id, 0)
        held = take(_record(LEAD_ACTIVITY, more.model_copy(update={"activity": act})), held)
    times = []
    for number in range(9):
        record = _record(LEAD_ACTIVITY, activity(rng, told.lead_id, number))
        started = process_time()
        held = take(record, held)
        times.append((process_time() - started) * 1000)
    memory = codec.decode(held).memory
    assert memory.truncated and len(memory.facts) == LIMIT
    return median(times)


def _record(topic: Any, event: Any) -> Record[Any]:
    raw = encode(topic, event)
    return Record(topic, 0, 0, key_bytes(event.lead_id), raw, event, event.basis.cause)


def main() -> None:
    """Measure in both forms; `--here`: in the form that this process has, one JSON line each."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--here", action="store_true")
    parser.add_argument("--first", action="store_true", help="the rate of judging alone")
    options = parser.parse_args()
    if not options.here:
        for measure in in_both_forms(options.seed):
            print(measure, flush=True)
        return
    for measure in islice(score_measures(options.seed), 1 if options.first else None):
        print(json.dumps(measure), flush=True)


if __name__ == "__main__":
    main()
