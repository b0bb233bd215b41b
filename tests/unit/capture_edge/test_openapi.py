"""The OpenAPI document: complete, fresh, true. Its examples are sent to a door that really listens."""

import hashlib
import json
import re
from functools import cache
from importlib.resources import files
from typing import Any

import pytest
from aiohttp import FormData
from jsonschema import Draft202012Validator

from leadline_capture.edge.documentation import DOCS, DOCUMENT, RENDERER
from leadline_capture.edge.routes import ROUTES
from leadline_capture.openapi.__main__ import main
from leadline_capture.openapi.document import OPERATIONS, document
from tests.support.door import Visitor, made_key, open_door, publishable_key

ITSELF = {DOCS, DOCUMENT, RENDERER}
PAGE = "https://acme.example"
SCOPES = frozenset({"leads:write", "consents:write", "leads:command", "assignments:write", "roster:write"})
METHODS = [(path, method) for path, method in OPERATIONS if OPERATIONS[path, method].body]


def test_every_way_in_is_documented_and_nothing_else() -> None:
    there = {(path, method) for path, methods in ROUTES.items() for method in methods if method != "HEAD"}
    told = {(path, method) for path, method in OPERATIONS}
    missing = {each for each in there if each[0] not in ITSELF} - told
    assert not missing, "declare these in leadline_capture/openapi, then `make schemas`"
    assert told <= there


def test_the_committed_copy_is_what_the_code_says() -> None:
    assert main(["--check"]) == 0


def test_ids_are_unique_and_every_reference_leads_somewhere() -> None:
    ids = [operation.id for operation in OPERATIONS.values()]
    assert len(set(ids)) == len(ids)
    whole = json.dumps(document())
    names = set(re.findall(r"#/components/schemas/(\w+)", whole))
    assert names <= set(document()["components"]["schemas"])
    security = {name for operation in OPERATIONS.values() for name in operation.security}
    assert security == set(document()["components"]["securitySchemes"])


@pytest.mark.parametrize("name", document()["components"]["schemas"])
def test_every_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(document()["components"]["schemas"][name])


@cache
def validator(path: str, method: str, place: tuple[str, ...]) -> Draft202012Validator:
    found: Any = document()["paths"][path][method.lower()]
    for step in place:
        found = found[step]
    return Draft202012Validator({**found, "components": document()["components"]})


def examples() -> list[tuple[str, str, str, str, Any]]:
    return [
        (path, method, kind, name, value)
        for path, method in METHODS
        for kind, content in OPERATIONS[path, method].body.items()
        for name, value in content.examples.items()
        if not path.startswith("/v1/imports")  # needs a disk and PostgreSQL: tests/integration
    ]


@pytest.mark.parametrize(("path", "method", "kind", "name", "value"), examples())
async def test_every_example_fits_and_is_taken_in_as_is_told(
    path: str, method: str, kind: str, name: str, value: Any
) -> None:
    assert not list(validator(path, method, ("requestBody", "content", kind, "schema")).iter_errors(value))
    text, key = made_key(scopes=SCOPES)
    public, form = publishable_key(PAGE)
    async with open_door(extra_keys=[key, form], consent_link_secrets=("x" * 32,)) as door:
        order = f"019cd3f0-5c00-8000-8000-000000000001/{name}"
        known = {
            "{lead_id}/{verb}": order,
            "{member}/{part}": "ana/absences",
            "{member}": "ana",
            "{source}": "website_form",
            "{key}": public,
            "{source}/{secret}": "",
        }
        url = next((path.replace(old, new) for old, new in known.items() if path.endswith(old)), path)
        if url.endswith("/"):
            return  # no source that ships proves itself by its address alone
        status, media, told = await sent(door, method, f"{url}{await token(door, text, path)}", kind, value, text)
        assert status < 300 and told is not None, (status, told)
        answer = ("responses", str(status), "content", media, "schema")
        assert not list(validator(path, method, answer).iter_errors(told))


async def token(door: Visitor, key: str, path: str) -> str:
    """What belongs after the address of a link."""
    if not path.endswith(("/confirm", "/unsubscribe")):
        return ""
    pending = {"email": "ada@works.example", "purpose": "marketing", "channel": "email", "state": "pending"}
    _, told = await door.post("/v1/consents", pending, headers={"Authorization": f"Bearer {key}"})
    url: str = told[f"{path.rpartition('/')[2]}_url"]
    return f"?{url.partition('?')[2]}"


async def sent(door: Visitor, method: str, path: str, kind: str, value: Any, key: str) -> tuple[int, str, Any]:
    headers = {"Authorization": f"Bearer {key}", "Origin": PAGE, "Accept": "application/json"}
    body = {"json": value} if kind == "application/json" else {"data": FormData(value)}
    async with door.session.request(method, f"{door.url}{path}", headers=headers, **body) as response:
        told = await (response.json() if response.content_type == "application/json" else response.text())
        return response.status, response.content_type, told


async def test_the_document_and_its_page_are_served_and_load_nothing_from_elsewhere() -> None:
    async with open_door() as door:
        async with door.session.get(f"{door.url}{DOCUMENT}") as response:
            assert response.status == 200 and await response.json() == document()
        async with door.session.get(f"{door.url}{DOCS}") as response:
            page, policy = await response.text(), response.headers["Content-Security-Policy"]
            assert f'src="{RENDERER}"' in page and "http" not in page.replace("http-equiv", "")
            assert "default-src 'none'; script-src 'self';" in policy and "connect-src 'self'" in policy
        async with door.session.get(f"{door.url}{RENDERER}") as response:
            assert response.content_type == "text/javascript"
            found = hashlib.sha256(await response.read()).hexdigest()
    told = (files("leadline_capture") / "openapi" / "vendored" / "README.md").read_text(encoding="utf-8")
    assert found in told
