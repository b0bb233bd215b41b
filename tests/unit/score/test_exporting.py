"""Leads that are exported are judged as they were: what a lead is judged on goes into one line and comes back."""

import json
import random
from dataclasses import fields

import pytest

from leadline_runtime.bodies import stored
from leadline_schemas.codec import encode_model
from leadline_score.core.scorecard import Evidence, judge
from leadline_score.score_commands.exporting import line, written
from leadline_score.score_commands.history import as_it_was
from leadline_score.score_commands.personal import personal_facts
from leadline_score.score_commands.reading_leads import Unread
from leadline_score.score_commands.recorded import Judged, judged_in
from leadline_score.written_leads import WrittenLead, evidence_in
from tests.support.scored_states import Held, kinds_of_leads
from tests.unit.score.builders import loaded


def held_by(lead: Held) -> Judged:
    judged = judged_in((lead.lead_id, False, stored(lead.body)))
    assert isinstance(judged, Judged)
    return judged


def again(judged: Judged, *, pii: bool = True) -> WrittenLead:
    """The lead, written and read."""
    return Unread(line(written(judged, pii=pii)), "line 1").read()


@pytest.mark.parametrize("lead", kinds_of_leads(40, random.Random(5)))
def test_what_was_exported_gives_the_same_card_to_the_byte(lead: Held) -> None:
    judged, rules = held_by(lead), loaded().rules
    cards = []
    for evidence in (judged.evidence, evidence_in(again(judged), "")):
        for later in (0, 40 * 86_400_000_000):
            when = judged.as_of + later
            cards.append(encode_model(judge(as_it_was(evidence, when, rules), rules, when).card))
    assert cards[:2] == cards[2:]


def test_nothing_that_a_lead_is_judged_on_is_forgotten() -> None:
    """A new kind of evidence has to be exported too, else it is judged otherwise elsewhere."""
    by_name = {"known": "lead", "mark": None, "orders": "acts"}
    wanted = {by_name.get(field.name, field.name) for field in fields(Evidence)} - {None}
    assert wanted <= set(WrittenLead.model_fields)


def test_personal_facts_are_those_that_the_schema_marks() -> None:
    assert personal_facts() == ("budget", "company", "revenue", "title")
    lead = next(lead for lead in kinds_of_leads(40, random.Random(5)) if b'"title":"CEO"' in lead.body)
    without = again(held_by(lead), pii=False)
    assert not set(personal_facts()) & set(without.lead) and {"company", "title"} <= set(without.left_out)
    assert "CEO" not in json.dumps(without.model_dump(mode="json"))
