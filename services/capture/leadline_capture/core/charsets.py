"""In which charset a form was sent. Browsers do not say it in the Content-Type; forms say it in a field."""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import unquote_to_bytes

from leadline_capture.core.documents import FORM, media_type, parameter
from leadline_runtime.core.json_reader import CHARSETS

# A hidden field of this name is filled in by browsers with the charset they send in (HTML, "form submission").
BY_BROWSER: Final = "_charset_"
_MULTIPART: Final = "multipart/form-data"


def with_charset(content_type: str, body: bytes, query: Mapping[str, str], field: str | None) -> str:
    """The Content-Type of a form with the charset that the form names, if it names one of those known here: in the
    field `_charset_`, or in `field` of the form or of its address. As it is, if it names one itself or is no form."""
    kind = media_type(content_type)
    if kind not in (FORM, _MULTIPART) or parameter(content_type, "charset") is not None:
        return content_type
    names = [BY_BROWSER, *([field] if field else [])]
    said = [_in_body(kind, body, name) for name in names] + [query.get(field, "") if field else ""]
    found = next((each for each in map(str.lower, map(str.strip, said)) if each in CHARSETS), None)
    return f"{content_type}; charset={found}" if found else content_type


def _in_body(kind: str, body: bytes, name: str) -> str:
    """The first value of a field of a body that is not read yet. Names and values of charsets are ASCII."""
    wanted = re.escape(name.encode())
    if kind == FORM:
        found = re.search(rb"(?:^|&)" + wanted + rb"=([^&]{1,40})", body)
        return unquote_to_bytes(found[1]).decode("ascii", "replace") if found else ""
    found = re.search(rb'(?i:;[ \t]*name="?)' + wanted + rb'"?\r\n(?:[^\r\n]+\r\n){0,5}\r\n([^\r\n]{1,40})\r\n--', body)
    return found[1].decode("ascii", "replace") if found else ""
