"""What is sent to a vendor: a template whose host is fixed, filled so that an input stays a part of it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal
from urllib.parse import quote, urlencode

from leadline_enrich.core.questions import Question
from leadline_runtime.core.url_templates import filled, named_parts
from leadline_runtime.core.values import dataclass

Method = Literal["GET", "POST"]


@dataclass(frozen=True, slots=True)
class Input:
    """An input of the question stands here."""

    name: str


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret stands here, after `prefix`."""

    name: str
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Each:
    """A list stands here, with the template filled once for each question."""

    template: Any


Part = str | Input | Secret


@dataclass(frozen=True, slots=True)
class Template:
    """A request. query: after that of `url`. body: None, or JSON in which Input, Secret and Each are replaced.

    joined_by: between the inputs of several questions in one parameter. inputs: all that it needs; secrets: by name.
    """

    method: Method
    url: str
    query: tuple[tuple[str, Part], ...] = ()
    headers: tuple[tuple[str, str | Secret], ...] = ()
    body: Any = None
    joined_by: str = ","
    inputs: frozenset[str] = frozenset()
    secrets: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Built:
    """A request as it is sent."""

    method: Method
    url: str
    headers: Mapping[str, str]
    body: bytes | None = None


def askable(template: Template, question: Question) -> bool:
    """Does the question hold all that the request needs? A part of a path that is dots alone would be another path."""
    given = {name: question.given(name) for name in template.inputs}
    return all(given.values()) and all((given.get(name) or "").strip(".") for name in named_parts(template.url))


def built(template: Template, questions: Sequence[Question], secrets: Mapping[str, str]) -> Built:
    """The request that asks these questions, all of them askable."""

    def together(name: str) -> str:
        return template.joined_by.join(_given(each, name) for each in questions)

    def part(value: Part) -> str:
        if isinstance(value, Input):
            return together(value.name)
        return value.prefix + secrets[value.name] if isinstance(value, Secret) else value

    url = filled(template.url, together)
    if template.query:
        pairs = urlencode([(name, part(value)) for name, value in template.query], quote_via=quote, safe="")
        url += ("&" if "?" in url else "?") + pairs
    headers = {name: part(value) for name, value in template.headers}
    if template.body is None:
        return Built(template.method, url, headers)
    body = json.dumps(_tree(template.body, questions, secrets), ensure_ascii=False, separators=(",", ":"))
    return Built(template.method, url, {"Content-Type": "application/json", **headers}, body.encode())


def _tree(node: Any, questions: Sequence[Question], secrets: Mapping[str, str]) -> Any:
    if isinstance(node, Input):
        return _given(questions[0], node.name)
    if isinstance(node, Secret):
        return node.prefix + secrets[node.name]
    if isinstance(node, Each):
        return [_tree(node.template, [each], secrets) for each in questions]
    if isinstance(node, dict):
        return {key: _tree(value, questions, secrets) for key, value in node.items()}
    return [_tree(value, questions, secrets) for value in node] if isinstance(node, list) else node


def _given(question: Question, name: str) -> str:
    # What came with a form may hold halves of surrogate pairs, which no encoding takes.
    return (question.given(name) or "").encode("utf-8", "replace").decode()
