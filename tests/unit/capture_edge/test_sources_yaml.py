"""rules/sources.yaml: a channel is a mapping alone, and a mistake in it is named with its place."""

from typing import Any

import pytest

from leadline_capture.core.mapping import submissions
from leadline_capture.core.own_ids import own_id
from leadline_capture.core.sources import SourceRules
from leadline_capture.core.surroundings import Surroundings
from leadline_capture.source_rules import build_sources
from leadline_runtime.rules import RulesError, read_yaml
from tests.support.submissions import shipped_sources, webhook

META = """
version: 1
sources:
  meta_ads:
    title: Meta lead ads, the lead itself
    channel: meta_ads
    authenticate: {kind: hmac, secret: meta, header: X-Hub-Signature-256, prefix: "sha256="}
    own_id: entry[0].id
    test: "contains(to_string(@), '<test lead:')"
    zone: America/New_York
    maps:
      - items: entry[].changes[].value
        when: field_data
        let: {said: "by(field_data, &name, &values)"}
        fields:
          email: said.email
          name: said.full_name
          type: {from: form_id, map: {"17": demo_request}, otherwise: contact_sales}
          occurred_at: {from: created_time, times: [rfc3339, epoch_s]}
          attribution.utm_source: query().utm_source
          extra.page: body().entry[0].id
        consent:
          - {from: said.newsletter, purpose: marketing, channel: email, text_version: v2}
          - {from: said.sharing, purpose: sharing, states: {opted_in: granted, opted_out: withdrawn}}
      - makes: activity
        items: entry[].clicks[]
        fields: {kind: {value: email.clicked}, email: who, automated: machine}
    examples:
      - name: one lead
        content_type: application/json
        json: {entry: [{id: 5, changes: [{value: {form_id: 17, field_data: [{name: email, values: [a@b.example]}]}}]}]}
        gives: {own_id: "5", leads: [{email: a@b.example, type: demo_request}]}
"""


def built(text: str) -> SourceRules:
    return build_sources(read_yaml("sources.yaml", text))


def meta(changes: list[Any], **more: Any) -> dict[str, Any]:
    return {"entry": [{"id": "99", "changes": changes, **more}]}


def lead(**values: Any) -> dict[str, Any]:
    return {
        "value": {"form_id": "17", "field_data": [{"name": k, "values": [v]} for k, v in values.items()]},
        "field": "leadgen",
    }


def test_a_channel_nobody_thought_of_is_a_mapping_alone() -> None:
    rules = built(META)
    found = submissions(
        webhook(
            "meta_ads",
            meta(
                [lead(email="a@works.example", newsletter="yes"), {"no": "value"}, lead(email="b@works.example")],
                clicks=[{"who": "c@works.example", "machine": "no"}],
            ),
            query={"utm_source": "fb"},
        ),
        rules,
    )
    first, second = found.leads
    assert (first.email, second.email, first.type, first.source) == (
        "a@works.example", "b@works.example", "demo_request", "meta_ads",
    )  # fmt: skip
    assert first.attribution is not None and first.attribution.utm_source == "fb"
    assert first.extra == {"page": "99"}
    assert [(said.purpose, said.state, said.text_version) for said in first.consent] == [("marketing", "granted", "v2")]
    assert second.consent == ()
    (click,) = found.activities
    assert (click.kind, click.email, click.automated) == ("email.clicked", "c@works.example", False)
    assert own_id(rules.sources["meta_ads"], Surroundings(meta([]))) == "99"


def test_consent_in_a_vendors_own_words() -> None:
    rules = built(META)
    (found,) = submissions(webhook("meta_ads", meta([lead(email="a@b.example", sharing="OPTED_OUT")])), rules).leads
    assert [(said.purpose, said.state) for said in found.consent] == [("sharing", "withdrawn")]


def test_test_leads_are_told_by_an_expression() -> None:
    rules = built(META)
    found = submissions(webhook("meta_ads", meta([lead(email="<test lead: dummy data for email>")])), rules)
    assert found.test and found.leads[0].test


