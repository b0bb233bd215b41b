"""A multipart/form-data body as a document, or as a file and fields. The only file that knows the multipart library."""

from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from leadline_capture.core.documents import MAX_FIELDS, form_text, gathered, parameter
from leadline_runtime.core.json_reader import NotReadable, Read


class _Parts:
    """Gathers the fields of a form as the parser comes upon them. Files are left out, with a note."""

    def __init__(self, charset: str) -> None:
        self.charset = charset
        self.pairs: list[tuple[str, str]] = []
        self.notes: set[str] = set()
        self.ended = False
        self._disposition = b""
        self._header, self._value, self._data = b"", b"", bytearray()

    def callbacks(self) -> Any:
        return {
            "on_part_begin": self._begin,
            "on_header_field": self._header_name,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_part_data": self._part_data,
            "on_part_end": self._part_end,
            "on_end": self._end,
        }

    def _begin(self) -> None:
        self._disposition, self._data = b"", bytearray()

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value
        self._header, self._value = b"", b""

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        self._data += data[start:end]

    def _part_end(self) -> None:
        _, options = parse_options_header(self._disposition)
        name = options.get(b"name")
        if name is None:
            self.notes.add("a part of the form has no name")
        elif b"filename" in options:
            self.notes.add("a file in the form was not read")
        else:
            read = [form_text(each, self.charset, self.notes) for each in (name, bytes(self._data))]
            self.pairs.append((read[0], read[1]))
        if len(self.pairs) > MAX_FIELDS:
            raise NotReadable("not_a_form", f"the form has more than {MAX_FIELDS} fields")

    def _end(self) -> None:
        self.ended = True


def multipart_document(data: bytes, content_type: str) -> Read:
    """A multipart body: name → text, or → a list where a name is repeated. Raises NotReadable."""
    boundary = parameter(content_type, "boundary")
    if boundary is None:
        raise NotReadable("not_a_form", "the Content-Type has no boundary, so the parts of the form cannot be told")
    parts = _Parts(parameter(content_type, "charset") or "utf-8")
    try:
        parser = MultipartParser(boundary, parts.callbacks())
        parser.write(data)
        parser.finalize()
    except FormParserError:
        raise NotReadable("not_a_form", "the body is not multipart/form-data with the boundary it names") from None
    if not parts.ended:
        raise NotReadable("not_a_form", "the form ends before its last boundary")
    return Read(gathered(parts.pairs), tuple(sorted(parts.notes)))


_FORM_BYTES = 65_536  # of all fields together


class _WithFile(_Parts):
    """A form that brings one file: its bytes are given on as they come, the fields are gathered."""

    def __init__(self, charset: str) -> None:
        super().__init__(charset)
        self.content = bytearray()
        self.files = self._gathered = 0
        self._is_file = False

    def callbacks(self) -> Any:
        return {**super().callbacks(), "on_headers_finished": self._headers_finished}

    def _headers_finished(self) -> None:
        self._is_file = b"filename" in parse_options_header(self._disposition)[1]
        self.files += self._is_file

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self.content += data[start:end]
            return
        self._gathered += end - start
        if self._gathered > _FORM_BYTES:
            raise NotReadable("not_a_form", f"the form's fields are longer than {_FORM_BYTES} bytes")
        super()._part_data(data, start, end)


class StreamedForm:
    """A form with one file, read piece by piece. Every method raises NotReadable."""

    def __init__(self, content_type: str) -> None:
        boundary = parameter(content_type, "boundary")
        if boundary is None:
            raise NotReadable("not_a_form", "the Content-Type has no boundary, so the parts of the form cannot be told")
        self._parts = _WithFile(parameter(content_type, "charset") or "utf-8")
        self._parser = _parser(boundary, self._parts)

    def feed(self, data: bytes) -> bytes:
        """The bytes of the file that are in these of the body."""
        try:
            self._parser.write(data)
        except FormParserError:
            raise NotReadable("not_a_form", _NOT_A_FORM) from None
        found = bytes(self._parts.content)
        self._parts.content.clear()
        return found

    def end(self) -> list[tuple[str, str]]:
        """The other fields, when all was fed."""
        if not self._parts.ended:
            raise NotReadable("not_a_form", "the form ends before its last boundary")
        if self._parts.files != 1:
            raise NotReadable("not_a_form", f"the form must bring one file; it brings {self._parts.files}")
        return self._parts.pairs


_NOT_A_FORM = "the body is not multipart/form-data with the boundary it names"


def _parser(boundary: str, parts: _Parts) -> MultipartParser:
    try:
        return MultipartParser(boundary, parts.callbacks())
    except FormParserError:
        raise NotReadable("not_a_form", _NOT_A_FORM) from None
