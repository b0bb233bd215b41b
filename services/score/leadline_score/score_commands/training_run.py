"""What `leadline score train` and `evaluate` do."""

import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer

from leadline_runtime.command_errors import FAILED
from leadline_runtime.command_terminal import terminal
from leadline_score.learned_file import ModelFile, written
from leadline_score.score_commands.model_files import put, read
from leadline_score.training.capture_map import read_map
from leadline_score.training.choosing import Terms
from leadline_score.training.errors import TrainingError
from leadline_score.training.evaluate import evaluate
from leadline_score.training.report import draw_evaluation, draw_training
from leadline_score.training.table import Table, column_named, read_table
from leadline_score.training.target import read_target
from leadline_score.training.train import Order, closed_rows, train


@dataclass(slots=True)
class Asked:
    """The options of a training."""

    data: Path
    target: str
    time: str | None
    capture_time_only: Path | None
    allow: tuple[str, ...]
    positive: str | None
    seed: int
    servable_only: bool
    out: Path

    @property
    def command(self) -> str:
        """What was asked, for the file: names of files without their folders, so that the same data give the same."""
        said: list[tuple[str, str | None]] = [("--target", self.target), ("--time", self.time)]
        said.append(("--capture-time-only", self.capture_time_only.name if self.capture_time_only else None))
        said += [("--allow", each) for each in self.allow]
        said += [("--positive", self.positive), ("--seed", str(self.seed))]
        words = [word for option, value in said if value is not None for word in (option, value)]
        more = ["--servable-only"] if self.servable_only else []
        return shlex.join(["leadline", "score", "train", self.data.name, *words, *more])


def run(asked: Asked, *, as_json: bool) -> None:
    """Train and write the file. Raises TrainingError."""
    table = read_table(asked.data)
    column = column_named(table, asked.target, "--target")
    target = read_target(column, table.columns[column], asked.positive)
    table, target = closed_rows(table, target)
    order = Order(
        target=target,
        time=column_named(table, asked.time, "--time") if asked.time else None,
        terms=_terms(asked, table, column),
        seed=asked.seed,
        command=asked.command,
        servable_only=asked.servable_only,
    )
    if order.time == column:
        raise TrainingError("--time and --target name the same column. Give the column that says when it was captured.")
    model = train(table, order).model
    put(model, asked.out)
    if as_json:
        print(written(model), end="")
        return
    console = terminal()
    draw_training(model, target, console)
    console.print(f"\nWritten to {asked.out}, version {model.version}.", markup=False)


def _terms(asked: Asked, table: Table, target: str) -> Terms:
    known = read_map(asked.capture_time_only, table) if asked.capture_time_only else None
    if known is not None and target in known:
        raise TrainingError(f"The map names {target}, the outcome itself, as known at capture. Take it out.")
    if asked.servable_only and not known:
        raise TrainingError("--servable-only needs --capture-time-only: the map says which columns a lead holds.")
    return Terms(known, frozenset(column_named(table, each, "--allow") for each in asked.allow))


def measure(model: Path, data: Path, target: str | None, min_auc: float | None, *, as_json: bool) -> None:
    """Evaluate and print. Exit code 1 below `min_auc`. Raises TrainingError, RulesError."""
    made: ModelFile = read(model)
    found = evaluate(made, read_table(data), target)
    enough = min_auc is None or found.metrics["auc"] >= min_auc
    if as_json:
        said: dict[str, Any] = {**found._asdict(), "drift": [each._asdict() for each in found.drift], "enough": enough}
        print(json.dumps(said, indent=2, ensure_ascii=False))
    else:
        console = terminal()
        draw_evaluation(found, console)
        if not enough:
            auc = found.metrics["auc"]
            console.print(f"AUC {auc:.3f} is below --min-auc {min_auc:g}.", style="red")
    if not enough:
        raise typer.Exit(FAILED)
