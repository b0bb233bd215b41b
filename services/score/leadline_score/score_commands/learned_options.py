"""Options of the commands about the learned score."""

from pathlib import Path
from typing import Annotated

import typer

Data = Annotated[Path, typer.Argument(metavar="DATA", help="A CSV file: delimiter and encoding are found.")]
Model = Annotated[Path, typer.Argument(metavar="MODEL", help="A model file, as `leadline score train` writes it.")]
Target = Annotated[str, typer.Option("--target", metavar="COLUMN", help="The column that says how it ended.")]
Time = Annotated[
    str | None,
    typer.Option(
        "--time", metavar="COLUMN", help="When the lead was captured: then the newest rows measure the model."
    ),
]
Map = Annotated[
    Path | None,
    typer.Option(
        "--capture-time-only", metavar="MAP",
        help="YAML or JSON: the columns known at capture, each with the field of a lead that holds it, or null. "
        "What it names is used; what it does not name is not.",
    ),
]  # fmt: skip
Allow = Annotated[
    list[str], typer.Option("--allow", metavar="COLUMN", help="Use a column that was refused; repeatable.")
]
Positive = Annotated[
    str | None, typer.Option("--positive", metavar="VALUE", help="The value of the target that is the outcome.")
]
Seed = Annotated[int, typer.Option("--seed", help="Of the split and the folds where no --time orders the rows.")]
Out = Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the model is written.")]
Servable = Annotated[
    bool, typer.Option("--servable-only", help="Learn from columns only that the map gives a field of a lead.")
]
Author = Annotated[str, typer.Option("--author", help="Who answers for it.")]
Reason = Annotated[
    str, typer.Option("--reason", help="Why: it stands in the file, and so in the history of the rules.")
]
RulesDir = Annotated[
    Path | None, typer.Option("--rules", metavar="FOLDER", help="The folder of rules; LEADLINE_RULES_DIR, else none.")
]
