"""What the step writes of each submission is what the door tells of it."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from leadline_capture.edge.submissions import Submissions, SubmissionStatus
from leadline_local.endpoints import Endpoints
from leadline_runtime.sql import Sql
from leadline_schemas.ids import submission_id_of_key
from tests.integration.capture.stored import StoredCapture

pytestmark = pytest.mark.stack
ANN = {"email": "ann@x.example"}


@pytest.fixture
async def stored(stack: Endpoints, prefix: str) -> AsyncIterator[StoredCapture]:
    capture = await StoredCapture(stack.database_url, prefix).open()
    yield capture
    await capture.close()


@pytest.fixture
async def door(stored: StoredCapture) -> AsyncIterator[Submissions]:
    sql = Sql(stored.url, stored.schema)
    yield Submissions(sql)
    await sql.close()


async def told(stored: StoredCapture, door: Submissions, payload: Any, **more: Any) -> SubmissionStatus:
    """What becomes of one submission, as the door tells it."""
    record = stored.received(payload, **more)
    await stored.transact([record])
    assert record.key is not None
    found = await door.find(UUID(record.key.decode()))
    assert found is not None and found[0] == more.get("source", "website_form")
    return found[1]


async def test_every_outcome_has_its_name(stored: StoredCapture, door: Submissions) -> None:
    made = await told(stored, door, ANN)
    assert (made.outcome, made.reason) == ("captured", None) and made.lead_id is not None
    merged = await told(stored, door, ANN, source="crm")
    assert (merged.outcome, merged.lead_id) == ("merged", made.lead_id)
    act = await told(stored, door, {"kind": "page.viewed", "id": "a1", **ANN}, way="activities")
    assert (act.outcome, act.lead_id) == ("attached", made.lead_id)
    again = await told(stored, door, {"kind": "page.viewed", "id": "a1", **ANN}, way="activities")
    assert (again.outcome, again.lead_id) == ("duplicate", made.lead_id)
    waiting = await told(stored, door, {"kind": "page.viewed", "anonymous_id": "n1"}, way="activities")
    assert (waiting.outcome, waiting.lead_id) == ("waiting", None)
    apart = await told(stored, door, {"name": "Nobody"})
    assert (apart.outcome, apart.reason) == ("quarantined", "no_contact")
    nobody = await told(stored, door, {"kind": "page.viewed", "lead_id": "x"}, way="activities")
    assert (nobody.outcome, nobody.reason) == ("dropped", "unknown_lead")


async def test_a_dead_letter_is_told_until_it_is_decided_after_all(stored: StoredCapture, door: Submissions) -> None:
    broken = await told(stored, door, "{broken", id="one")
    assert (broken.outcome, broken.reason, broken.lead_id) == ("dead_letter", "body_undecodable", None)
    assert (await told(stored, door, ANN, id="one")).outcome == "captured", "as after a repaired parser and a retry"


async def test_another_body_under_a_known_id_changes_nothing_of_what_is_told(
    stored: StoredCapture, door: Submissions
) -> None:
    first = await told(stored, door, ANN, id="two")
    assert await told(stored, door, {"email": "bob@x.example"}, id="two") == first


async def test_nothing_is_told_of_what_never_came(stored: StoredCapture, door: Submissions) -> None:
    assert await door.find(submission_id_of_key("site", "never")) is None
