"""A small model written by hand, and rules with it."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from leadline_runtime.rules import LoadedRules, load_rules
from leadline_score.core.rulebook import ScoreRules
from leadline_score.learned_file import MODEL_FILE, ModelFile, read_model
from leadline_score.rules import SPEC

PROMOTED = {"mode": "promoted", "author": "mara", "reason": "better for a quarter", "at": "2026-03-01T09:00:00Z"}


def content(**more: Any) -> dict[str, Any]:
    """Two columns that a lead holds and one that none does: source ±1, employees -1, 0, +2 log-odds; 10 points each."""
    return {
        "version": "made-by-hand-1",
        "target": {"column": "won", "positive": ["1"], "negative": ["0"]},
        "intercept": -1.0,
        "calibration": {"slope": 1.0, "offset": 0.0},
        "points_per_log_odds": 10.0,
        "features": [
            {
                "name": "Lead Source", "column": "Lead Source", "field": "source", "kind": "category",
                "levels": ["referral", "purchased_list"], "weights": [1.0, -1.0, 0.0, 0.0],
                "shares": [0.25, 0.25, 0.5, 0.0],
            },
            {
                "name": "Size", "column": "Size", "field": "employees", "kind": "number", "edges": [50, 500],
                "weights": [-1.0, 0.0, 2.0, 0.0], "shares": [0.4, 0.4, 0.2, 0.0],
            },
            {
                "name": "Landing page", "column": "Landing page", "kind": "category", "levels": ["a"],
                "weights": [3.0, -1.0, 0.0], "shares": [0.25, 0.75, 0.0],
            },
        ],
        **more,
    }  # fmt: skip


def model(**more: Any) -> ModelFile:
    """The model by hand, checked."""
    return read_model(content(**more), "model.json")


def rules(**more: Any) -> LoadedRules[ScoreRules]:
    """The rules that ship, with the model beside them."""
    with TemporaryDirectory() as folder:
        (Path(folder) / MODEL_FILE).write_text(json.dumps(content(**more)))
        return load_rules(SPEC, Path(folder))
