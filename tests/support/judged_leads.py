"""Leads judged by the step's own decision, a line for each: what was said and kept of it, as a digest of the bytes.

Run as `python -m tests.support.judged_leads LEADS SEED`; the first line tells the form of the core that judged.
"""

import random
import sys
from hashlib import sha256
from typing import Any

from leadline_runtime.decision import Grounds, LeadState
from leadline_runtime.forms import core_form
from leadline_runtime.items import Record
from leadline_runtime.step import NoView
from leadline_schemas.codec import encode
from leadline_schemas.event import RulesRef
from leadline_schemas.ids import key_bytes
from leadline_schemas.topics import LEAD_ACTIVITY, LEAD_ENRICHED
from leadline_score.decide import decide
from leadline_score.state import BodyCodec
from tests.load.score_rates import forty_rules
from tests.load.scored_leads import END, activity, acts_of, enriched

FEW, MANY, LATER = 1, 40, 2


def main() -> None:
    """Judge so many leads: their snapshot, and two acts that come later, on the state that was written."""
    leads, seed = map(int, sys.argv[1:3])
    print(core_form("leadline_score"))
    rng, rules, codec, ref = random.Random(seed), forty_rules(), BodyCodec(), RulesRef(version="test", digest="0be4c4")
    at = END.replace(year=2027)
    for n in range(leads):
        told = enriched(rng, n)
        captured = told.captured.model_copy(update={"acts": tuple(acts_of(rng, told.lead_id, rng.randint(FEW, MANY)))})
        told = told.model_copy(update={"captured": captured})
        records = [_record(LEAD_ENRICHED, told)]
        records += [_record(LEAD_ACTIVITY, activity(rng, told.lead_id, number)) for number in range(LATER)]
        held, digest = b"", sha256()
        for record in records:
            state = LeadState(codec.decode(held), 1) if held else None
            decision = decide(record, state, NoView(), Grounds(at, None, rules, ref, "test", record))
            held = codec.encode(decision.states[told.lead_id].body)
            digest.update(held)
            for emit in decision.events:
                digest.update(encode(emit.topic, emit.event, emit.carried))
            digest.update(repr((decision.outcome, decision.states[told.lead_id].timer_at)).encode())
        print(digest.hexdigest())


def _record(topic: Any, event: Any) -> Record[Any]:
    return Record(topic, 0, 0, key_bytes(event.lead_id), encode(topic, event), event, event.basis.cause)


if __name__ == "__main__":
    main()
