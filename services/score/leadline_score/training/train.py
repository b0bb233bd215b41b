"""From a table of closed leads to a model file, step by step."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from leadline_score.core.learned import assess
from leadline_score.learned_file import (
    CalibrationFile,
    FeatureFile,
    ModelFile,
    TargetFile,
    compile_model,
)
from leadline_score.training.candidates import Candidate, Timeline, instants_of
from leadline_score.training.choosing import Chosen, Terms, choose
from leadline_score.training.errors import TrainingError
from leadline_score.training.fitting import Fitted, fit, library_versions
from leadline_score.training.measures import calibration, measured
from leadline_score.training.profiles import Column, profile
from leadline_score.training.splitting import Split, inner_folds, split
from leadline_score.training.table import Table
from leadline_score.training.target import Target

LEAST_ROWS, LEAST_OF_AN_END = 200, 40
DISTINCT = 0.8  # of the rows: from there on, a row that is there twice was exported twice
WIDEST = 40.0  # points per log-odds at most: a table that tells little is not blown up to the full scale


@dataclass(slots=True)
class Order:
    """What to train: the outcome, the column of capture times, what people said of columns, the seed, the name."""

    target: Target
    time: str | None
    terms: Terms
    seed: int
    command: str
    servable_only: bool = False


@dataclass(slots=True)
class Trained:
    """The model, with what it was made of, for the report and for tests."""

    model: ModelFile
    fitted: Fitted
    candidates: list[Candidate]
    split: Split
    outcomes: list[int]


def closed_rows(table: Table, target: Target) -> tuple[Table, Target]:
    """The rows whose outcome is known, each once. Raises TrainingError if there are too few to learn from."""
    places = [place for place, value in enumerate(target.values) if value is not None]
    rows = list(zip(*(cells for cells in table.columns.values()), strict=True))
    distinct = len({rows[place] for place in places})
    repeated = 0
    if distinct >= DISTINCT * len(places):
        seen: set[tuple[str, ...]] = set()
        once = []
        for place in places:
            if rows[place] not in seen:
                seen.add(rows[place])
                once.append(place)
        repeated, places = len(places) - len(once), once
    kept = Target(
        target.column,
        tuple(target.values[place] for place in places),
        target.positive,
        target.negative,
        target.left_out,
        target.why,
    )
    won = sum(value or 0 for value in kept.values)
    if len(places) < LEAST_ROWS or min(won, len(places) - won) < LEAST_OF_AN_END:
        raise TrainingError(
            f"The table has {len(places)} closed rows: {won} with the outcome, {len(places) - won} without. At least "
            f"{LEAST_ROWS} rows and {LEAST_OF_AN_END} of each end are needed: with fewer, what looks like a rule is "
            "chance. Take a longer period."
        )
    return table.only(places, repeated), kept


def train(table: Table, order: Order) -> Trained:
    """Train on closed rows. Raises TrainingError."""
    outcomes = [value or 0 for value in order.target.values]
    columns = [profile(name, cells) for name, cells in table.columns.items() if name != order.target.column]
    timeline = timeline_of(columns, order.time) if order.time else None
    parted = split(outcomes, timeline.at if timeline else None, order.seed)
    _both_ends(outcomes, parted)
    chosen = choose(columns, outcomes, parted.learn, timeline, order.terms)
    if order.servable_only:
        _servable(chosen, order.terms)
    if not chosen.candidates:
        raise TrainingError(
            "No column is left to learn from. "
            + "; ".join(f"{each.column}: {each.why}" for each in chosen.verdicts)
            + ". Name columns known at capture with --allow or --capture-time-only."
        )
    folds = inner_folds([outcomes[place] for place in parted.learn], parted.by_time, order.seed)
    fitted = fit(chosen.candidates, outcomes, parted.learn, folds)
    model = _file(table, order, chosen, fitted, timeline)
    model = model.model_copy(update={"metrics": _metrics(model, table, outcomes, parted, chosen, timeline)})
    return Trained(model, fitted, chosen.candidates, parted, outcomes)


def timeline_of(columns: Sequence[Column], name: str) -> Timeline:
    """The times of capture of all rows. Raises TrainingError where a column holds no dates."""
    column = next(column for column in columns if column.name == name)
    at = tuple(instants_of(column))
    if sum(each is not None for each in at) < DISTINCT * len(at):
        raise TrainingError(
            f"--time names {name}, but most of its rows are no dates. Write them as 2026-03-31 or 2026-03-31T14:05:00Z."
        )
    column.holds, column.why = "date", ""
    return Timeline(name, at, column.day_first)


def _both_ends(outcomes: Sequence[int], parted: Split) -> None:
    for name, places in (("oldest", parted.learn), ("newest", parted.test)):
        won = sum(outcomes[place] for place in places)
        if min(won, len(places) - won) < 5:
            raise TrainingError(
                f"Of the {name} {len(places)} rows {won} ended well: both ends are needed to learn and to measure. "
                "Leads too young to have ended are no losses: leave them out of the table."
            )


def _servable(chosen: Chosen, terms: Terms) -> None:
    fields = terms.known or {}
    for place, verdict in enumerate(chosen.verdicts):
        if verdict.verdict in ("kept", "warned") and not fields.get(verdict.column):
            update = {"verdict": "refused", "why": "no field of a lead holds it (--servable-only)"}
            chosen.verdicts[place] = verdict.model_copy(update=update)
    chosen.candidates = [each for each in chosen.candidates if fields.get(each.column)]


def _file(table: Table, order: Order, chosen: Chosen, fitted: Fitted, timeline: Timeline | None) -> ModelFile:
    target, fields = order.target, order.terms.known or {}
    features = tuple(
        FeatureFile(
            name=candidate.name,
            column=candidate.column,
            field=fields.get(candidate.column),
            kind=candidate.slots.kind,
            levels=tuple(candidate.slots.levels),
            edges=candidate.slots.edges,
            day_first=candidate.slots.day_first,
            weights=weights,
            shares=shares,
        )
        for candidate, weights, shares in zip(chosen.candidates, fitted.weights, fitted.shares, strict=True)
    )
    return ModelFile(
        version=f"{target.column}-{table.digest[:8]}-{order.seed}",
        target=TargetFile(
            column=target.column,
            positive=target.positive,
            negative=target.negative,
            left_out=target.left_out,
            time=timeline.column if timeline else None,
            time_day_first=timeline.day_first if timeline else False,
        ),
        intercept=fitted.intercept,
        calibration=CalibrationFile(slope=fitted.slope, offset=fitted.offset),
        points_per_log_odds=_scale(chosen.candidates, fitted, order),
        features=features,
        columns=tuple(chosen.verdicts),
        training=_training(table, order, fitted),
    )


def _scale(candidates: Sequence[Candidate], fitted: Fitted, order: Order) -> float:
    """So many points a unit of calibrated log-odds is that the best fifth begins 20 points above the average."""
    rows = range(len(candidates[0].encoded))
    sums = sorted(
        sum(weights[candidate.encoded[row]] for candidate, weights in zip(candidates, fitted.weights, strict=True))
        for row in rows
    )
    border = sums[round(0.8 * (len(sums) - 1))] * fitted.slope
    return round(min(WIDEST, 20 / border), 6) if border > 0 else WIDEST


def _training(table: Table, order: Order, fitted: Fitted) -> dict[str, Any]:
    return {
        "command": order.command,
        "seed": order.seed,
        "data_sha256": table.digest,
        "rows": table.rows,
        "rows_repeated": table.repeated,
        "rows_unreadable": table.odd,
        "strength": fitted.strength,
        "inner_log_loss": fitted.losses,
        "libraries": library_versions(),
    }


def _metrics(
    model: ModelFile,
    table: Table,
    outcomes: Sequence[int],
    parted: Split,
    chosen: Chosen,
    timeline: Timeline | None,
) -> dict[str, Any]:
    ends = [outcomes[place] for place in parted.test]
    said = probabilities(model, table, parted.test, timeline)
    found: dict[str, Any] = {
        "split": "the newest fifth of the rows" if parted.by_time else "a fifth of the rows, drawn by the seed",
        "model": measured(said, ends),
        "calibration": calibration(said, ends),
        "baseline_prior": measured([sum(outcomes[p] for p in parted.learn) / len(parted.learn)] * len(ends), ends),
        "baseline_best_column": _best_column(chosen, outcomes, parted),
    }
    if any(feature.field for feature in model.features):
        held = model.model_copy(update={"features": tuple(f for f in model.features if f.field)})
        found["as_served"] = measured(probabilities(held, table, parted.test, timeline), ends)
        found["not_served"] = sorted({f.column for f in model.features if f.field is None})
    return found


def probabilities(model: ModelFile, table: Table, rows: Sequence[int], timeline: Timeline | None) -> list[float]:
    """What the model says of rows of a table, as it is served: with no other library."""
    compiled = compile_model(model, by_column=True)
    columns = [(f.column, table.columns[f.column]) for f in model.features if f.column in table.columns]
    at = timeline.at if timeline else None
    return [
        assess(compiled, {name: cells[row] for name, cells in columns}, at[row] if at else None).probability
        for row in rows
    ]


def _best_column(chosen: Chosen, outcomes: Sequence[int], parted: Split) -> dict[str, Any]:
    """The feature that tells most alone, its rates learned from `learn`, measured on the untouched rows."""
    name = max(chosen.aucs, key=lambda each: (chosen.aucs[each], each))
    candidate = next(each for each in chosen.candidates if each.name == name)
    base = sum(outcomes[place] for place in parted.learn) / len(parted.learn)
    rows, won = [10.0] * candidate.slots.count, [10.0 * base] * candidate.slots.count
    for place in parted.learn:
        rows[candidate.encoded[place]] += 1
        won[candidate.encoded[place]] += outcomes[place]
    said = [won[slot] / rows[slot] for place in parted.test for slot in (candidate.encoded[place],)]
    return {"column": name, **measured(said, [outcomes[place] for place in parted.test])}
