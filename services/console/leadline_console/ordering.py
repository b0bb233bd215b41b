"""What commands that order something at the door say alike: without a key, refused, and of what became of it."""

import time
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

from leadline_console import options
from leadline_console.errors import Exit, UserError
from leadline_console.sending import Answer
from leadline_console.story import read_story
from leadline_runtime.command_settings import setting
from leadline_schemas.event import Event
from leadline_schemas.topics import LEAD_SLA, LEAD_STAGE, Topic

EVERY_S = 0.5
NOT_APPLIED = 409
PARTS = {LEAD_SLA.name: "sla", LEAD_STAGE.name: "stages"}
E = TypeVar("E", bound=Event)


def api_key(making: str = "--source console --scope leads:command") -> str:
    """The key in LEADLINE_API_KEY. Raises UserError that says how one is made: with these options of `keys create`."""
    key = setting("LEADLINE_API_KEY")
    if not key:
        raise UserError(f"Set LEADLINE_API_KEY; `leadline keys create --name me {making}` makes a key.")
    return key


def refused(answer: Answer, more: str = "") -> UserError:
    """That an order was not taken or, if the door waited for what became of it, not applied: why, and each fault."""
    what = "Not applied" if answer.status == NOT_APPLIED else "The door refused it"
    faults = "".join(f" {each.get('path')}: {each.get('problem')}." for each in answer.errors)
    return UserError(f"{what} ({answer.status}): {answer.detail or answer.code}.{faults}{more}", Exit.FAILED)


def told_of(kafka: str, lead: UUID, topic: Topic[E]) -> list[E]:
    """What the monitor told of the lead on this topic so far. Raises UserError."""
    part = PARTS[topic.name]
    try:
        found: list[E] = getattr(read_story(kafka, lead, {part: topic}), part)
    except UserError as error:
        if error.exit_code == Exit.NOT_FOUND:
            return []
        raise
    return found


def awaited(kafka: str, told: dict[str, Any], wait: float, topic: Topic[E], about: Callable[[E], bool]) -> list[E]:
    """What the monitor tells of an order that was `told` to be taken: all of one decision, which comes in one batch.

    Nothing, if it tells nothing in so many seconds. Raises UserError.
    """
    if told.get("lead_id") is None:
        return []
    options.await_kafka(kafka)
    end = time.monotonic() + wait
    while True:
        found = [event for event in told_of(kafka, UUID(str(told["lead_id"])), topic) if about(event)]
        if found or time.monotonic() >= end:
            return found
        time.sleep(EVERY_S)
