"""Pairs of a list as CSV, or as JSON for programs."""

import csv
import json
import sys

from leadline_capture.core.linkage_finding import Pair
from leadline_capture.duplicate_list import Searched
from leadline_capture.list_files import defused


def print_csv(searched: Searched) -> None:
    """One row a pair. Cells that a spreadsheet would take for formulas are defused."""
    ids = ("id_1", "id_2") if searched.ids is not None else ()
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(("probability", "row_1", "row_2", *ids, "group", "reasons", "record_1", "record_2"))
    for pair in searched.found.pairs:
        own = (searched.ids[pair.one], searched.ids[pair.other]) if searched.ids is not None else ()
        writer.writerow((
            f"{pair.probability:.4f}", searched.rows[pair.one], searched.rows[pair.other], *map(defused, own),
            pair.group, defused(pair.reasons), *(defused(_shown(searched, n)) for n in (pair.one, pair.other)),
        ))  # fmt: skip


def _shown(searched: Searched, record: int) -> str:
    return " | ".join(cell for cell in searched.shown[record] if cell)


def print_json(searched: Searched) -> None:
    """One object: what the columns were taken for, and the pairs."""
    columns = {column.header: column.meaning for column in searched.layout.columns}
    found = searched.found
    told = {
        "columns": columns, "threshold": searched.threshold, "rows": len(searched.rows),
        "pairs_compared": found.compared, "pairs_left_out_at_most": found.cut,
        "pairs": [_told(searched, pair) for pair in found.pairs],
    }  # fmt: skip
    print(json.dumps(told, indent=2, ensure_ascii=False))


def _told(searched: Searched, pair: Pair) -> dict[str, object]:
    told: dict[str, object] = {
        "rows": [searched.rows[pair.one], searched.rows[pair.other]],
        "probability": round(pair.probability, 4),
        "reasons": pair.reasons,
        "group": pair.group,
    }
    if searched.ids is not None:
        told["ids"] = [searched.ids[pair.one], searched.ids[pair.other]]
    return told
