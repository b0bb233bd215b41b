"""`leadline score train | evaluate`: a learned score from a table of closed leads.

What the commands need is loaded when they run: every `leadline` command loads this file.
"""
# ruff: noqa: PLC0415

from pathlib import Path
from typing import Annotated

import typer

from leadline_score.score_commands.learned_options import (
    Allow,
    Data,
    Map,
    Model,
    Out,
    Positive,
    Seed,
    Servable,
    Target,
    Time,
)
from leadline_score.score_commands.options import AsJson

MinAuc = Annotated[
    float | None, typer.Option("--min-auc", min=0, max=1, help="Exit code 1 if the AUC on DATA is below this.")
]
OtherTarget = Annotated[
    str | None, typer.Option("--target", metavar="COLUMN", help="The outcome's column, if it has another name in DATA.")
]


def register(score: typer.Typer) -> None:
    """Add the commands to the group."""
    score.command("train")(train)
    score.command("evaluate")(evaluate)


def train(  # noqa: PLR0913, PLR0917 - one parameter for each option
    data: Data,
    target: Target,
    time: Time = None,
    capture_time_only: Map = None,
    allow: Allow = [],  # noqa: B006 - typer reads the default, nobody changes it
    positive: Positive = None,
    seed: Seed = 7,
    servable_only: Servable = False,
    out: Out = Path("model.json"),
    as_json: AsJson = False,
) -> None:
    """Learn from closed leads which of them end well, from what is known at capture, and write a model file.

    Columns that were filled after the first contact are refused, each with the reason. The model is measured on rows it
    has not seen; with --time those are the newest. It does nothing until it lies in the folder of rules, and then runs
    in shadow until `leadline score promote`.
    """
    from leadline_score.score_commands.training_run import Asked, run

    asked = Asked(data, target, time, capture_time_only, tuple(allow), positive, seed, servable_only, out)
    run(asked, as_json=as_json)


def evaluate(
    model: Model,
    data: Data,
    target: OtherTarget = None,
    min_auc: MinAuc = None,
    as_json: AsJson = False,
) -> None:
    """Measure MODEL on another table: AUC, lift, Brier, log loss, calibration, and how far each column moved (PSI)."""
    from leadline_score.score_commands.training_run import measure

    measure(model, data, target, min_auc, as_json=as_json)
