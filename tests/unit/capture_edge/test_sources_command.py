"""`leadline sources`: a channel tried before anybody sends anything."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from leadline_capture import commands
from leadline_capture.edge.app import RULES
from leadline_runtime.rules import RulesError, load_rules
from tests.support.shipped_examples import shipped_models
from tests.unit.capture_edge.test_sources_yaml import META

Run = Callable[..., str]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `leadline sources ...` and gives what it printed, or what it raised."""
    monkeypatch.delenv("LEADLINE_RULES_DIR", raising=False)
    app = typer.Typer()
    commands.register(app)

    def invoke(*arguments: str, code: int = 0, given: str = "") -> str:
        result = CliRunner().invoke(app, ["sources", *arguments], input=given)
        found = getattr(result.exception, "exit_code", result.exit_code) if result.exception else 0
        assert found == code, result
        return str(result.exception) if code else result.stdout

    return invoke


def own_file(directory: Path, text: str) -> None:
    (directory / "sources").mkdir(exist_ok=True)
    (directory / "sources/meta_ads.yaml").write_text(text)


def test_the_sources_that_ship_are_shown(run: Run) -> None:
    assert "Typeform" not in run("list") and "typeform" in run("list")
    secrets = {each["source"]: each["secret"] for each in json.loads(run("list", "--json"))}
    assert (secrets["google_ads"], secrets["typeform"], secrets["website_form"]) == ("google_ads", "typeform", "")


def test_a_body_is_shown_as_what_it_becomes(run: Run, tmp_path: Path) -> None:
    body = tmp_path / "post.form"
    body.write_text("form=demo&email=a%40works.example&employees=many")
    told = json.loads(run("test", "website_form", str(body)))
    (submission,) = told["submissions"]
    assert submission["lead"]["email"] == "a@works.example" and submission["lead"]["type"] == "demo_request"
    assert submission["notes"] == ["employees: is not a whole number"] and told["own_id"] is None


def test_a_form_in_parts_that_was_kept_without_its_headers_is_read_by_its_first_line(run: Run) -> None:
    kept = Path(__file__).parents[2] / "data/payloads/jotform/submission_tutor.multipart"
    told = json.loads(run("test", "jotform", str(kept)))
    assert told["own_id"] and told["submissions"][0]["lead"]["first_name"] == "Niloth"
    said = run("test", "jotform", "-", given="not in parts", code=1)
    assert "has no boundary" in said and "--headers" in said


def test_a_channel_of_ones_own_is_tried_from_its_folder(run: Run, tmp_path: Path) -> None:
    own_file(tmp_path, META)
    form = {"field_data": [{"name": "email", "values": ["a@b.example"]}]}
    lead = {"entry": [{"id": 5, "changes": [{"value": form}]}]}
    told = json.loads(run("test", "meta_ads", "-", "--rules", str(tmp_path), given=json.dumps(lead)))
    assert told["own_id"] == "5" and told["submissions"][0]["lead"]["email"] == "a@b.example"


def test_what_is_wrong_is_said_in_a_sentence(run: Run, tmp_path: Path) -> None:
    told = run("test", "nope", "-", code=4)
    assert told.startswith("There is no source nope; there are ") and "google_ads" in told
    assert "would refuse this body (400)" in run("test", "google_ads", "-", given="{", code=1)
    assert "cannot be read" in run("test", "google_ads", str(tmp_path / "nothing"), code=2)
    assert "no sources.yaml and no folder sources in " in run("list", "--rules", str(tmp_path), code=2)


def test_a_mapping_with_a_mistake_names_its_place(tmp_path: Path) -> None:
    own_file(tmp_path, META.replace("email: said.email", "emial: said.email"))
    app = typer.Typer()
    commands.register(app)
    result = CliRunner().invoke(app, ["sources", "list", "--rules", str(tmp_path)])
    assert isinstance(result.exception, RulesError) and "maps[0].fields.emial" in str(result.exception)


def test_every_mistake_in_a_file_is_named_at_once(tmp_path: Path) -> None:
    wrong = META.replace("email: said.email", "emial: said.email").replace("zone: America/New_York", "zone: Mars")
    own_file(tmp_path, wrong.replace("kind: {value: email.clicked}", "kind: 'said.['"))
    with pytest.raises(RulesError) as refused:
        load_rules(RULES, tmp_path)
    told = str(refused.value).splitlines()
    assert [line.split(": ")[1] for line in told] == [
        "sources.meta_ads.maps[0].fields.emial", "sources.meta_ads.maps[1].fields.kind", "sources.meta_ads.zone",
    ]  # fmt: skip
    own_file(tmp_path, META.replace("title:", "titel:").replace("items: entry[].clicks[]", "itmes: x"))
    with pytest.raises(RulesError) as refused:
        load_rules(RULES, tmp_path)
    assert {"sources.meta_ads.title", "sources.meta_ads.titel", "sources.meta_ads.maps.1.itmes"} <= {
        line.split(": ")[1] for line in str(refused.value).splitlines()
    }


