"""Pairs of a list as CSV, or as JSON for programs."""

import csv
import json
import sys
from typing import Final

from leadline_capture.core.csv_report import defused
from leadline_capture.core.linkage_finding import Pair
from leadline_capture.duplicate_list import Searched

HEAD: Final = ("probability", "row_1", "row_2", "line_1", "line_2")


def print_csv(searched: Searched) -> None:
    """One row a pair. Cells that a spreadsheet would take for formulas are defused."""
    ids = ("id_1", "id_2") if searched.ids is not None else ()
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow((*HEAD, *ids, "group", "reasons", "record_1", "record_2"))
    for pair in searched.found.pairs:
        own = (searched.ids[pair.one], searched.ids[pair.other]) if searched.ids is not None else ()
        writer.writerow((
            f"{pair.probability:.4f}", *_places(searched, pair, 0), *_places(searched, pair, 1), *map(defused, own),
            "" if pair.group is None else pair.group, defused(pair.reasons),
            *(defused(_shown(searched, n)) for n in (pair.one, pair.other)),
        ))  # fmt: skip


def _places(searched: Searched, pair: Pair, kind: int) -> tuple[int, int]:
    return searched.places[pair.one][kind], searched.places[pair.other][kind]


def _shown(searched: Searched, record: int) -> str:
    return " | ".join(cell for cell in searched.shown[record] if cell)


def print_json(searched: Searched) -> None:
    """One object: what the columns were taken for, and the pairs."""
    columns = {column.header: column.meaning for column in searched.layout.columns}
    found = searched.found
    told = {
        "columns": columns, "threshold": searched.threshold, "rows": len(searched.places),
        "pairs_compared": found.compared, "pairs_left_out_at_most": found.cut,
        "pairs": [_told(searched, pair) for pair in found.pairs],
    }  # fmt: skip
    print(json.dumps(told, indent=2, ensure_ascii=False))


def _told(searched: Searched, pair: Pair) -> dict[str, object]:
    told: dict[str, object] = {
        "rows": _places(searched, pair, 0),
        "lines": _places(searched, pair, 1),
        "probability": round(pair.probability, 4),
        "reasons": pair.reasons,
        "group": pair.group,
    }
    if searched.ids is not None:
        told["ids"] = [searched.ids[pair.one], searched.ids[pair.other]]
    return told
