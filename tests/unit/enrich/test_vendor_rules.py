"""A file about a vendor: what it may say, what it must not, and that it does what its own examples say."""

import re
from copy import deepcopy
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline_enrich.core.answers import REASONS
from leadline_enrich.core.questions import Question
from leadline_enrich.core.vendor_request import askable, built
from leadline_enrich.core.vendor_rules import VendorRules
from leadline_enrich.core.vendor_values import KINDS
from leadline_enrich.providers.advice import ADVICE
from leadline_enrich.providers.models import (
    AnswerModel,
    BatchModel,
    BreakerModel,
    KeepModel,
    LimitsModel,
    RequestModel,
    ValueModel,
)
from leadline_enrich.providers.rules import vendors, vendors_of
from leadline_runtime.rules import RulesError, read_yaml
from tests.unit.house.sources import ROOT

FILE = "providers/acme.yaml"
DOC = (ROOT / "docs" / "enrichment.md").read_text(encoding="utf-8")
ACME = read_yaml(FILE, DOC.split("```yaml\n")[1].split("```")[0])  # what the page shows is what works


def changed(path: str, value: Any) -> dict[str, Any]:
    """The file with one thing in it that is different; None takes it away."""
    content = deepcopy(ACME)
    *steps, last = path.split(".")
    node = content["providers"]["acme"]
    for step in steps:
        node = node.setdefault(step, {})
    node[last] = value
    if value is None:
        del node[last]
    return dict(content)


def acme(**more: Any) -> VendorRules:
    content = deepcopy(ACME)
    asks = {"domain": "acme.com", "company": "Acme", "email": "info@acme.com"}
    none = {"name": "none", "asks": asks, "status": 404, "gives": {"status": "not_found"}}
    content["providers"]["acme"] |= {"examples": [none]} | more
    return vendors_of(content, FILE)["acme"]


