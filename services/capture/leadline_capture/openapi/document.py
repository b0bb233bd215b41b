"""The OpenAPI 3.1 document of the whole door, assembled from the operations and the pydantic models."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from pydantic.json_schema import models_json_schema

from leadline_capture.edge.import_rows import ImportStatus
from leadline_capture.edge.outcomes import CommandStatus
from leadline_capture.edge.submissions import SubmissionStatus
from leadline_capture.openapi import assignments, commands, consents, imports, leads, roster, sources, tracking
from leadline_capture.openapi.models import (
    Accepted,
    BatchAnswer,
    ConsentAccepted,
    LinkAnswer,
    LinksAnswer,
    NotAppliedTold,
    ProblemTold,
    SourceAccepted,
    TrackingAnswer,
)
from leadline_capture.openapi.operation import Answer, Content, Operation, Parameter, reference
from leadline_schemas.commands import AssignmentPayload, CommandPayload
from leadline_schemas.event import Model
from leadline_schemas.payloads import ActivityPayload, ConsentLinkPayload, ConsentSubmission, LeadPayload
from leadline_schemas.roster import AbsencePayload, MemberPayload

VERSION: Final = "1"
OPERATIONS: Final[Mapping[tuple[str, str], Operation]] = {
    **leads.OPERATIONS,
    **commands.OPERATIONS,
    **assignments.OPERATIONS,
    **roster.OPERATIONS,
    **consents.OPERATIONS,
    **sources.OPERATIONS,
    **imports.OPERATIONS,
    **tracking.OPERATIONS,
}
# What the door takes in, and refuses if it has a field that nobody knows.
TAKEN: Final[tuple[type[Model], ...]] = (
    LeadPayload, ActivityPayload, CommandPayload, AssignmentPayload, ConsentSubmission, ConsentLinkPayload,
    AbsencePayload, MemberPayload,
)  # fmt: skip
TOLD: Final[tuple[type[Model], ...]] = (
    SubmissionStatus, CommandStatus, ImportStatus, ProblemTold, NotAppliedTold, Accepted, SourceAccepted,
    ConsentAccepted, BatchAnswer, LinkAnswer, LinksAnswer, TrackingAnswer,
)  # fmt: skip
_TAGS: Final = {
    "Leads": "Leads and activities in Leadline's own form, and what became of them.",
    "Assignments": "Who has a lead: claim, accept, decline, reassign, release.",
    "Roster": "Absences, hours, caps and weights of members, over team.yaml.",
    "Consents": "What people said about consent, with its evidence; links to confirm and to unsubscribe.",
    "Sources": "Webhooks of vendors and forms of pages, each declared in a file.",
    "Imports": "Whole lists, worked on beside the requests.",
    "Tracking": "Segment's HTTP tracking API: its official clients work with only their host changed.",
}
_ABOUT: Final = (
    "Takes leads in. A 2xx means that what was sent is durable; everything else is judged later and can be asked for."
    "\n\nKeys are made with `leadline keys create`. Bodies may be gzip or deflate. Errors are"
    " `application/problem+json` (RFC 9457) with a stable `code` and every fault at once; no value of a request is ever"
    " repeated. A 503 carries `Retry-After`: nothing of it was promised."
)


@cache
def document() -> dict[str, Any]:
    """The document, as JSON values."""
    paths: dict[str, dict[str, Any]] = {}
    for (path, method), operation in OPERATIONS.items():
        paths.setdefault(path, {})[method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Leadline: the door",
            "version": VERSION,
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "ll_<id>_<secret>"},
                "writeKey": {"type": "http", "scheme": "basic", "description": "the key as user name, no password"},
            },
        },
    }


def _operation(operation: Operation) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "tags": [operation.tag],
        "security": [{name: []} for name in operation.security],
        "responses": {str(status): _answer(answer) for status, answer in sorted(operation.answers.items())},
    }
    if operation.description:
        told["description"] = operation.description
    if operation.parameters:
        told["parameters"] = [_parameter(each) for each in operation.parameters]
    if operation.body:
        content = {kind: _content(each) for kind, each in operation.body.items()}
        told["requestBody"] = {"required": operation.body_required, "content": content}
    return told


def _answer(answer: Answer) -> dict[str, Any]:
    told: dict[str, Any] = {"description": answer.description}
    if answer.content:
        told["content"] = {kind: _content(each) for kind, each in answer.content.items()}
    if answer.headers:
        headers = {name: {"description": text, "schema": {"type": "string"}} for name, text in answer.headers.items()}
        told["headers"] = headers
    return told


def _content(content: Content) -> dict[str, Any]:
    schema = content.schema
    told: dict[str, Any] = {"schema": reference(schema) if isinstance(schema, type) else schema}
    if content.examples:
        told["examples"] = {
            name.replace(" ", "-"): {"summary": name, "value": v} for name, v in content.examples.items()
        }
    return told


def _parameter(parameter: Parameter) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": parameter.name,
        "in": parameter.where,
        "required": parameter.required,
        "description": parameter.description,
        "schema": parameter.schema,
    }
    if parameter.example is not None:
        told["example"] = parameter.example
    return told


def _schemas() -> dict[str, Any]:
    """The models, with all the models inside them."""
    _, found = models_json_schema(
        [(model, "validation") for model in (*TAKEN, *TOLD)], ref_template="#/components/schemas/{model}"
    )
    schemas: dict[str, Any] = found["$defs"]
    for model in TAKEN:
        for name in _within(schemas, model.__name__):
            schemas[name]["additionalProperties"] = False
    return schemas


def _within(schemas: Mapping[str, Any], name: str) -> set[str]:
    """A schema and all that it refers to."""
    found, wanted = set[str](), [name]
    while wanted:
        one = wanted.pop()
        if one not in found:
            found.add(one)
            wanted += [each.rpartition("/")[2] for each in _references(schemas[one])]
    return found


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for each in value.values():
            yield from _references(each)
    elif isinstance(value, list):
        for each in value:
            yield from _references(each)
