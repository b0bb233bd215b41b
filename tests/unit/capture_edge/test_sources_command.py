"""`leadline sources`: a channel tried before anybody sends anything."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from leadline_capture import commands
from leadline_runtime.rules import RulesError
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
    (directory / "sources").mkdir()
    (directory / "sources/meta_ads.yaml").write_text(text)


def test_the_sources_that_ship_are_shown(run: Run) -> None:
    assert "Typeform" not in run("list") and "typeform" in run("list")
    secrets = {each["source"]: each["secret"] for each in json.loads(run("list", "--json"))}
    assert (secrets["google_ads"], secrets["typeform"], secrets["website_form"]) == ("google_ads", "typeform", "")


def test_a_body_is_shown_as_what_it_becomes(run: Run, tmp_path: Path) -> None:
    body = tmp_path / "post.form"
    body.write_text("form=demo&email=a%40works.example&employees=many")
    told = json.loads(run("test", "website_form", str(body)))
    assert told["leads"][0]["email"] == "a@works.example" and told["leads"][0]["type"] == "demo_request"
    assert told["notes"] == ["employees: is not a whole number"] and told["own_id"] is None


def test_a_channel_of_ones_own_is_tried_from_its_folder(run: Run, tmp_path: Path) -> None:
    own_file(tmp_path, META)
    form = {"field_data": [{"name": "email", "values": ["a@b.example"]}]}
    lead = {"entry": [{"id": 5, "changes": [{"value": form}]}]}
    told = json.loads(run("test", "meta_ads", "-", "--rules", str(tmp_path), given=json.dumps(lead)))
    assert told["own_id"] == "5" and told["leads"][0]["email"] == "a@b.example"


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