def test_a_file_says_all_that_is_needed() -> None:
    rules = vendors_of(ACME, FILE)["acme"]
    assert sorted(rules.fields) == ["country", "employees", "founded", "industry"] and rules.inputs == {"domain"}
    assert rules.limits.rate is not None and rules.limits.tries == 3


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("request.url", "api.acme.example/{domain}", "request.url: is no whole address"),
        ("request.url", "https://{domain}/x", "request.url: takes its host from what is filled in"),
        ("request.url", "https://me:pw@acme.example/{domain}", "holds a password"),
        ("request.url", "https://acme.example/{domian}", "names {domian}, which is no input; did you mean domain?"),
        ("request.url", "https://acme.example/a b/{domain}", "percent-encode"),
        ("request.url", "https://acme.example/all", "asks nothing"),
        ("request.url", "https://acme.example/{email}", "puts email into the address"),
        ("request.query", {"ip": {"input": "ip"}}, "puts ip into the address"),
        ("request.query", {"q": {"inptu": "domain"}}, "request.query.q"),
        ("request.headers", {"Host": "evil.example"}, "request.headers.Host: is set by the client"),
        ("request.headers", {"X-A": "a\r\nX-B: b"}, "holds what no header may hold"),
        ("request.headers", {"X A": "a"}, "request.headers.X A"),
        ("request.body", {"a": 1}, "request.body: belongs to method: POST"),
        ("request.method", "DELETE", "request.method"),
        ("answer.values", {"employees": "size["}, "answer.values.employees.from: 'size[' is no JMESPath expression"),
        ("answer.values", {"employees": "sizeof(x)"}, "calls sizeof(), which there is not"),
        ("answer.values", {"employees": {"from": "x", "as": "text"}}, "must be integer or band"),
        ("answer.values", {"country": {"from": "x", "map": {"Germany": "Deutschland"}}}, "'Deutschland' is no country"),
        ("answer.values", {"industry": {"from": "x", "otherwise": "other"}}, "otherwise: is what words mean that"),
        ("answer.values", {}, "answer.values"),
        ("answer.echo", {"from": "domain", "is": "website"}, "answer.echo"),
        ("answer.confidence", 1.5, "answer.confidence"),
        ("limits.budget_ms", 60_000, "limits.budget_ms"),
        ("limits.try_ms", 9000, "is longer than budget_ms"),
        ("limits.rate", {"per_s": 0}, "limits.rate.per_s"),
        ("breaker.rest", "0 s", "breaker.rest: must be at least 1 s"),
        ("keep.found", "30", "keep.found: "),
        ("batch", {"size": 10, "key": "domain"}, "request.url: holds an input, but a batch asks for many"),
        ("retries", 3, "retries: Extra inputs are not permitted"),
        ("examples", None, "examples: Field required"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(path: str, value: Any, said: str) -> None:
    with pytest.raises(RulesError) as raised:
        vendors_of(changed(path, value), FILE)
    assert said in str(raised.value) and "providers/acme.yaml" in str(raised.value)


@pytest.mark.parametrize(
    ("gives", "said"),
    [
        ({"values": {"employees": 10_000}}, "gives.values: expected {'employees': 10000}, got"),
        ({"status": "not_found"}, "gives.status: expected 'not_found', got 'found'"),
    ],
)
def test_a_file_that_does_not_do_what_its_examples_say_is_refused(gives: Any, said: str) -> None:
    content = deepcopy(ACME)
    content["providers"]["acme"]["examples"][0]["gives"] = gives
    with pytest.raises(RulesError, match=r"examples\[0\]") as raised:
        vendors_of(content, FILE)
    assert said in str(raised.value)


def test_an_example_that_sends_something_else_is_told() -> None:
    content = deepcopy(ACME)
    content["providers"]["acme"]["examples"][0]["sends"]["headers"]["Authorization"] = "Basic x"
    with pytest.raises(RulesError, match="expected 'Basic x', got 'Bearer secret:acme'"):
        vendors_of(content, FILE)


def test_all_that_is_wrong_is_told_at_once() -> None:
    values = {"employees": "size[", "country": "]", "industry": {"from": "x", "as": "text"}}
    with pytest.raises(RulesError) as raised:
        vendors_of(changed("answer.values", values), FILE)
    assert str(raised.value).count("answer.values.") == 3


def test_a_vendor_stands_in_one_file_alone() -> None:
    assert set(vendors({"enrichment.yaml": {}, FILE: ACME})) == {"acme"}
    with pytest.raises(RulesError, match=r"is declared in providers/acme.yaml too"):
        vendors({FILE: ACME, "providers/other.yaml": ACME})


def test_another_mapping_is_another_digest_but_other_limits_are_not() -> None:
    before = acme()
    assert acme(limits={"tries": 1}).digest == before.digest
    assert acme(answer={**ACME["providers"]["acme"]["answer"], "confidence": 0.5}).digest != before.digest


TEXTS = st.text(min_size=1, max_size=30)


@given(TEXTS, TEXTS)
def test_no_input_becomes_more_than_its_part_of_the_address(domain: str, company: str) -> None:
    request = {
        "url": "https://api.acme.example/v2/{domain}/facts?a=1",
        "query": {"name": {"input": "company"}, "key": {"secret": "acme"}},
    }
    template = acme(request=request).template
    question = Question(domain=domain, company=company)
    if not askable(template, question):
        assert not domain.strip(".")
        return
    split = urlsplit(built(template, [question], {"acme": "s&x=1"}).url)
    assert (split.scheme, split.netloc, split.fragment) == ("https", "api.acme.example", "")
    readable = [each.encode("utf-8", "replace").decode() for each in (domain, company)]
    assert list(map(unquote, split.path.split("/"))) == ["", "v2", readable[0], "facts"]
    assert parse_qs(split.query, keep_blank_values=True) == {"a": ["1"], "name": [readable[1]], "key": ["s&x=1"]}


@given(TEXTS, TEXTS)
def test_no_input_becomes_more_than_its_text_in_a_body(email: str, company: str) -> None:
    import json

    body = {"person": {"email": {"input": "email"}}, "company": [{"input": "company"}], "n": 1, "text": "{email}"}
    template = acme(request={"method": "POST", "url": "https://api.acme.example/v2", "body": body}).template
    sent = built(template, [Question(email=email, company=company)], {})
    readable = [each.encode("utf-8", "replace").decode() for each in (email, company)]
    assert json.loads(sent.body or b"") == {
        "person": {"email": readable[0]}, "company": [readable[1]], "n": 1, "text": "{email}",
    }  # fmt: skip
    assert sent.url == "https://api.acme.example/v2" and sent.headers == {"Content-Type": "application/json"}


class TestMany:
    """Several questions in one request."""

    BATCH = {"size": 10, "key": "domain"}

    def test_in_one_parameter(self) -> None:
        request = {"url": "https://api.acme.example/v2", "query": {"domains": {"input": "domain"}}}
        template = acme(request=request, batch={**self.BATCH, "joined_by": ";"}).template
        sent = built(template, [Question("a.example"), Question("b.example")], {})
        assert sent.url == "https://api.acme.example/v2?domains=a.example%3Bb.example"

    @pytest.mark.parametrize("body", [{"domain": {"input": "domain"}}, {"all": {"each": {"n": 1}}}, {"all": []}])
    def test_which_must_name_each(self, body: Any) -> None:
        request = {"method": "POST", "url": "https://api.acme.example/v2", "body": body}
        with pytest.raises(RulesError, match="does not name the domain of several questions"):
            acme(request=request, batch=self.BATCH)

    def test_each_needs_a_batch(self) -> None:
        body = {"all": {"each": {"input": "domain"}}}
        with pytest.raises(RulesError, match="give `batch`"):
            acme(request={"method": "POST", "url": "https://api.acme.example/v2", "body": body})


def test_the_page_about_vendors_names_every_key_kind_and_reason() -> None:
    for model in (RequestModel, BatchModel, AnswerModel, LimitsModel, BreakerModel, KeepModel, ValueModel):
        for name in model.model_json_schema(by_alias=True)["properties"]:
            assert re.search(rf"[`.{{, ]{name}[`:,}} ]", DOC), f"{model.__name__}: {name}"
    for word in (*KINDS, *(set(REASONS) - {"closed"}), "domain", "company", "country"):
        assert f"`{word}`" in DOC or f"{{{word}}}" in DOC, word
    assert set(ADVICE) == set(REASONS)
