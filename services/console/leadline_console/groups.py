"""Groups of commands to which more than one package adds its own."""

import typer


def group_of(app: typer.Typer, name: str, help_: str) -> typer.Typer:
    """The group of this name, made if no other package has made it yet."""
    found = next((each.typer_instance for each in app.registered_groups if each.name == name), None)
    if found is None:
        found = typer.Typer(help=help_, no_args_is_help=True)
        app.add_typer(found, name=name)
    return found
