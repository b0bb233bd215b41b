"""Webhooks and forms: what declared sources send."""

from typing import Any, Final

from leadline_capture.edge.forms import FORMS
from leadline_capture.edge.source_request import PREFIX
from leadline_capture.openapi.common import ACCEPTED, BODY, problems
from leadline_capture.openapi.models import SourceAccepted
from leadline_capture.openapi.operation import HTML, JSON, Answer, Content, Operation, Parameter

_FORM: Final = {"email": "ada@works.example", "name": "Ada Example", "form": "demo"}
_ANY: Final[dict[str, Any]] = {"type": "object", "additionalProperties": True}
_BODY: Final = {
    JSON: Content({}, {"a form's fields": _FORM}),
    "application/x-www-form-urlencoded": Content(_ANY, {"a form": _FORM}),
    "multipart/form-data": Content(_ANY),
}
_SOURCE: Final = Parameter(
    "source", "path", "A name in rules/sources", {"type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$"}, required=True,
    example="website_form",
)  # fmt: skip
_SECRET: Final = Parameter(
    "secret", "path", "The secret of a source that proves itself by its address", {"type": "string", "minLength": 1},
    required=True, example="unguessable",
)  # fmt: skip
_KEY: Final = Parameter(
    "key", "path", "A publishable key", {"type": "string", "pattern": "^lp_[A-Za-z0-9_-]{1,80}$"}, required=True,
    example="lp_your_key",
)  # fmt: skip
_SHAKEN: Final = Answer(
    "A handshake of the vendor was answered", {JSON: Content({}), "text/plain": Content({"type": "string"})}
)
_TAKEN: Final = Answer(ACCEPTED.description, {JSON: Content(SourceAccepted)}, ACCEPTED.headers)
_SENT_ON: Final = Answer("Durable; the browser goes on to an allowed page", headers={"Location": "the page"})
_POSTED: Final = {200: _SHAKEN, 202: _TAKEN, 303: _SENT_ON, **problems(*BODY, 401, 403, 404)}
_GOT: Final = {200: _SHAKEN, 202: _TAKEN, **problems(*BODY, 401, 403, 404)}


def _post(name: str, summary: str, *parameters: Parameter) -> Operation:
    return Operation(
        id=name,
        summary=summary,
        description="How the source proves itself, which media types it sends and what its fields mean stands in"
        " its file under rules/sources. The body is stored untouched.",
        tag="Sources",
        parameters=parameters,
        body=_BODY,
        answers=_POSTED,
    )


def _get(name: str, *parameters: Parameter) -> Operation:
    return Operation(
        id=name,
        summary="A vendor's handshake, or a webhook that is a query string",
        tag="Sources",
        parameters=parameters,
        answers=_GOT,
    )


OPERATIONS: Final = {
    (f"{PREFIX}{{source}}", "POST"): _post("sendWebhook", "Send what a source sends", _SOURCE),
    (f"{PREFIX}{{source}}", "GET"): _get("sendQuery", _SOURCE),
    (f"{PREFIX}{{source}}/{{secret}}", "POST"): _post(
        "sendWebhookBySecretUrl", "The same, proved by the address", _SOURCE, _SECRET
    ),
    (f"{PREFIX}{{source}}/{{secret}}", "GET"): _get("sendQueryBySecretUrl", _SOURCE, _SECRET),
    (f"{FORMS}{{key}}", "POST"): Operation(
        id="sendForm",
        summary="A form of a public page",
        description="Taken from pages of the key's origins only (Origin, else Referer). See docs/forms.md.",
        tag="Sources",
        parameters=(_KEY,),
        body=_BODY,
        answers={
            202: Answer(ACCEPTED.description, {**ACCEPTED.content, HTML: Content({"type": "string"})}),
            303: _SENT_ON,
            **problems(*BODY, 403, 404),
        },
    ),
    (f"{FORMS}{{key}}", "OPTIONS"): Operation(
        id="askForForm",
        summary="A browser asks before it sends the form of another origin",
        tag="Sources",
        parameters=(_KEY,),
        answers={204: Answer("It may"), **problems(400, 403, 404, 405, 408, 417, 429, 503)},
    ),
}  # fmt: skip
