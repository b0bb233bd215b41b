"""Whole lists: how they come in, how they stand, what became of each row."""

from typing import Final, get_args

from leadline_capture.edge.import_rows import ImportStatus
from leadline_capture.edge.imports import PATH
from leadline_capture.openapi.common import ASKED, KEY, TOLD_ID, problems
from leadline_capture.openapi.operation import JSON, Answer, Content, Operation, Parameter
from leadline_schemas.vocabulary import LeadType, Source

_CSV: Final = "Name,Work mail,Company\nAda Example,ada@works.example,Works Ltd\n"
_LIST: Final = Content({"type": "string"}, {"a list": _CSV})
_FORM: Final = Content(
    {
        "type": "object",
        "properties": {"file": {"type": "string", "contentMediaType": "application/octet-stream"}},
        "required": ["file"],
    }
)
_PART: Final = Parameter("part", "path", "The report", {"enum": ["report"]}, required=True, example="report")


def _option(name: str, description: str, *values: str) -> Parameter:
    return Parameter(name, "query", description, {"enum": list(values)} if values else {"type": "string"})


_OPTIONS: Final = (
    _option("map", "A column and its field, as `Work mail=email`; may be repeated"),
    _option("source", "Where the people come from; csv_import, if not said", *get_args(Source)),
    _option("source_detail", "The name of the list"),
    _option("type", "What they asked for", *get_args(LeadType)),
    _option("live", "true: they ask us now, so clocks start; else the list is history", "true", "false"),
    _option("header", "Whether the first row names the columns; found, if not said", "true", "false"),
    _option("delimiter", "comma, semicolon, tab or pipe; found, if not said"),
    _option("encoding", "utf-8, utf-16, cp1252, ...; found, if not said"),
    _option("time_format", "How times are written, as %d.%m.%Y; may be repeated"),
    _option("zone", "Of times without one, as Europe/Berlin"),
    _option("id_system", "Whose ids stand in a column named id, as salesforce"),
)

OPERATIONS: Final = {
    (PATH, "POST"): Operation(
        id="sendList",
        summary="Send a whole list",
        description="CSV in any usual delimiter and encoding, plain or gzip. Durable on the door's disk when it is"
        " answered; the same list with the same options is the same import. Options may also be fields of the form.",
        tag="Imports",
        security=(KEY,),
        parameters=_OPTIONS,
        body={
            "text/csv": _LIST,
            "application/gzip": Content({"type": "string", "contentMediaType": "application/gzip"}),
            "multipart/form-data": _FORM,
        },
        answers={
            202: Answer("Durable, and on its way", {JSON: Content(ImportStatus)}, {"Location": "how it stands"}),
            **problems(400, 401, 403, 405, 408, 413, 415, 417, 422, 429, 503),
        },
    ),
    (f"{PATH}/{{id}}", "GET"): Operation(
        id="getImport",
        summary="Ask how an import stands",
        tag="Imports",
        security=(KEY,),
        parameters=(TOLD_ID,),
        answers={200: Answer("So it stands", {JSON: Content(ImportStatus)}), **ASKED},
    ),
    (f"{PATH}/{{id}}/{{part}}", "GET"): Operation(
        id="getImportReport",
        summary="What became of each row of an import",
        description="As far as it goes. Cells that a spreadsheet would take for formulas are defused.",
        tag="Imports",
        security=(KEY,),
        parameters=(TOLD_ID, _PART),
        answers={200: Answer("One row per row", {"text/csv": Content({"type": "string"})}), **ASKED},
    ),
}  # fmt: skip
