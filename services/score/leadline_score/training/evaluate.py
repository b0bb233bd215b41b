"""A model on a table it has not seen: how good it is there, and how far its columns moved since it was trained."""

from typing import Any, NamedTuple

from leadline_score.core.cells import normal
from leadline_score.learned_file import ModelFile, compile_model
from leadline_score.training.candidates import Timeline
from leadline_score.training.errors import TrainingError
from leadline_score.training.measures import calibration, measured, psi
from leadline_score.training.profiles import profile
from leadline_score.training.table import Table, column_named
from leadline_score.training.train import probabilities, timeline_of

CALM, MOVED = 0.1, 0.25  # PSI: below the one nothing happened, from the other on it is another population


class Drift(NamedTuple):
    """How far a feature moved: PSI, and what of the new rows says nothing that was known at training."""

    feature: str
    psi: float
    unknown: float
    verdict: str


class Evaluated(NamedTuple):
    """`metrics` as in a model file; `absent`: columns the model asks that the table has not, counted as unknown."""

    rows: int
    left_out: int
    metrics: dict[str, Any]
    table: list[dict[str, Any]]
    drift: tuple[Drift, ...]
    absent: tuple[str, ...]
    same_data: bool


def evaluate(model: ModelFile, table: Table, target_column: str | None = None) -> Evaluated:
    """Measure on every row whose outcome is known. Raises TrainingError."""
    column = column_named(table, target_column or model.target.column, "The model's outcome, or --target,")
    sides = {**dict.fromkeys(model.target.positive, 1), **dict.fromkeys(model.target.negative, 0)}
    ends = [sides.get(normal(cell) or "") for cell in table.columns[column]]
    places = [place for place, end in enumerate(ends) if end is not None]
    known = table.only(places)
    outcomes = [end for end in ends if end is not None]
    if len(set(outcomes)) < 2:
        raise TrainingError(
            f"{column} of this table does not hold both ends as the model knows them "
            f"({', '.join(model.target.positive)} against {', '.join(model.target.negative)})."
        )
    timeline = _timeline(model, known)
    said = probabilities(model, known, range(known.rows), timeline)
    return Evaluated(
        rows=known.rows,
        left_out=len(ends) - len(places),
        metrics=measured(said, outcomes),
        table=calibration(said, outcomes),
        drift=_drift(model, known, timeline),
        absent=tuple(sorted({f.column for f in model.features if f.column not in known.columns})),
        same_data=model.training.get("data_sha256") == table.digest,
    )


def _timeline(model: ModelFile, table: Table) -> Timeline | None:
    name = model.target.time
    if name is None or name not in table.columns:
        return None
    return timeline_of([profile(name, table.columns[name])], name)


def _drift(model: ModelFile, table: Table, timeline: Timeline | None) -> tuple[Drift, ...]:
    found = []
    compiled = compile_model(model, by_column=True)
    for feature, made in zip(model.features, compiled.features, strict=True):
        cells = table.columns.get(feature.column)
        if cells is None:
            found.append(Drift(feature.name, 0.0, 1.0, "absent"))
            continue
        counts = [0] * made.slots.count
        at = timeline.at if timeline else (None,) * len(cells)
        for cell, then in zip(cells, at, strict=True):
            counts[made.slots.of(cell, then)] += 1
        moved = psi(feature.shares, [count / len(cells) for count in counts])
        verdict = "calm" if moved < CALM else "moved" if moved < MOVED else "another population"
        found.append(Drift(feature.name, round(moved, 4), round(counts[-1] / len(cells), 4), verdict))
    return tuple(sorted(found, key=lambda each: (-each.psi, each.feature)))
