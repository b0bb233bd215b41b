"""`leadline sla board`: what is due next, what is overdue, and whose it is.

What the command needs is loaded when it runs: every `leadline` command loads this file.
"""
# ruff: noqa: PLC0415

from typing import Annotated

import typer

from leadline_runtime.command_options import AsJson

Owner = Annotated[str | None, typer.Option("--owner", help="Only this member's leads; `(nobody)`: those without one.")]
Policy = Annotated[str | None, typer.Option("--policy", help="Only promises of this policy of sla.yaml.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="Rows of each list.")]
Every = Annotated[float, typer.Option("--every", min=0.5, help="Seconds from look to look.")]
Once = Annotated[bool, typer.Option("--once", help="Look once; so it does where the output is no terminal.")]


def register(sla: typer.Typer) -> None:
    """Add the command to the group."""
    sla.command()(board)


def board(
    owner: Owner = None, policy: Policy = None, limit: Limit = 15, every: Every = 2.0, *, once: Once = False,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Watch promises to customers: overdue leads, what is due next with its countdown, and how much of it each has.

    From the monitor's tables; looks again every two seconds until Ctrl-C. Nothing is changed.
    """
    from leadline_sla_monitor.sla_commands.board import Asked
    from leadline_sla_monitor.sla_commands.board_show import show

    show(Asked(owner, policy, limit), None if once else every, as_json=as_json)
