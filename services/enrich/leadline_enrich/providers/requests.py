"""The request of a vendor's file, compiled to a template."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from leadline_enrich.core.questions import INPUTS, PERSONAL
from leadline_enrich.core.vendor_request import Each, Input, Part, Secret, Template
from leadline_enrich.providers.models import BatchModel, InputModel, RequestModel, SecretModel
from leadline_runtime.core.matchers import Place, closest
from leadline_runtime.core.url_templates import fault_of, named_parts

# Set by the client, or by the answer's own shape.
_OURS: Final = frozenset({"host", "content-length", "transfer-encoding", "connection", "cookie", "accept-encoding"})
_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
_DEEPEST: Final = 20


def compile_request(declared: RequestModel, batch: BatchModel | None, place: Place) -> Template:
    """The template. Raises RulesError."""
    in_url = _url(declared, batch, place.at("url"))
    query = tuple((name, _part(value)) for name, value in declared.query.items())
    in_query = {part.name for _, part in query if isinstance(part, Input)}
    if personal := sorted((in_url | in_query) & PERSONAL):
        raise place.error(
            f"puts {personal[0]} into the address, which servers on the way write to their logs; send it in the body:"
            f" {{method: POST, body: {{{personal[0]}: {{input: {personal[0]}}}}}}}"
        )
    if declared.body is not None and declared.method == "GET":
        raise place.at("body").error("belongs to method: POST")
    headers = tuple(
        (name, _header(name, value, place.at(f"headers.{name}"))) for name, value in declared.headers.items()
    )
    body = None if declared.body is None else _tree(declared.body, place.at("body"), 0)
    parts = [part for _, part in query] + [part for _, part in headers] + list(_parts(body))
    inputs = in_url | {part.name for part in parts if isinstance(part, Input)}
    if batch is not None and (batch.by not in inputs or not _takes_many(query, body, batch)):
        raise place.error(
            f"does not name the {batch.by} of several questions; write `{batch.by}: {{input: {batch.by}}}` in `query`,"
            f" or `{{each: {{input: {batch.by}}}}}` in `body`"
        )
    if batch is None and any(isinstance(node, Each) for node in _nodes(body)):
        raise place.at("body").error("says `each`, which is for several questions in one request: give `batch`")
    if not inputs:
        raise place.error(f"asks nothing; let an input stand in it: {', '.join(INPUTS)}")
    return Template(
        method=declared.method,
        url=declared.url,
        query=query,
        headers=headers,
        body=body,
        joined_by=batch.joined_by if batch else ",",
        inputs=frozenset(inputs),
        secrets=frozenset(part.name for part in parts if isinstance(part, Secret)),
    )


def _url(declared: RequestModel, batch: BatchModel | None, place: Place) -> set[str]:
    if fault := fault_of(declared.url):
        raise place.error(fault)
    if re.search(r"[\s\x00-\x1f\x7f-\U0010ffff]", declared.url):
        raise place.error("holds spaces, or letters that are no ASCII; percent-encode them")
    named = set(named_parts(declared.url))
    for name in sorted(named - set(INPUTS)):
        raise place.error(f"names {{{name}}}, which is no input; {closest(name, frozenset(INPUTS))}")
    if batch is not None and named:
        raise place.error("holds an input, but a batch asks for many; name it in `query`, or by `each` in `body`")
    return named


def _part(value: str | int | bool | InputModel | SecretModel) -> Part:
    if isinstance(value, InputModel):
        return Input(value.input)
    if isinstance(value, SecretModel):
        return Secret(value.secret, value.prefix)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _header(name: str, value: str | SecretModel, place: Place) -> str | Secret:
    if name.lower() in _OURS:
        raise place.error("is set by the client; leave it out")
    text = value if isinstance(value, str) else value.prefix
    if not text.isascii() or not (text.isprintable() or not text):
        raise place.error("holds what no header may hold; use printable ASCII")
    return Secret(value.secret, value.prefix) if isinstance(value, SecretModel) else value


def _tree(node: Any, place: Place, depth: int) -> Any:
    """JSON with `{input: ..}`, `{secret: ..}` and `{each: ..}` in it. Raises RulesError."""
    if depth > _DEEPEST:
        raise place.error(f"is nested deeper than {_DEEPEST} levels")
    if isinstance(node, list):
        return [_tree(each, place.at(number), depth + 1) for number, each in enumerate(node)]
    if not isinstance(node, dict):
        if node is None or isinstance(node, str | int | float | bool):
            return node
        raise place.error(f"is no JSON: {type(node).__name__}; put it in quotes")
    if set(node) == {"each"}:
        return Each(_tree(node["each"], place.at("each"), depth + 1))
    if set(node) == {"input"}:
        if node["input"] not in INPUTS:
            raise place.at("input").error(f"is no input; {closest(node['input'], frozenset(INPUTS))}")
        return Input(node["input"])
    if "secret" in node and set(node) <= {"secret", "prefix"}:
        if not _NAME.fullmatch(str(node["secret"])):
            raise place.at("secret").error("needs the name of a secret in LEADLINE_PROVIDER_SECRETS, never the secret")
        return Secret(node["secret"], str(node.get("prefix", "")))
    return {str(key): _tree(value, place.at(key), depth + 1) for key, value in node.items()}


def _nodes(node: Any) -> Iterator[Any]:
    yield node
    below = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for each in (node.template,) if isinstance(node, Each) else below:
        yield from _nodes(each)


def _parts(body: Any) -> Iterator[Part]:
    return (node for node in _nodes(body) if isinstance(node, Input | Secret))


def _takes_many(query: tuple[tuple[str, Part], ...], body: Any, batch: BatchModel) -> bool:
    within = [node for each in _nodes(body) if isinstance(each, Each) for node in _nodes(each)]
    outside = sum(isinstance(node, Input) for node in _nodes(body)) - sum(isinstance(node, Input) for node in within)
    named = {part.name for part in [*(part for _, part in query), *within] if isinstance(part, Input)}
    return outside == 0 and batch.by in named


def masks(template: Template) -> Mapping[str, str]:
    """What stands for each secret where a request is shown to people."""
    return {name: f"secret:{name}" for name in template.secrets}
