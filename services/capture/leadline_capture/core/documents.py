"""A body as a document that a mapping can walk: JSON as it is, a form as an object of its fields."""

import re
from collections.abc import Collection, Iterable
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from leadline_runtime.core.json_reader import NotReadable, Read, decode_text, read_json

MAX_FIELDS: Final = 500
_JSON: Final = r"application/[\w.-]+\+json"
FORM: Final = "application/x-www-form-urlencoded"


def json_document(data: bytes, content_type: str) -> Read:
    """A JSON body of a source: read leniently, since what a vendor sends is not ours to correct. Raises NotReadable."""
    return read_json(data, strict=False, charset=parameter(content_type, "charset") or "utf-8")


def form_document(data: bytes, content_type: str) -> Read:
    """An urlencoded body: name → text, or → a list where a name is repeated. Raises NotReadable."""
    charset = parameter(content_type, "charset") or "utf-8"
    pairs: list[tuple[str, str]] = []
    notes: set[str] = set()
    for part in data.split(b"&"):
        if not part:
            continue
        name, _, value = part.partition(b"=")
        pairs.append((_text(name, charset, notes), _text(value, charset, notes)))
        if len(pairs) > MAX_FIELDS:
            raise NotReadable("not_a_form", f"the form has more than {MAX_FIELDS} fields")
    return Read(gathered(pairs), tuple(sorted(notes)))


def without_fields(data: bytes, names: Collection[str]) -> bytes:
    """An urlencoded text without the fields of these names, all else as it was."""
    hidden = {name.encode() for name in names}
    parts = data.split(b"&")
    return b"&".join(
        part for part in parts if unquote_to_bytes(part.partition(b"=")[0].replace(b"+", b" ")) not in hidden
    )


def gathered(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """Pairs as an object; a repeated name (a group of checkboxes) holds all its values in their order."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name not in found:
            found[name] = value
        elif isinstance(found[name], list):
            found[name].append(value)
        else:
            found[name] = [found[name], value]
    return found


def form_pairs(content_type: str, value: Any) -> list[tuple[str, str]]:
    """The pairs of a form that was read; none of anything else."""
    if media_type(content_type) not in (FORM, "multipart/form-data") or not isinstance(value, dict):
        return []
    return [(name, each) for name, held in value.items() for each in (held if isinstance(held, list) else [held])]


def parameter(content_type: str, name: str) -> str | None:
    """A parameter of a Content-Type, as `charset` or `boundary`; None if it has none."""
    for part in content_type.split(";")[1:]:
        key, _, value = part.partition("=")
        if key.strip().lower() == name:
            found = value.strip().strip('"')
            return (found.lower() if name == "charset" else found) or None
    return None


def media_type(content_type: str) -> str:
    """The type without parameters, in lower case; whatever is JSON by its suffix is `application/json`."""
    found = content_type.partition(";")[0].strip().lower()
    return "application/json" if found == "text/json" or re.fullmatch(_JSON, found) else found


def form_text(data: bytes, charset: str, notes: set[str]) -> str:
    """A form's bytes as text. Old pages send windows-1252 whatever they declare: then that, with a note."""
    try:
        return decode_text(data, charset)
    except NotReadable:
        notes.add("the form is not in the charset it declares: read as windows-1252")
        return data.decode("cp1252", "replace")


def _text(data: bytes, charset: str, notes: set[str]) -> str:
    return form_text(unquote_to_bytes(data.replace(b"+", b" ")), charset, notes)
