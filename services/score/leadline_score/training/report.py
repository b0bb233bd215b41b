"""What training and evaluation say to a person: columns and why, metrics beside their baselines, calibration, drift."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from rich.console import Console
from rich.table import Table as Drawn
from rich.text import Text

from leadline_schemas.vocabulary import LeadType, Segment, Source
from leadline_score.learned_file import ModelFile
from leadline_score.training.evaluate import Evaluated
from leadline_score.training.target import Target

_ORDER = ("refused", "warned", "dropped", "kept")
_STYLES = {"refused": "red", "warned": "yellow", "dropped": "dim", "kept": ""}


def draw_training(model: ModelFile, target: Target, console: Console) -> None:
    """The whole report of a training."""
    made = model.training
    console.print(Text(_rows(made, target)))
    _columns(model, console)
    console.print()
    metrics = model.metrics
    console.print(Text(f"Measured on {metrics['split']}, which the model has not seen:", style="bold"))
    best = metrics["baseline_best_column"]
    shown = {"the model": metrics["model"]}
    if "as_served" in metrics:
        shown["as served, by the fields of a lead"] = metrics["as_served"]
    shown |= {f"best single column ({best['column']})": best, "base rate alone": metrics["baseline_prior"]}
    _metrics(shown, console)
    draw_calibration(metrics["calibration"], console)
    for line in _remarks(model):
        console.print(Text(line, style="yellow"))


def _rows(made: Mapping[str, Any], target: Target) -> str:
    won = sum(value or 0 for value in target.values)
    said = [
        f"{made['rows']} closed rows, {won / made['rows']:.1%} with the outcome: {target.column} is "
        f"{' or '.join(target.positive)} ({target.why}); the other end is {', '.join(target.negative)}"
    ]
    if target.left_out:
        said.append(f"not ended yet, left out: {', '.join(target.left_out)}")
    if made["rows_repeated"]:
        said.append(f"{made['rows_repeated']} rows were there twice and count once")
    if made["rows_unreadable"]:
        said.append(f"{made['rows_unreadable']} rows with too many fields were left out")
    return ". ".join(said) + "."


def _columns(model: ModelFile, console: Console) -> None:
    fields = {feature.column: feature.field for feature in model.features}
    served = any(fields.values())
    drawn = Drawn("column", "", "alone", "filled", *(["lead field"] if served else []), "why", box=None)
    for verdict in _ORDER:
        for each in model.columns:
            if each.verdict == verdict:
                drawn.add_row(
                    Text(each.column),
                    Text(verdict, style=_STYLES[verdict]),
                    "" if each.auc is None else f"{each.auc:.2f}",
                    "" if each.filled is None else f"{each.filled:.0%}",
                    *([fields.get(each.column) or ""] if served else []),
                    Text(each.why),
                )
    console.print(drawn)


def _metrics(shown: Mapping[str, Mapping[str, Any]], console: Console) -> None:
    drawn = Drawn("", "rows", "base rate", "AUC", "lift top 20%", "Brier", "log loss", box=None)
    for name, found in shown.items():
        drawn.add_row(
            Text(name),
            str(found["rows"]),
            f"{found['base_rate']:.1%}",
            f"{found['auc']:.3f}",
            f"{found['lift_top_20_percent']:.2f}",
            f"{found['brier']:.4f}",
            f"{found['log_loss']:.4f}",
        )
    console.print(drawn)


def draw_calibration(table: Sequence[Mapping[str, Any]], console: Console) -> None:
    """By tenths of the leads: what was said, what happened."""
    drawn = Drawn("calibration", "rows", "said", "happened", box=None)
    for place, each in enumerate(table, start=1):
        drawn.add_row(f"part {place}", str(each["rows"]), f"{each['predicted']:.1%}", f"{each['observed']:.1%}")
    console.print(drawn)


# Fields of a lead that hold words of a closed list; a column's other words are never met at work.
_CLOSED: dict[str, frozenset[str]] = {
    "source": frozenset(get_args(Source)),
    "type": frozenset(get_args(LeadType)),
    "segment": frozenset(get_args(Segment)),
    "domain_class": frozenset({"free", "disposable", "role", "corporate"}),
}


def _foreign_words(model: ModelFile) -> list[str]:
    """Columns whose words are not those that the field holds at work: what was learned of them is never used."""
    found = []
    for feature in model.features:
        words = _CLOSED.get(feature.field or "")
        foreign = [level for level in feature.levels if words is not None and level not in words]
        if words is not None and foreign and feature.kind == "category":
            found.append(
                f"A lead's {feature.field} never is {', '.join(foreign[:5])}: at work {feature.column} is another "
                f"value. Rename them in the table to what the field holds: {', '.join(sorted(words))}."
            )
    return found


def _remarks(model: ModelFile) -> list[str]:
    found, metrics = _foreign_words(model), model.metrics
    if model.target.time is None:
        found.append(
            "No --time was given: the rows it was measured on are not newer than those it learned from, so it may look "
            "better than it will be."
        )
    if metrics["model"]["auc"] < metrics["baseline_best_column"]["auc"] + 0.005:
        found.append("It is no better than its best single column: do not promote it.")
    elif metrics["model"]["log_loss"] >= metrics["baseline_prior"]["log_loss"]:
        found.append("It is no better than the base rate: do not promote it.")
    if not any(feature.field for feature in model.features):
        found.append(
            "No column is mapped to a field of a lead, so at work it would know nothing: say with --capture-time-only "
            "MAP which field holds which column (docs/learned-score.md)."
        )
    elif metrics["not_served"]:
        lost = metrics["model"]["auc"] - metrics["as_served"]["auc"]
        found.append(
            f"At work no lead holds {', '.join(metrics['not_served'])}: that costs {lost:.3f} AUC; "
            "--servable-only trains without them."
        )
    return found


def draw_evaluation(found: Evaluated, console: Console) -> None:
    """The whole report of an evaluation."""
    console.print(Text(f"{found.rows} closed rows; {found.left_out} without a known end left out."))
    if found.same_data:
        console.print(Text("This is the table it was trained on: it has seen most of these rows.", style="yellow"))
    _metrics({"the model": found.metrics}, console)
    draw_calibration(found.table, console)
    drawn = Drawn("drift", "PSI", "unknown", "", box=None)
    for each in found.drift:
        style = "" if each.verdict == "calm" else "yellow"
        drawn.add_row(Text(each.feature), f"{each.psi:.3f}", f"{each.unknown:.0%}", Text(each.verdict, style=style))
    console.print(drawn)
    if found.absent:
        console.print(Text(f"Not in this table, counted as unknown: {', '.join(found.absent)}.", style="yellow"))
