"""Posting leads to a door: what is read, what is sent, what is done when the door says no or not now."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from leadline_console.app import build
from leadline_console.errors import UserError
from leadline_console.sending import payloads

PROBLEM = {"code": "invalid", "detail": "2 faults", "errors": [{"path": "email", "problem": "is no address"}]}


class FakeDoor(HTTPServer):
    """Answers with the statuses it is given, then 202; remembers what came."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.statuses: list[int] = []
        self.tells: list[tuple[int, dict[str, Any]]] = []  # whole answers, before those of `statuses`
        self.came: list[tuple[str, dict[str, str], Any]] = []
        self.became: list[dict[str, str] | None] = []  # what GET tells, one after the other; None: not known yet

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: FakeDoor

    def do_PATCH(self) -> None:
        self.do_POST()

    def do_DELETE(self) -> None:
        self.do_POST()

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"] or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        self.server.came.append((self.path, dict(self.headers), body))
        status = self.server.statuses.pop(0) if self.server.statuses else 202
        taken = {"submission_id": f"s{len(self.server.came)}", "status": "accepted"}
        told: dict[str, Any] = taken if status == 202 else PROBLEM
        if self.server.tells:
            status, told = self.server.tells.pop(0)
        content = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self) -> None:
        told = self.server.became.pop(0)
        content = json.dumps(told or PROBLEM).encode()
        self.send_response(200 if told else 404)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeDoor]:
    monkeypatch.setenv("LEADLINE_API_KEY", "ll_key")
    server = FakeDoor()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def send(door: FakeDoor, text: str, *arguments: str) -> tuple[int, dict[str, Any]]:
    result = CliRunner().invoke(build(), ["send", "-", "--edge", door.url, "--json", *arguments], input=text)
    return result.exit_code, json.loads(result.stdout) if result.stdout else {}


@pytest.mark.parametrize(
    "text",
    [
        '[{"email": "a"}, {"email": "b"}]',
        '{"leads": [{"email": "a"}, {"email": "b"}]}',
        '{"email": "a"}\n\n{"email": "b"}\n',
    ],
)
def test_a_list_or_an_object_a_line_are_sent_one_by_one(text: str) -> None:
    assert payloads(text) == [{"email": "a"}, {"email": "b"}]


def test_one_object_may_stand_on_many_lines_and_have_but_one_field() -> None:
    assert payloads('{\n "email": "a"\n}') == [{"email": "a"}]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"email": "canary"}\n{"email": ', "line 2"),
        ('{\n"email": canary\n}', "line 2"),
        ('["canary"]', "Item 0 is not a JSON object, but str"),
        ("[]", "nothing to send"),
        ("", "no JSON|nothing to send"),
    ],
)
def test_what_cannot_be_read_is_named_by_its_place_and_not_by_its_content(text: str, says: str) -> None:
    with pytest.raises(UserError, match=says) as caught:
        payloads(text)
    assert "canary" not in str(caught.value)


def test_leads_are_posted_with_the_key_and_a_name_for_trying_again(door: FakeDoor) -> None:
    code, told = send(door, '[{"email": "a"}, {"email": "b", "id": "own-1"}]')
    assert (code, told["accepted"], told["refused"]) == (0, 2, 0)
    assert [one["submission_id"] for one in told["results"]] == ["s1", "s2"]
    (path, headers, body), (_, own, _) = door.came
    assert (path, headers["Authorization"], body) == ("/v1/leads", "Bearer ll_key", {"email": "a"})
    assert headers["Idempotency-Key"]
    assert "Idempotency-Key" not in own, "its own id names it already"


def test_activities_go_to_their_own_place(door: FakeDoor) -> None:
    send(door, '{"kind": "call.connected"}', "--to", "activities")
    assert door.came[0][0] == "/v1/activities"


def test_a_door_that_says_not_now_is_asked_again_under_the_same_name(door: FakeDoor) -> None:
    door.statuses = [503, 429]
    code, told = send(door, '{"email": "a"}')
    assert (code, told["accepted"]) == (0, 1)
    assert len({headers["Idempotency-Key"] for _, headers, _ in door.came}) == 1
    assert len(door.came) == 3


def test_a_lead_that_is_refused_is_told_with_all_its_faults_and_the_others_go_on(door: FakeDoor) -> None:
    door.statuses = [422]
    code, told = send(door, '[{"email": "x"}, {"email": "b"}]')
    assert (code, told["accepted"], told["refused"]) == (1, 1, 1)
    assert told["results"][0]["errors"] == PROBLEM["errors"]


def test_a_door_that_goes_on_saying_not_now_is_given_up(door: FakeDoor) -> None:
    door.statuses = [503] * 9
    code, _ = send(door, '{"email": "a"}')
    assert code == 3
    assert len(door.came) == 5


def test_without_a_key_nothing_is_sent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("LEADLINE_API_KEY", raising=False)
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(build(), ["send", "-"], input="{}")
    assert result.exit_code == 2
    assert "leadline keys create" in result.stderr


def test_an_address_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADLINE_API_KEY", "ll_key")
    result = CliRunner().invoke(build(), ["send", "-", "--edge", "nowhere"], input="{}")
    assert result.exit_code == 2