def test_every_difference_of_an_example_is_named_at_once(tmp_path: Path) -> None:
    own_file(tmp_path, META.replace('own_id: "5", leads: [{email: a@b', 'own_id: "6", leads: [{email: z@b'))
    with pytest.raises(RulesError) as refused:
        load_rules(RULES, tmp_path)
    assert [line.split(": ")[1].split(".gives.")[1] for line in str(refused.value).splitlines()] == [
        "leads[0].email", "own_id",
    ]  # fmt: skip


def test_a_body_of_several_is_shown_as_the_submissions_it_becomes(run: Run) -> None:
    example = next(each for each in shipped_models()["calendly"] if each.body)
    told = json.loads(run("test", "calendly", "-", given=example.body or ""))
    lead, act = told["submissions"]
    assert lead["lead"]["email"] == "ada@works.example" and lead["own_id"].endswith("#lead")
    assert act["activity"]["kind"] == "meeting.booked" and "lead" not in act


def test_a_kept_request_is_tried_with_its_headers(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    example = shipped_models()["calendly"][0]
    body, headers = tmp_path / "body.json", tmp_path / "headers.txt"
    body.write_text(example.body or "")
    lines = [f"{name}: {value}" for name, value in example.headers.items()]
    headers.write_text("\n".join(["POST /v1/sources/calendly HTTP/1.1", *lines]))
    kept = ("test", "calendly", str(body), "--headers", str(headers), "--at", "2026-03-02T11:00:10Z")
    monkeypatch.delenv("LEADLINE_SOURCE_SECRETS", raising=False)
    assert "(401)" in run(*kept, code=1)
    monkeypatch.setenv("LEADLINE_SOURCE_SECRETS", '{"calendly": ["older", "signing-key"]}')
    assert json.loads(run(*kept))["proved_by"] == "hmac"
    assert "(401)" in run(*kept[:-1], "2026-03-02T12:00:00Z", code=1), "too late"
    headers.write_text(json.dumps(example.headers))
    assert json.loads(run(*kept))["proved_by"] == "hmac"
    assert "is no time" in run(*kept[:-1], "soon", code=2)
    headers.write_text("no header at all")
    assert "holds no headers" in run(*kept, code=2)


def test_a_handshake_is_shown_with_its_answer(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADLINE_SOURCE_SECRETS", '{"zoom": ["zoom-secret"]}')
    body = {"event": "endpoint.url_validation", "payload": {"plainToken": "abc"}}
    told = json.loads(run("test", "zoom_webinar", "-", given=json.dumps(body)))
    assert set(told["handshake"]) == {"plainToken", "encryptedToken"} and "submissions" not in told


def test_a_secret_address_is_tried_by_the_address(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADLINE_SOURCE_SECRETS", '{"webflow_url": ["hush"]}')
    body = json.dumps({"payload": {"data": {"email": "a@works.example"}}})
    url = "https://leads.example.com/v1/sources/webflow/"
    assert json.loads(run("test", "webflow", "-", "--url", f"{url}hush", given=body))["proved_by"] == "secret_url"
    assert "(401)" in run("test", "webflow", "-", "--url", f"{url}hash", given=body, code=1)


def test_a_new_channel_begins_with_a_file_that_loads(run: Run, tmp_path: Path) -> None:
    told = run("new", "spring_fair", "--rules", str(tmp_path))
    assert "leadline sources test spring_fair" in told
    source = load_rules(RULES, tmp_path).rules.sources["spring_fair"]
    assert source.proofs[0].secret == "spring_fair"
    assert "exists already" in run("new", "spring_fair", "--rules", str(tmp_path), code=2)
    assert run("new", "spring_fair") == (tmp_path / "sources/spring_fair.yaml").read_text()
    assert "cannot be a source's name" in run("new", "Spring-Fair", code=2)
    body = tmp_path / "body.json"
    body.write_text('{"form": "demo", "E-Mail": "a@works.example", "email": "a@works.example", "company": ["Works"]}')
    told = json.loads(run("test", "spring_fair", str(body), "--rules", str(tmp_path)))
    assert told["submissions"][0]["lead"]["company"] == "Works"
