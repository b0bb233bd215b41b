"""POST /v1/imports: a whole list at once, its rows sent beside the requests, also after kill -9 of the door."""

import asyncio
import csv
import gzip
import io
import json
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import ClientConnectorError, ClientSession, FormData

from leadline_capture.edge.keys import store_key
from leadline_schemas.codec import decode
from leadline_schemas.received import LeadReceived
from leadline_schemas.topics import LEAD_RECEIVED
from tests.integration.edge.conftest import Servers
from tests.integration.edge.test_door_process import door_process, leadline
from tests.integration.edge.world import World, open_world, records_of
from tests.load.csv_rates import write_list
from tests.support.door import made_key
from tests.support.running import until

pytestmark = pytest.mark.stack
LIST = (
    "Email,Name,Colour\r\n"
    + "".join(f"p{n}@x.example,Person {n},red\r\n" for n in range(1, 601))
    + 'x@x.example,"open\r\n'
)


class Lists:
    """Somebody with lists before a door."""

    def __init__(self, session: ClientSession, url: str, key: str) -> None:
        self.session, self.url, self.key = session, url, key

    async def post(self, data: Any, query: str = "", **headers: str) -> tuple[int, Any]:
        """Status and JSON of an upload."""
        given = {"Authorization": f"Bearer {self.key}", **{k.replace("_", "-"): v for k, v in headers.items()}}
        async with self.session.post(f"{self.url}/v1/imports{query}", data=data, headers=given) as response:
            return response.status, await response.json(content_type=None)

    async def get(self, path: str, key: str | None = None) -> tuple[int, str]:
        """Status and text."""
        headers = {"Authorization": f"Bearer {key or self.key}"}
        async with self.session.get(f"{self.url}{path}", headers=headers) as response:
            return response.status, await response.text()

    async def ended(self, import_id: str) -> dict[str, Any]:
        """How it stands when it has ended."""
        return await self.when(f"/v1/imports/{import_id}", lambda told: told.get("state") in ("done", "failed"))

    async def when(self, path: str, true: Callable[[dict[str, Any]], bool], key: str | None = None) -> dict[str, Any]:
        """What a path says as soon as a condition holds of it."""
        end = monotonic() + 60
        told: dict[str, Any] = {}
        while monotonic() < end:
            with suppress(ClientConnectorError):  # a door says that it is ready just before it listens
                told = json.loads((await self.get(path, key))[1])
            if told and true(told):
                return told
            await asyncio.sleep(0.02)
        raise AssertionError(f"waited in vain; last: {told}")

    async def report(self, told: dict[str, Any]) -> list[dict[str, str]]:
        """The lines of its report."""
        status, text = await self.get(told["report"])
        assert status == 200
        return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Where the door keeps lists."""
    return tmp_path / "lists"


def files_in(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


@pytest.fixture
async def world(own: Servers, directory: Path) -> AsyncIterator[World]:
    """A door that takes lists."""
    settings: dict[str, Any] = {"edge_imports_dir": directory, "edge_import_bytes": 200_000, "edge_deadline_s": 1.0}
    async with open_world(own.up(), f"t{uuid4().hex[:8]}", **settings) as made:
        yield made


@pytest.fixture
def lists(world: World) -> Lists:
    return Lists(world.session, f"http://127.0.0.1:{world.door.port}", world.key)


def is_further_than(rows: int, told: dict[str, Any]) -> bool:
    """Whether an import has done more rows."""
    return bool(told["rows"] > rows)


async def received(world: World) -> list[LeadReceived]:
    return [decode(LEAD_RECEIVED, record.value) for record in await world.written()]


async def test_every_row_is_a_submission_and_a_line_of_the_report(world: World, lists: Lists, directory: Path) -> None:
    status, told = await lists.post(
        LIST, "?source=event&type=event_attended&map=Colour%3Dinterest", Content_Type="text/csv"
    )
    assert status == 202 and told["read_as"]["encoding"] == "utf-8"
    assert told["read_as"]["columns"][2] == {"column": "Colour", "field": "interest", "by": "given"}
    done = await lists.ended(told["id"])
    assert (done["state"], done["rows"], done["accepted"], done["rejected"]) == ("done", 601, 600, 1)
    report = await lists.report(done)
    assert [int(row["row"]) for row in report] == list(range(1, 602)) and report[-1]["status"] == "rejected"
    written = {str(each.submission_id): each for each in await received(world)}
    assert set(written) == {row["submission_id"] for row in report[:-1]}
    body = json.loads(written[report[0]["submission_id"]].body)
    assert (body["email"], body["interest"], body["source"]) == ("p1@x.example", "red", "event")
    assert all(each.historical and each.authentication.method == "api_key" for each in written.values())
    await until(lambda: files_in(directory) == ["home", "lock"], "the list, which is done, to be deleted")
    counted = world.edge.registry.get_sample_value
    assert counted("leadline_import_rows_total", {"status": "accepted"}) == 600
    assert counted("leadline_imports_ended_total", {"state": "done"}) == 1


async def test_the_same_list_again_is_the_same_import(world: World, lists: Lists) -> None:
    _, first = await lists.post(LIST, Content_Type="text/csv")
    await lists.ended(first["id"])
    form = FormData()
    form.add_field("list", gzip.compress(LIST.encode()), filename="list.csv.gz", content_type="application/gzip")
    _, again = await lists.post(form)
    _, packed = await lists.post(gzip.compress(LIST.encode()), Content_Type="text/csv", Content_Encoding="gzip")
    assert again["id"] == packed["id"] == first["id"] and again["state"] == "done"
    assert len(await received(world)) == 600
    _, live = await lists.post(LIST, "?live=true", Content_Type="text/csv")
    assert live["id"] != first["id"]
    await lists.ended(live["id"])
    assert sum(not each.historical for each in await received(world)) == 600


async def test_a_list_that_failed_goes_on_when_it_is_posted_again(world: World, lists: Lists) -> None:
    _, first = await lists.post(LIST, Content_Type="text/csv")
    await lists.ended(first["id"])
    await world.sql.run(
        ("UPDATE list_import SET state = 'failed', reason = 'a disk', last_row = 0, accepted = 0, rejected = 0", ()),
        ("DELETE FROM list_import_report", ()),
    )
    assert (await lists.ended(first["id"]))["reason"] == "a disk"
    _, again = await lists.post(LIST, Content_Type="text/csv")
    assert again["id"] == first["id"] and again["state"] in ("waiting", "running") and "reason" not in again
    done = await lists.ended(first["id"])
    assert (done["state"], done["rows"]) == ("done", 601) and len(await lists.report(done)) == 601
    assert len({each.submission_id for each in await received(world)}) == 600


async def test_a_form_brings_file_and_options(lists: Lists) -> None:
    form = FormData()
    form.add_field("map", "Wer=name")
    form.add_field("list", b"Wer;E-Mail\r\n" + "Jürgen;j@x.example\r\n".encode("cp1252"), filename="l.csv")
    form.add_field("header", "true")
    status, told = await lists.post(form)
    assert status == 202 and told["read_as"]["encoding"] == "cp1252"
    assert [one["field"] for one in told["read_as"]["columns"]] == ["name", "email"]


async def test_imports_are_their_owners(world: World, lists: Lists) -> None:
    _, told = await lists.post(LIST, Content_Type="text/csv")
    text, other = made_key(source="another")
    await store_key(world.sql, other)
    await lists.when("/v1/imports/x", lambda told: told["code"] != "unauthorized", text)
    for path in (f"/v1/imports/{told['id']}", told["report"], f"/v1/imports/{uuid4()}", "/v1/imports/x"):
        assert (await lists.get(path, text))[0] == 404
    assert (await lists.get(f"/v1/imports/{told['id']}/rows"))[0] == 404
    await lists.ended(told["id"])


@pytest.mark.parametrize(
    ("body", "query", "headers", "answer"),
    [
        (LIST, "", {"Content_Type": "application/json"}, (415, "unsupported_media_type")),
        (LIST, "?map=Mail%3Demail", {"Content_Type": "text/csv"}, (422, "invalid")),
        (LIST, "?colour=red", {"Content_Type": "text/csv"}, (422, "invalid")),
        (LIST, "?live=perhaps", {"Content_Type": "text/csv"}, (422, "invalid")),
        ("Colour\nred\n", "", {"Content_Type": "text/csv"}, (422, "invalid")),
        ("", "", {"Content_Type": "text/csv"}, (422, "invalid")),
        ("a@x.example,b\n" * 20_000, "", {"Content_Type": "text/csv"}, (413, "too_large")),
        (
            gzip.compress(b"a" * 900_000),
            "",
            {"Content_Type": "text/csv", "Content_Encoding": "gzip"},
            (413, "too_large"),
        ),
        (gzip.compress(b"a" * 900_000), "", {"Content_Type": "application/gzip"}, (413, "too_large")),
        (gzip.compress(LIST.encode())[:-9], "", {"Content_Type": "application/gzip"}, (400, "body_not_inflatable")),
        (b"no gzip at all", "", {"Content_Type": "text/csv", "Content_Encoding": "gzip"}, (400, "body_not_inflatable")),
        (b"--b\r\nfalse", "", {"Content_Type": "multipart/form-data; boundary=b"}, (400, "not_readable")),
        (b"--b--\r\n", "", {"Content_Type": "multipart/form-data; boundary=b"}, (400, "not_readable")),
    ],
)
async def test_what_is_no_list_is_refused_whole(
    lists: Lists, directory: Path, body: Any, query: str, headers: dict[str, str], answer: tuple[int, str]
) -> None:
    found, told = await lists.post(body, query, **headers)
    assert (found, told["code"]) == answer, told
    assert files_in(directory) == ["home", "lock"]


async def test_a_list_that_stands_still_on_its_way_is_given_up(world: World, lists: Lists) -> None:
    async def slowly() -> AsyncIterator[bytes]:
        yield b"Email\n"
        await asyncio.Event().wait()  # for ever: the door must give it up

    status, told = await lists.post(slowly(), Content_Type="text/csv")
    assert (status, told["code"]) == (408, "timeout")


async def test_a_door_without_a_directory_says_so(own: Servers) -> None:
    async with open_world(own.up(), f"t{uuid4().hex[:8]}") as made:
        lists = Lists(made.session, f"http://127.0.0.1:{made.door.port}", made.key)
        status, told = await lists.post(LIST, Content_Type="text/csv")
        assert (status, told["code"]) == (503, "imports_not_configured")


async def test_a_door_that_is_killed_goes_on_with_its_lists(own: Servers, tmp_path: Path) -> None:
    rows = 25_000
    stack = own.up()
    leadline(stack, "topics", "apply", "--replication", "1", "--file", "deploy/kafka/topics.yaml")
    made = leadline(stack, "keys", "create", "--name", "t", "--source", f"s{uuid4().hex[:8]}", "--json")
    key = str(json.loads(made)["key"])
    write_list(tmp_path / "list.csv", rows, 13)
    settings = {"LEADLINE_EDGE_IMPORTS_DIR": str(tmp_path / "lists")}
    import_id, seen = "", 0
    for _ in range(2):
        async with door_process(stack, **settings) as door, ClientSession() as session:
            await door.ready()
            lists = Lists(session, f"http://127.0.0.1:{door.port}", key)
            await lists.when("/v1/imports/x", lambda told: "code" in told)
            if not import_id:
                status, told = await lists.post(
                    io.BytesIO((tmp_path / "list.csv").read_bytes()), Content_Type="text/csv"
                )
                assert status == 202
                import_id = told["id"]
            told = await lists.when(f"/v1/imports/{import_id}", partial(is_further_than, seen))
            assert told["state"] == "running" and told["rows"] < rows, "it was to be killed on its way"
            seen = told["rows"]
            door.running.kill()
            await door.running.wait()
    async with door_process(stack, **settings) as door, ClientSession() as session:
        await door.ready()
        lists = Lists(session, f"http://127.0.0.1:{door.port}", key)
        done = await lists.ended(import_id)
        assert (done["state"], done["rows"], done["accepted"]) == ("done", rows, rows)
        report = await lists.report(done)
    assert [int(row["row"]) for row in report] == list(range(1, rows + 1))
    records = [decode(LEAD_RECEIVED, record.value) for record in await records_of(stack, "lead.received", 24)]
    mine = [each for each in records if each.authentication.key_id == key.split("_")[1]]
    assert {str(each.submission_id) for each in mine} == {row["submission_id"] for row in report}
    assert len({(each.submission_id, each.body) for each in mine}) == rows
