"""What people do with dead letters: look at them, send them again, put them away.

A letter is put away by moving the position of the consumer group `leadline.dlq.<service>` past it. Nothing is deleted:
the topic's retention does that.
"""

from collections.abc import Callable, Sequence
from typing import Any

from leadline_console import cluster
from leadline_console.cluster import Places
from leadline_console.errors import Exit, UserError
from leadline_console.letters import Letter, Name, again, letter, past
from leadline_console.records import reader, write
from leadline_runtime.core.values import dataclass
from leadline_schemas.topics import SERVICES, dead_letter_topic

Chosen = Callable[[Letter], bool]


def group_of(service: str) -> str:
    """The consumer group whose positions say which letters of a service were put away."""
    return f"leadline.dlq.{service}"


@dataclass(frozen=True)
class Pile:
    """The letters of some services that nobody has put away. starts, ends: the offsets between which they lie."""

    letters: tuple[Letter, ...]
    starts: Places
    ends: Places

    def named(self, names: Sequence[Name]) -> tuple[Letter, ...]:
        """The letters of these names, in that order. Raises UserError naming those that are not there."""
        found = {(one.kept.topic, one.kept.partition, one.kept.offset): one for one in self.letters}
        places = [(*name.place, name.offset) for name in names]
        missing = [f"{topic.removeprefix('dlq.')}/{p}/{o}" for topic, p, o in places if (topic, p, o) not in found]
        if missing:
            raise UserError(
                f"No such dead letter, or it was put away: {', '.join(missing)}. See `leadline dlq list`.",
                Exit.NOT_FOUND,
            )
        return tuple(found[place] for place in places)


def open_pile(bootstrap: str, services: Sequence[str] = SERVICES) -> Pile:
    """All letters of these services that were not put away, oldest first. Raises UserError."""
    with cluster.admin(bootstrap) as client:
        first, ends = cluster.bounds(
            client, cluster.partition_counts(client, [dead_letter_topic(service) for service in services])
        )
        positions = cluster.committed(client, [group_of(service) for service in services])
    told = {place: offset for found in positions.values() for place, offset in found.items()}
    starts = {place: min(max(offset, told.get(place, 0)), ends[place]) for place, offset in first.items()}
    with reader(bootstrap) as records:
        letters = sorted((letter(kept) for kept in records.until(starts, ends)), key=lambda one: one.kept.at)
    return Pile(tuple(letters), starts, ends)


def retry(bootstrap: str, pile: Pile, letters: Sequence[Letter]) -> None:
    """Write the letters' records to their topics again, then put away what is retried up to the first that is not.

    Writing one twice has the effect of once: ids are derived from the record, not from its new place. Raises UserError.
    """
    with cluster.admin(bootstrap) as client:
        counts = cluster.partition_counts(client, {one.said.topic for one in letters if one.said.partition >= 0})
        write(bootstrap, [again(one, counts) for one in letters])
        _move(client, _after(pile, letters))


def discard(bootstrap: str, pile: Pile, letters: Sequence[Letter]) -> tuple[Letter, ...]:
    """Put these letters away, and with them every older one of the same partition. Returns all that were put away.

    Raises UserError.
    """
    positions = upto(pile, letters)
    with cluster.admin(bootstrap) as client:
        _move(client, {place: offset for place, offset in positions.items() if offset > pile.starts[place]})
    return covered(pile, positions)


def upto(pile: Pile, letters: Sequence[Letter]) -> Places:
    """The positions just past these letters; where none of them lies, the pile's start."""
    positions = dict(pile.starts)
    for one in letters:
        place = (one.kept.topic, one.kept.partition)
        positions[place] = max(positions[place], one.kept.offset + 1)
    return positions


def covered(pile: Pile, positions: Places) -> tuple[Letter, ...]:
    """The letters that lie below these positions."""
    return tuple(one for one in pile.letters if one.kept.offset < positions[one.kept.topic, one.kept.partition])


def _after(pile: Pile, done: Sequence[Letter]) -> Places:
    moved = {}
    for place, start in pile.starts.items():
        there = [one.kept.offset for one in pile.letters if (one.kept.topic, one.kept.partition) == place]
        finished = [one.kept.offset for one in done if (one.kept.topic, one.kept.partition) == place]
        position = past(start, finished, pile.ends[place], there)
        if finished and position > start:
            moved[place] = position
    return moved


def _move(client: Any, positions: Places) -> None:
    for topic in {topic for topic, _ in positions}:
        own = {place: offset for place, offset in positions.items() if place[0] == topic}
        cluster.commit(client, group_of(topic.removeprefix("dlq.")), own)