def test_an_expression_that_does_not_fit_costs_only_its_field_and_repeats_no_value() -> None:
    rules = built(META.replace("name: said.full_name", "name: join('-', said.full_name)"))
    form = {"value": {"field_data": [{"name": "full_name", "values": 5}]}}
    found = submissions(webhook("meta_ads", meta([form])), rules)
    assert found.leads[0].name is None
    assert found.notes == ("name: the expression does not fit what came (JMESPathTypeError)",)


@pytest.mark.parametrize(
    ("replace", "by", "path", "says"),
    [
        ("email: said.email", "emial: said.email", "maps[0].fields.emial", "is no field of a LeadPayload; known: "),
        ("email: said.email", "email: 'said.['", "maps[0].fields.email", "is no JMESPath expression"),
        ("email: said.email", "email: shout(said.email)", "maps[0].fields.email", "calls shout()"),
        ("email: said.email", "email: {map: {a: b}}", "maps[0].fields.email", "needs either `from`"),
        ("email: said.email", "email: {from: a, otherwise: b}", "maps[0].fields.email.otherwise", "needs a `map`"),
        ("email: said.email", "external_id: said.email", "maps[0].fields.external_id", "external_id.system"),
        ("email: said.email", "email.part: said.email", "maps[0].fields.email.part", "email has no parts"),
        ("times: [rfc3339, epoch_s]", "times: [epoch_h]", "occurred_at.times", "'epoch_h' is neither one of"),
        ("email: said.email", "email: {from: a, times: [epoch_s]}", "email.times", "is for fields that hold a time"),
        ("zone: America/New_York", "zone: America/Newyork", "meta_ads.zone", "Europe/Berlin"),
        ("secret: meta,", "secret: meta, signed: '{bodi}',", "authenticate.signed", "{bodi}"),
        ("secret: meta,", "secret: meta, keyed: false,", "authenticate.signed", "{secret}"),
        ("secret: meta,", "secret: meta, signed: '{timestamp}',", "authenticate.timestamp", "is"),
        ("kind: hmac, secret", "kind: hmak, secret", "sources.meta_ads.authenticate", "hmac"),
        ("channel: meta_ads", "channel: metaverse", "sources.meta_ads.channel", "google_ads"),
        ("title:", "titel: x\n    title:", "sources.meta_ads.titel", "Extra inputs"),
        ("own_id: \"5\"", "own_id: \"6\"", "examples[0].gives.own_id", "expected '6', got '5'"),
        ("leads: [{email: a@b", "leads: [{email: z@b", "gives.leads[0].email", "expected 'z@b.example'"),
        ("zone: America/New_York", "redirect: {field: f, allow: [shop.example]}", "redirect.allow", "https://www."),
        ("automated: machine", "x: id", "maps[1].fields.x", "ActivityPayload"),
        ("zone: America/New_York", "trusted: true\n    accepts: []", "sources.meta_ads.accepts", "at least 1"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_with_its_place(replace: str, by: str, path: str, says: str) -> None:
    assert replace in META
    with pytest.raises(RulesError) as refused:
        built(META.replace(replace, by, 1))
    assert refused.value.file == "sources.yaml"
    assert path in refused.value.path
    assert says in str(refused.value)


def test_an_example_with_a_wrong_signature_is_refused() -> None:
    text = META.replace(
        "        gives: {own",
        "        authentic: {secrets: [s]}\n        headers: {X-Hub-Signature-256: sha256=00}\n        gives: {own",
    )
    with pytest.raises(RulesError) as refused:
        built(text)
    assert "signature" in str(refused.value)


def test_a_source_anyone_may_send_to_is_never_trusted() -> None:
    text = META.replace(
        'authenticate: {kind: hmac, secret: meta, header: X-Hub-Signature-256, prefix: "sha256="}',
        "authenticate: {kind: none}\n    trusted: true",
    )
    with pytest.raises(RulesError, match="cannot be trusted"):
        built(text)


def test_what_ships_loads_with_its_examples() -> None:
    shipped = shipped_sources().sources
    assert set(shipped) >= {"google_ads", "typeform", "website_form"}
    assert not shipped["website_form"].trusted
    assert shipped["typeform"].trusted
