"""Orders over HTTP with all processes: of two claims at once one wins and both are told, and the roster is obeyed."""

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest

from leadline_schemas.routed import LeadRouted
from leadline_schemas.topics import LEAD_ROUTED
from tests.support.pipeline import Pipeline, wait

pytestmark = pytest.mark.stack
NIGHT = datetime(2026, 3, 11, 1, tzinfo=UTC)  # 21:00 in New York
MORNING = datetime(2026, 3, 11, 15, tzinfo=UTC)
SCOPES = ("leads:write", "assignments:write", "roster:write")


def asked(
    pipeline: Pipeline, key: str, method: str, path: str, body: Mapping[str, Any] | None = None, **headers: str
) -> tuple[int, Any]:
    """Status and JSON of a request."""
    given = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", **headers}
    request = urllib.request.Request(
        f"{pipeline.url}{path}", json.dumps(body).encode() if body is not None else None, given, method=method
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as refused:
        return refused.code, json.loads(refused.read())


def lead(number: int) -> dict[str, Any]:
    return {
        "email": f"ann{number}@bay{number}.example", "name": f"Ann {'ABCDEFGHIJ'[number]}", "type": "demo_request",
        "country": "US", "state": "NY",
    }  # fmt: skip


def newest(pipeline: Pipeline) -> dict[str, LeadRouted]:
    """Where each lead stands, by its address."""
    found: dict[str, LeadRouted] = {}
    for event in sorted(pipeline.events(LEAD_ROUTED), key=lambda each: each.revision):
        found[str(event.scored.enriched.captured.lead.email)] = event
    return found


def test_of_two_claims_one_wins_both_are_told_and_the_roster_is_obeyed(pipeline: Pipeline) -> None:
    pipeline.start()
    pipeline.spawn("route", "-2")
    pipeline.wait_ready("route-2")
    key = pipeline.make_key("--trusted", *(part for scope in SCOPES for part in ("--scope", scope)))
    pipeline.freeze(NIGHT, ("capture", "enrich", "score", "route", "sla-monitor"))
    wait(lambda: pipeline.edge_clock() == NIGHT, "the door to know the time", 20)
    for number in range(4):
        assert asked(pipeline, key, "POST", "/v1/leads", lead(number))[0] == 202
    pipeline.settle(120)
    held = newest(pipeline)
    assert {each.outcome for each in held.values()} == {"held"} and len(held) == 4

    def claims(given: tuple[str, str]) -> tuple[int, Any]:
        lead_id, by = given
        return asked(pipeline, key, "POST", f"/v1/assignments/{lead_id}/claim", {"author": by}, Prefer="wait=8")

    wanted = [(str(each.lead_id), by) for each in held.values() for by in ("ana", "ben")]
    with ThreadPoolExecutor(len(wanted)) as several:
        answers = list(several.map(claims, wanted))
    for lead_id in {lead_id for lead_id, _ in wanted}:
        mine = {by: answer for (lead, by), answer in zip(wanted, answers, strict=True) if lead == lead_id}
        assert sorted(status for status, _ in mine.values()) == [200, 409], mine
        (winner,) = [by for by, (status, _) in mine.items() if status == 200]
        assert {told["owner"] for _, told in mine.values()} == {winner}
        assert {str(e.lead_id): e.owner for e in newest(pipeline).values()}[lead_id] == winner

    pipeline.freeze(MORNING, ("capture", "enrich", "score", "route", "sla-monitor"))
    status, told = asked(pipeline, key, "PATCH", "/v1/members/ana", {"author": "mia", "active": False}, Prefer="wait=8")
    assert (status, told.get("roster"), "assignment" in told) == (200, 1, False), told
    bad = {"author": "mia", "weights": {"nowhere": 1}}
    status, told = asked(pipeline, key, "PATCH", "/v1/members/ben", bad, Prefer="wait=8")
    assert (status, told["reason"]) == (409, "invalid_roster")
    wait(
        lambda: all(each.owner != "ana" for each in newest(pipeline).values()),
        "ana's leads to be with others", 60, every=1,
    )  # fmt: skip
    assert asked(pipeline, key, "POST", "/v1/leads", lead(5))[0] == 202
    pipeline.settle(120)
    last = newest(pipeline)["ann5@bay5.example"]
    assert last.owner in ("ben", "cleo")
    assert last.basis.rules.version.endswith("+roster.1")
