"""`leadline explain`: the whole story of a lead."""

import json
from typing import Annotated, Any
from uuid import UUID

import typer

from leadline_console import options, output
from leadline_console.errors import UserError
from leadline_console.story import PARTS, Story, read_story, without_pii
from leadline_console.story_view import draw
from leadline_schemas.codec import encode_model

Lead = Annotated[str, typer.Argument(metavar="LEAD", help="The lead's id.")]


def register(app: typer.Typer) -> None:
    """Add `explain` to the command."""
    app.command()(explain)


def explain(kafka: options.Kafka, lead: Lead, pii: options.Pii = False, as_json: options.Json = False) -> None:
    """Tell what came in, what was known, the scorecard with its arithmetic, every candidate and each clock.

    Personal values are masked unless --pii is given. Exit code 4 if nobody has heard of the lead.
    """
    try:
        lead_id = UUID(lead)
    except ValueError:
        raise UserError(
            "A lead's id looks like 019cd7a2-4e21-8c4e-9d7b-0a3f6c1b2d3e; `leadline tail` shows it."
        ) from None
    options.await_kafka(kafka)
    found = read_story(kafka, lead_id)
    story = found if pii else without_pii(found)
    output.answer(_data(story), as_json, lambda console: draw(story, console))


def _data(story: Story) -> dict[str, Any]:
    events = {part: [json.loads(encode_model(event)) for event in getattr(story, part)] for part in PARTS}
    return {"lead_id": str(story.lead_id), "unreadable": story.unreadable, **events}
