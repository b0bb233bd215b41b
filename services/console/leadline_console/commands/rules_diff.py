"""`leadline rules diff`: which leads another version of a rules file would judge otherwise, and why."""

from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Annotated, Any

import typer

from leadline_console import options, output
from leadline_console.diff_view import draw
from leadline_console.errors import Exit, UserError
from leadline_console.limits import limit_in
from leadline_console.rules_offers import which
from leadline_runtime.command_instants import instant_in
from leadline_runtime.rules_diff import GROUP, DiffOrder, RulesDiff, Tally, changed_in, distribution

CURRENT = "current"
Version = Annotated[
    str, typer.Argument(help="A rules file, a folder with it, or `current`: the one in force.", show_default=False)
]
Over = Annotated[
    str | None,
    typer.Option(
        "--over",
        metavar="FILE",
        help="Leads as `leadline score export` writes them; for routing lead.routed events; - reads stdin.",
    ),
]
Recorded = Annotated[bool, typer.Option("--recorded", help="All leads as the service holds them, or has told of them.")]
MaxChanged = Annotated[
    str | None,
    typer.Option("--max-changed", metavar="N|N%", help="Exit code 1 if more leads, or more percent of them, change."),
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", help="Judge all as of this instant, or now; else each as of its last judgement."),
]
Most = Annotated[int, typer.Option("--list", min=0, max=100_000, help="Name so many of the leads that change.")]


def diff(  # noqa: PLR0913 - one parameter an option
    old: Version,
    new: Version,
    *,
    over: Over = None,
    recorded: Recorded = False,
    max_changed: MaxChanged = None,
    as_of: AsOf = None,
    most: Most = 20,
    as_json: options.Json = False,
) -> None:
    """Judge the same leads by OLD and by NEW, and tell which change and why. Nothing is changed or sent.

    Both versions see the same evidence, each from the lead's first act on. Exit code 1 past --max-changed, 2 if a file
    must not be used.
    """
    if (over is None) == (not recorded):
        raise UserError("Say over which leads: --recorded for those that the service holds, or --over FILE.")
    limit = limit_in(max_changed, "--max-changed", "leads")
    order = DiffOrder(
        old=_path(old),
        new=_path(new),
        over=over,
        as_of=instant_in(as_of, "--as-of") if as_of else None,
        most=most,
        progress=output.progress,
    )
    found: RulesDiff = _offer(order).load()(order)
    output.answer(_data(found), as_json, lambda console: draw(found, console))
    allowed = limit.of(found.tally.leads) if limit else None
    if allowed is not None and found.tally.changed > allowed:
        output.problem(f"{found.tally.changed:,} leads change: more than {max_changed}, which is {allowed:,} here.")
        raise typer.Exit(Exit.FAILED)


def _path(version: str) -> Path | None:
    if version == CURRENT:
        return None
    path = Path(version)
    if not path.exists():
        raise UserError(f"There is no file or folder {version}; `current` means the rules in force.")
    return path


def _offer(order: DiffOrder) -> EntryPoint:
    """Who compares files of this kind. Raises UserError if nobody does, or if the two are not of one kind."""
    offered = {entry.name: entry for entry in entry_points(group=GROUP)}
    kinds = {kind for path in (order.old, order.new) if path is not None for kind in _kinds(path, offered)}
    if not kinds:
        raise UserError("Both are the rules in force: name at least one other file.")
    if "calendars" in kinds:
        raise UserError(
            "Calendars judge no lead: `leadline calendar diff` shows the days and the deadlines that differ."
        )
    if unknown := sorted(kinds - set(offered)):
        raise UserError(f"Nobody compares {unknown[0]}.yaml yet; there is a comparison of {_named(offered)}.")
    if len({offered[kind].value for kind in kinds}) > 1:  # team.yaml and routing.yaml are compared by one
        raise UserError(f"The two are not of one kind: {', '.join(sorted(kinds))}. Compare a file with one like it.")
    return offered[min(kinds)]


def _kinds(path: Path, offered: Mapping[str, EntryPoint]) -> list[str]:
    if path.is_file():
        # By its name if that tells, so that not all services need be loaded.
        named = [kind for kind in offered if path.name.startswith(kind)]
        return [max(named, key=len) if named else which(path).name.removesuffix(".yaml")]
    found = [name for name in offered if (path / f"{name}.yaml").is_file()]
    if not found:
        raise UserError(f"The folder {path} holds none of the files that can be compared: {_named(offered)}.")
    return found


def _named(offered: Mapping[str, EntryPoint]) -> str:
    return ", ".join(f"{name}.yaml" for name in sorted(offered))


def _data(found: RulesDiff) -> dict[str, Any]:
    tally = found.tally
    return {
        "old": found.old.model_dump(),
        "new": found.new.model_dump(),
        "leads": tally.leads,
        "changed": tally.changed,
        "other_points": tally.points,
        "left_out": dict(sorted(tally.left_out.items())),
        "aspects": {aspect: _aspect(tally, aspect) for aspect in tally.moves},
        "causes": dict(tally.causes.most_common()),
        "list": [{"lead": each.lead, "changes": each.changes, "why": each.why} for each in tally.listed],
    }


def _aspect(tally: Tally, aspect: str) -> dict[str, Any]:
    moves = tally.moves[aspect]
    return {
        "changed": changed_in(moves),
        "before": distribution(moves, 0),
        "after": distribution(moves, 1),
        "moves": [{"from": one, "to": other, "leads": leads} for (one, other), leads in sorted(moves.items())],
    }
