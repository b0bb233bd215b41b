"""One body, several leads and acts: each becomes a submission of its own, with nobody else's data in it."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadline_capture.core.items import surroundings
from leadline_capture.core.mapping import decoded, mapped, submissions
from leadline_capture.core.sources import Source, SourceRules
from leadline_capture.core.splitting import found_in, parts_of
from leadline_capture.source_rules import build_sources
from leadline_runtime.core.json_reader import Read
from leadline_runtime.outcomes import Never
from leadline_runtime.rules import read_yaml
from leadline_schemas.ids import submission_id_of_key
from tests.support.door import open_door
from tests.support.submissions import webhook

SOURCES = """
version: 1
sources:
  ads: &ads
    title: Ads
    channel: other
    authenticate: {kind: none}
    own_id: entry[0].id
    maps:
      - items: entry[].changes[].value
        when: email
        fields: {email: email, extra.page: body().page}
        own_id: id
      - makes: activity
        items: entry[].changes[].value
        when: clicked
        fields: {kind: {value: email.clicked}, email: email}
      - makes: activity
        items: entry[].opens[]
        fields: {kind: {value: email.opened}, email: email}
    examples: &examples
      - name: two leads and a click of the second
        json:
          page: p
          entry: [{id: 1, changes: [{value: {id: 7, email: a@b.example}}, {value: {id: 8, email: c@b.example, clicked: yes}}]}]
        gives:
          own_id: "1"
          own_ids: ["7", "8", null]
          leads: [{email: a@b.example}, {email: c@b.example}]
          activities: [{email: c@b.example}]
  computed:
    <<: *ads
    maps: [{items: "entry[].changes[].value.{email: email}", fields: {email: email}}]
    examples: [{name: one, json: {entry: [{changes: [{value: {email: a@b.example}}]}]}, gives: {leads: [{email: a@b.example}]}}]
  whole:
    <<: *ads
    maps:
      - {items: "@", when: email, fields: {email: email, extra: {from: "{n: to_string(length(events || `[]`))}"}}}
      - {makes: activity, items: "events[]", fields: {kind: kind, email: email}}
    own_id: id
    examples:
      - name: a contact with its history
        json: {id: x, email: a@b.example, events: [{kind: page.viewed}, {kind: form.submitted}]}
        gives: {own_id: x, leads: [{email: a@b.example, extra.n: "2"}], activities: [{}, {kind: form.submitted}]}
