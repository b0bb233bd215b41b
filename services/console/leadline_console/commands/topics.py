"""`leadline topics apply|check`: the declared topics and the cluster's."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from leadline_console import options, output
from leadline_console.errors import Exit
from leadline_console.topics import TopicsReport, apply_topics, check_topics
from leadline_console.topics_file import find_file

File = Annotated[
    Path | None, typer.Option("--file", help="Declaration. [default: LEADLINE_TOPICS_FILE, else the project's own]")
]
Replication = Annotated[
    int | None,
    typer.Option("--replication", min=1, envvar="LEADLINE_REPLICATION", help="Copies, instead of the file's."),
]
Partitions = Annotated[
    int | None,
    typer.Option("--partitions", min=1, envvar="LEADLINE_PARTITIONS", help="Of lead topics, instead of the file's."),
]


def register(app: typer.Typer) -> None:
    """Add `topics` to the command."""
    group = typer.Typer(no_args_is_help=True, help="Create or check the topics that deploy/kafka/topics.yaml declares.")
    group.command()(apply)
    group.command()(check)
    app.add_typer(group, name="topics")


def apply(
    kafka: options.Kafka,
    file: File = None,
    replication: Replication = None,
    partitions: Partitions = None,
    wait: options.Wait = 60,
    as_json: options.Json = False,
) -> None:
    """Create topics that are missing, set settings that differ. Safe to repeat; never changes a partition count."""
    options.await_kafka(kafka, wait)
    _tell(apply_topics(kafka, find_file(file), replication=replication, partitions=partitions), as_json)


def check(
    kafka: options.Kafka,
    file: File = None,
    replication: Replication = None,
    partitions: Partitions = None,
    wait: options.Wait = 60,
    as_json: options.Json = False,
) -> None:
    """Say what differs from the declaration, change nothing. Exit code 1 if anything does."""
    options.await_kafka(kafka, wait)
    _tell(check_topics(kafka, find_file(file), replication=replication, partitions=partitions), as_json)


def _tell(report: TopicsReport, as_json: bool) -> None:
    output.answer({"ok": report.ok, **vars(report)}, as_json, lambda console: _draw(report, console))
    if not report.ok:
        raise typer.Exit(Exit.FAILED)


def _draw(report: TopicsReport, console: Console) -> None:
    for name in report.created:
        console.print(f"[green]created[/] {escape(name)}")
    for one in report.changed:
        console.print(f"[green]set[/]     {one.topic}: {one.name} {one.found} → {one.declared}")
    for name in report.missing:
        console.print(f"[red]missing[/] {escape(name)}")
    for one in report.differing:
        console.print(f"[red]differs[/] {one.topic}: {one.name} is {one.found}, declared is {one.declared}")
    for fault in report.faults:
        console.print(f"[red]fault[/]   {escape(fault)}")
    done = len(report.created) + len({one.topic for one in report.changed})
    bad = len(report.missing) + len(report.differing) + len(report.faults)
    console.print(f"{report.declared} topics declared, {done} created or changed, {bad} difference(s) left")
