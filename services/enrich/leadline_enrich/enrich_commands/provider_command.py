"""`leadline enrich provider`: one question to one vendor, and what became of it.

What the command needs is loaded when it runs: every `leadline` command loads this file.
"""
# ruff: noqa: PLC0415

from pathlib import Path
from typing import Annotated

import typer

Name = Annotated[str | None, typer.Argument(metavar="NAME", help="The vendor; without one, all are listed.")]
Domain = Annotated[str | None, typer.Option("--domain", help="The company's domain: acme.com.")]
Email = Annotated[str | None, typer.Option("--email", help="An address, for vendors that are told one.")]
Company = Annotated[str | None, typer.Option("--company", help="The company's name.")]
Country = Annotated[str | None, typer.Option("--country", help="A country by its two letters.")]
Ip = Annotated[str | None, typer.Option("--ip", help="An address in the internet.")]
Rules = Annotated[
    Path | None, typer.Option("--rules", help="The folder with providers/*.yaml; LEADLINE_RULES_DIR, else what ships.")
]
Show = Annotated[bool, typer.Option("--show", help="Show the request only; nobody is asked.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def register(enrich: typer.Typer) -> None:
    """Add the command to the group."""
    enrich.command("provider")(provider)


def provider(  # noqa: PLR0913, PLR0917 - an option of the command each
    name: Name = None,
    domain: Domain = None,
    email: Email = None,
    company: Company = None,
    country: Country = None,
    ip: Ip = None,
    rules: Rules = None,
    show: Show = False,
    as_json: AsJson = False,
) -> None:
    """Ask the vendor NAME as the service would, once: the request with its secrets masked, what its answer is read as,
    or what went wrong and what to do about it.

    A vendor is a file providers/NAME.yaml, see docs/enrichment.md. The question is really put, and may be charged for;
    --show puts none. Nothing is kept. Secrets are those of LEADLINE_PROVIDER_SECRETS. Exits 1 if no answer came.
    """
    from leadline_enrich.core.questions import Question
    from leadline_enrich.enrich_commands.one_question import ask, list_all

    if name is None:
        list_all(rules, as_json=as_json)
        return
    ask(name, Question(domain, email, company, country, ip), rules, only_show=show, as_json=as_json)