"""  # noqa: E501
RULES: SourceRules = build_sources(read_yaml("sources.yaml", SOURCES))
PEOPLE = st.fixed_dictionaries(
    {"email": st.sampled_from(["", None, *(f"p{n}@works.example" for n in range(9))])},
    optional={"id": st.integers(0, 2**70), "clicked": st.booleans(), "note": st.text(max_size=5)},
)
BODIES = st.fixed_dictionaries(
    {
        "page": st.text(max_size=3),
        "entry": st.lists(
            st.fixed_dictionaries(
                {"id": st.integers(0, 5)},
                optional={
                    "changes": st.lists(st.fixed_dictionaries({}, optional={"value": PEOPLE | st.none()}), max_size=4),
                    "opens": st.lists(PEOPLE, max_size=3),
                },
            ),
            max_size=3,
        ),
    }
)


def parted(source: Source, body: Any) -> list[tuple[Any, str, Any]]:
    """Of each part: what is mapped of it, its body as text, its own id."""
    raw = json.dumps(body).encode()
    document = decoded(source, raw, "application/json")
    around = surroundings(document, {})
    found = []
    for part in parts_of(source, around, found_in(source, around)):
        text = part.body or raw
        read = decoded(source, text, "application/json")
        found.append((mapped(source, read, {}, part.item), text.decode(), part.own_id))
    return found


def payloads(body: Any, source: Source) -> list[Any]:
    whole = mapped(source, decoded(source, json.dumps(body).encode(), "application/json"), {})
    return [*whole.leads, *whole.activities]


@given(body=BODIES, name=st.sampled_from(["ads", "computed"]))
@settings(max_examples=150, deadline=None)
def test_the_parts_say_together_what_the_whole_says_each_of_them_once(body: Any, name: str) -> None:
    source = RULES.sources[name]
    said = payloads(body, source)
    parts = parted(source, body)
    assert [each for one, _, _ in parts for each in (*one.leads, *one.activities)] == said
    if len(said) > 1:
        assert all(len(one.leads) + len(one.activities) == 1 for one, _, _ in parts)


@given(body=BODIES)
@settings(max_examples=100, deadline=None)
def test_no_part_holds_the_data_of_another(body: Any) -> None:
    parts = parted(RULES.sources["ads"], body)
    for one, text, _ in parts if len(parts) > 1 else ():
        payload = [*one.leads, *one.activities][0]
        people = {f"p{n}@works.example" for n in range(9) if f"p{n}@works.example" in text}
        # An object that makes nothing (a lead without an address) belongs to nobody, and stays.
        assert people <= {payload.email}


def test_the_whole_is_kept_where_one_item_stands_inside_another() -> None:
    body = {"id": "x", "email": "a@b.example", "events": [{"kind": "page.viewed"}, {"kind": "form.submitted"}]}
    (lead, lead_text, _), (first, first_text, _), (second, _, _) = parted(RULES.sources["whole"], body)
    assert lead.leads[0].extra == {"n": "2"} and json.loads(lead_text) == body
    assert [act.kind for act in (*first.activities, *second.activities)] == ["page.viewed", "form.submitted"]
    assert json.loads(first_text) == {**body, "events": [{"kind": "page.viewed"}]}


def test_halves_of_surrogate_pairs_survive_the_parting() -> None:
    body = {"page": "\ud800", "entry": [{"changes": [{"value": {"email": f"{n}@b.example"}} for n in "ab"]}]}
    assert [one.leads[0].email for one, _, _ in parted(RULES.sources["ads"], body)] == ["a@b.example", "b@b.example"]


def test_an_item_that_the_mapping_no_longer_finds_is_a_dead_letter() -> None:
    received = webhook("computed", {"entry": []}, item=3)
    with pytest.raises(Never) as refused:
        submissions(received, RULES)
    assert refused.value.failure_class == "no_such_item"


async def test_the_door_stores_each_under_its_own_id_and_answers_when_all_are_durable() -> None:
    async with open_door(sources=lambda: RULES) as door:
        value = {"email": "a@works.example", "clicked": True}
        body = {"entry": [{"id": 5, "changes": [{"value": {**value, "id": n}} for n in range(300)]}]}
        status, told = await door.post("/v1/sources/ads", json=body, headers={"Authorization": None})
        assert status == 202 and len(told["submissions"]) == 600 == len(door.log.written)
        assert told["submission_id"] == told["submissions"][0] == str(submission_id_of_key("ads", "0"))
        first = [received for _, received, _ in door.log.written]
        assert len({received.submission_id for received in first}) == 600
        made = [submissions(received, RULES) for received in first]
        assert sum(len(one.leads) for one in made) == sum(len(one.activities) for one in made) == 300
        assert max(len(received.body) for received in first) < 1100, "of the others only the place is left"

        status, again = await door.post("/v1/sources/ads", json=body, headers={"Authorization": None})
        assert again == told, "a repeat has the same ids, so that nothing doubles"

        door.log.away = True
        assert (await door.post("/v1/sources/ads", json=body, headers={"Authorization": None}))[0] == 503
        many = {"entry": [{"id": 5, "changes": [{"value": {"email": "a"}}] * 1500}]}
        assert (await door.post("/v1/sources/ads", json=many, headers={"Authorization": None}))[0] == 413


def test_a_body_of_one_stays_as_it_came() -> None:
    source = RULES.sources["ads"]
    bodies: list[Any] = [{}, [], {"entry": [{"changes": [{"value": {"email": "a@b.example", "id": 1}}]}]}]
    for body in bodies:
        around = surroundings(Read(body), {})
        (part,) = parts_of(source, around, found_in(source, around))
        assert part.body is None and part.item is None
