"""Posting payloads to the door, one after the other over one connection, and what it answered."""

import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import field
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from leadline_console.errors import Exit, UserError
from leadline_runtime.core.values import dataclass

ATTEMPTS = 5
LONGEST_WAIT_S = 30.0
TIMEOUT_S = 15
NOT_NOW = frozenset({429, 503})


@dataclass(frozen=True)
class Answer:
    """What became of one payload. `errors`: places and kinds of faults, never values."""

    index: int
    accepted: bool
    status: int
    submission_id: str | None = None
    code: str | None = None
    detail: str | None = None
    errors: list[dict[str, str]] = field(default_factory=list)


def payloads(text: str) -> list[dict[str, Any]]:
    """The payloads in a text: a JSON object, a list (also in {"leads": []} or {"activities": []}), or JSON lines.

    Raises UserError naming the line, never the content.
    """
    try:
        found = [json.loads(text)]
    except json.JSONDecodeError as whole:
        found = list(_lines(text, whole))
    if len(found) == 1 and isinstance(found[0], dict) and len(found[0]) == 1:
        found = [next(iter(found[0].values()))] if set(found[0]) <= {"leads", "activities"} else found
    if len(found) == 1 and isinstance(found[0], list):
        found = found[0]
    for number, one in enumerate(found):
        if not isinstance(one, dict):
            raise UserError(f"Item {number} is not a JSON object, but {type(one).__name__}.")
    if not found:
        raise UserError("There is nothing to send in it.")
    return found


def _lines(text: str, whole: json.JSONDecodeError) -> Iterator[Any]:
    rows = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    for number, line in rows:
        try:
            yield json.loads(line)
        except json.JSONDecodeError as error:
            at = whole if number == rows[0][0] else error
            place = f"line {at.lineno}" if at is whole else f"line {number}"
            raise UserError(f"This is no JSON: {at.msg} at {place}, column {at.colno}.") from None


class Door:
    """The door at `url`. Not for several threads."""

    def __init__(self, url: str, key: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise UserError(f"{url!r} is no address of a door; give one like http://127.0.0.1:8080.")
        self.url, self._key, self._path = url, key, parts.path.rstrip("/")
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        self._connection = kind(parts.hostname, parts.port, timeout=TIMEOUT_S)

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def became(self, submission_id: str) -> dict[str, Any] | None:
        """What became of a submission; None while that is not known. Raises UserError."""
        headers = {"Authorization": f"Bearer {self._key}"}
        try:
            self._connection.request("GET", f"{self._path}/v1/submissions/{submission_id}", headers=headers)
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, HTTPException) as error:
            self._connection.close()
            raise UserError(
                f"The door at {self.url} no longer answers: {type(error).__name__}.", Exit.UNREACHABLE
            ) from None
        if response.status != 200:
            return None
        found: dict[str, Any] = json.loads(content)
        return found

    def post(self, path: str, index: int, payload: dict[str, Any]) -> Answer:
        """Send one payload until it is accepted or refused; what the door cannot take now is tried again.

        A payload without an id of its own gets a key for this sending, so that trying again cannot double it.
        Raises UserError if the door cannot be reached or goes on saying "not now".
        """
        return answer(index, *self.exchange(path, payload, f"item {index}"))

    def exchange(
        self, path: str, payload: dict[str, Any] | None, what: str = "it", method: str = "POST", **more: str
    ) -> tuple[int, bytes]:
        """The same for what is answered by more than taken or refused: status and content. `more`: further headers."""
        body = json.dumps(payload).encode() if payload is not None else None
        headers = {"Authorization": f"Bearer {self._key}", **more}
        if body is not None:
            headers["Content-Type"] = "application/json"
        if not (payload or {}).get("id"):
            headers["Idempotency-Key"] = str(uuid4())
        why = ""
        for attempt in range(ATTEMPTS):
            try:
                self._connection.request(method, self._path + path, body, headers)
                response = self._connection.getresponse()
                content = response.read()
            except (OSError, HTTPException) as error:
                self._connection.close()
                why, wait = type(error).__name__, float(2**attempt) / 10
            else:
                if response.status not in NOT_NOW:
                    return response.status, content
                why, wait = f"it says {response.status}, not now", _retry_after(response, attempt)
            if attempt < ATTEMPTS - 1:
                time.sleep(wait)
        raise UserError(
            f"The door at {self.url} does not take {what}: {why}. Is it up (`leadline status`)? "
            "Another address: --edge, or LEADLINE_EDGE_URL.",
            Exit.UNREACHABLE,
        )


def _retry_after(response: HTTPResponse, attempt: int) -> float:
    asked = response.headers.get("Retry-After", "")
    return min(float(asked), LONGEST_WAIT_S) if asked.isdigit() else float(2**attempt) / 10


def answer(index: int, status: int, content: bytes) -> Answer:
    """What an answer of the door says."""
    try:
        told = json.loads(content)
    except ValueError:
        told = {}
    if not isinstance(told, dict):
        told = {}
    accepted = status == 202
    return Answer(
        index,
        accepted,
        status,
        submission_id=told.get("submission_id"),
        code=None if accepted else told.get("code"),
        detail=None if accepted else told.get("detail"),
        errors=[] if accepted else list(told.get("errors") or ()),
    )


@contextmanager
def door(url: str, key: str) -> Iterator[Door]:
    """A door to post to."""
    made = Door(url, key)
    try:
        yield made
    finally:
        made.close()


def send_all(to: Door, path: str, items: Sequence[dict[str, Any]]) -> Iterator[Answer]:
    """Post all items in order, giving each answer as it comes."""
    for index, item in enumerate(items):
        yield to.post(path, index, item)
