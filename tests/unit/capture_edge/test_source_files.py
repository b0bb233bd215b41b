"""One channel, one file: what ships and what an operator adds, together, and changed while the door is open."""

from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from leadline_capture.edge.app import RULES
from leadline_capture.rules import SPEC
from leadline_runtime.metrics import RuntimeMetrics
from leadline_runtime.rules import RulesError, load_rules
from leadline_runtime.rules_watch import RulesWatch

NAMES = {"google_ads", "typeform", "website_form"}
SOURCE = """
version: "7"
sources:
  NAME:
    title: A form of one's own
    channel: website_form
    authenticate: {kind: none}
    maps: [{fields: {email: mail}}]
    examples:
      - {name: one, content_type: application/json, json: {mail: a@b.example}, gives: {leads: [{email: a@b.example}]}}
"""


def declare(directory: Path, file: str, name: str, text: str = SOURCE) -> Path:
    """Write a file with a source called `name`."""
    path = directory / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text.replace("NAME", name))
    return path


def test_a_file_in_the_folder_is_a_channel_beside_those_that_ship(tmp_path: Path) -> None:
    declare(tmp_path, "sources/fair.yaml", "spring_fair")
    declare(tmp_path, "sources/.fair.yaml.swp", "half written")
    declare(tmp_path, "sources/notes.txt", "no rules")
    declare(tmp_path, "sources/.draft.yaml", "nothing yet")
    loaded = load_rules(RULES, tmp_path)
    assert set(loaded.rules.sources) >= {"spring_fair", *NAMES}
    assert loaded.ref.version.endswith("7"), "the version of each file counts"
    assert "spring_fair" in load_rules(SPEC, tmp_path).rules.sources.sources, "the step reads them too"


def test_the_operators_file_stands_for_the_shipped_one_of_its_name(tmp_path: Path) -> None:
    declare(tmp_path, "sources/typeform.yaml", "forms")
    declare(tmp_path, "sources/google_ads.yaml", "", "version: 1\nsources: {}\n")
    sources = load_rules(RULES, tmp_path).rules.sources
    assert "forms" in sources and "typeform" not in sources and "google_ads" not in sources


def test_the_same_name_in_two_files_is_refused_and_both_are_named(tmp_path: Path) -> None:
    declare(tmp_path, "sources.yaml", "typeform")
    with pytest.raises(RulesError) as refused:
        load_rules(RULES, tmp_path)
    assert str(refused.value) == (
        "sources/typeform.yaml: sources.typeform: is declared in sources.yaml too; keep it in one of the two files"
    )


def test_a_mistake_names_its_file(tmp_path: Path) -> None:
    declare(tmp_path, "sources/fair.yaml", "fair", SOURCE.replace("email: mail", "emial: mail"))
    with pytest.raises(RulesError, match=r"^sources/fair\.yaml: sources\.fair\.maps\[0\]\.fields\.emial: "):
        load_rules(RULES, tmp_path)


def test_files_that_come_change_and_go_are_seen_without_a_restart(tmp_path: Path) -> None:
    watch = RulesWatch(RULES, tmp_path, RuntimeMetrics("capture-edge", CollectorRegistry()))
    assert not watch.reload_if_changed()
    before = watch.current.ref.digest
    file = declare(tmp_path, "sources/fair.yaml", "fair")
    assert watch.reload_if_changed() and "fair" in watch.current.rules.sources
    assert watch.current.ref.digest != before
    declare(tmp_path, "sources/fair.yaml", "other_fair")
    assert watch.reload_if_changed() and "other_fair" in watch.current.rules.sources
    declare(tmp_path, "sources/fair.yaml", "other_fair", "version: 1\nsources: {one: {title: x}}\n")
    assert not watch.reload_if_changed() and "other_fair" in watch.current.rules.sources, "a bad file changes nothing"
    file.unlink()
    assert watch.reload_if_changed() and "other_fair" not in watch.current.rules.sources
    assert watch.current.ref.digest == before
