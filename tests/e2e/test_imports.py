"""A list through the whole pipeline: stored, merged, scored, kept by its owners; nobody is paged, unless it is live."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from leadline_schemas.captured import LeadCaptured
from leadline_schemas.routed import LeadRouted
from leadline_schemas.sla import LeadSla
from leadline_schemas.topics import LEAD_CAPTURED, LEAD_ROUTED, LEAD_SCORED, LEAD_SLA
from tests.support.pipeline import Pipeline

pytestmark = pytest.mark.stack
HISTORY = """Vorname;Nachname;E-Mail;Firma;Land;Record ID;Besitzer;Abgemeldet
Ann;Lee;ann@works.example;Works;US;77;ana;
Ann;Lee;ann.lee@works.example;Works;US;77;ana;ja
Bob;Ray;bob@trade.example;Trade;US;78;somebody who left;
"""
LIVE = "Email,Name,Country\nfay@works.example,Fay Fox,US\n"


def imported(pipeline: Pipeline, key: str, path: Path, *options: str) -> dict[str, Any]:
    """What `leadline import` says."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LEADLINE_")}
    environment = {**kept, "LEADLINE_API_KEY": key, "LEADLINE_EDGE_URL": pipeline.url}
    environment |= {"LEADLINE_DATABASE_URL": pipeline.stack.database_url}
    argv = [sys.executable, "-m", "leadline_console", "import", str(path), "--json", *options]
    done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@pytest.fixture(scope="module")
def world(pipeline: Pipeline, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    """Two lists went through: one of history, one live."""
    pipeline.start()
    folder = tmp_path_factory.mktemp("lists")
    key = pipeline.make_key("--trusted")
    (folder / "history.csv").write_text(HISTORY, encoding="cp1252")
    (folder / "live.csv").write_text(LIVE, encoding="utf-8")
    history = ("--type", "demo_request", "--id-system", "hubspot", "--map", "Besitzer=owner")
    foretold = imported(pipeline, key, folder / "history.csv", *history, "--dry-run")
    assert (foretold["new"], foretold["duplicate_in_file"], foretold["rows"]) == (2, 1, 3)
    assert imported(pipeline, key, folder / "history.csv", *history)["accepted"] == 3
    assert imported(pipeline, key, folder / "live.csv", "--type", "demo_request", "--live")["accepted"] == 1
    pipeline.settle()
    yield pipeline


def newest(pipeline: Pipeline) -> dict[str, tuple[LeadCaptured, LeadRouted]]:
    """By first name: the lead as captured last, and as routed last."""
    captured = sorted(pipeline.events(LEAD_CAPTURED), key=lambda each: each.revision)
    routed = {each.lead_id: each for each in sorted(pipeline.events(LEAD_ROUTED), key=lambda each: each.revision)}
    last = {each.lead_id: each for each in captured}
    return {each.lead.first_name: (each, routed[each.lead_id]) for each in last.values()}


def test_a_list_of_history_is_stored_merged_and_scored(world: Pipeline) -> None:
    leads = newest(world)
    ann, _ = leads["Ann"]
    assert set(leads) == {"Ann", "Bob", "Fay"}
    assert set(ann.lead.emails) == {"ann@works.example", "ann.lee@works.example"}, "two rows with one id are one lead"
    assert [each.historical for each in ann.requests] == [True, True]
    assert {(c.purpose, c.channel, c.state) for c in ann.lead.consent if c.state == "withdrawn"} >= {
        ("marketing", "email", "withdrawn")
    }
    assert {each.lead_id for each in world.events(LEAD_SCORED)} == {each.lead_id for each, _ in leads.values()}


def test_it_keeps_its_owners_and_pages_nobody(world: Pipeline) -> None:
    leads = newest(world)
    for name, owner in (("Ann", "ana"), ("Bob", None)):
        captured, routed = leads[name]
        assert (routed.outcome, routed.rule, routed.owner, routed.assignment) == ("parked", "historical", owner, 0)
        assert not routed.counts_as_turn
        assert [each for each in sla_of(world) if each.lead_id == captured.lead_id] == []


def test_a_live_list_is_routed_and_its_clocks_start(world: Pipeline) -> None:
    captured, routed = newest(world)["Fay"]
    assert routed.outcome in ("person", "held", "queue") and not captured.requests[0].historical
    assert "armed" in {each.kind for each in sla_of(world) if each.lead_id == captured.lead_id}


def sla_of(pipeline: Pipeline) -> list[LeadSla]:
    """What the monitor told."""
    return list(pipeline.events(LEAD_SLA))
