"""Dead letters as values: what their headers say, their names, and the record to send when one is tried again."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from leadline_console.errors import Exit, UserError
from leadline_console.records import Kept
from leadline_runtime.core.values import dataclass
from leadline_runtime.envelope import RETRY_OF
from leadline_schemas.dead_letter import DeadLetter
from leadline_schemas.topics import SERVICES, dead_letter_topic

PREFIX = "dl_"


@dataclass(frozen=True)
class Letter:
    """A dead letter: `said` is what its headers say, `kept` the record as it lies in `dlq.<service>`."""

    said: DeadLetter
    kept: Kept

    @property
    def name(self) -> str:
        """What people call it by: service/partition/offset of the dead-letter topic."""
        return f"{self.said.service}/{self.kept.partition}/{self.kept.offset}"

    @property
    def origin(self) -> str:
        """Where the record first stood: topic/partition/offset. A letter of a retried record names the first place."""
        return self.kept.header(RETRY_OF) or f"{self.said.topic}/{self.said.partition}/{self.said.offset}"


@dataclass(frozen=True)
class Name:
    """A letter's name, taken apart."""

    service: str
    partition: int
    offset: int

    @property
    def place(self) -> tuple[str, int]:
        """Topic and partition in which it lies."""
        return dead_letter_topic(self.service), self.partition


def name_of(text: str) -> Name:
    """The parts of `service/partition/offset`. Raises UserError."""
    service, *numbers = text.split("/")
    if service not in SERVICES or len(numbers) != 2 or not all(one.isdecimal() for one in numbers):
        raise UserError(
            f"{text!r} is no dead letter's name. One looks like {SERVICES[0]}/2/15; `leadline dlq list` names them."
        )
    return Name(service, int(numbers[0]), int(numbers[1]))


def letter(kept: Kept) -> Letter:
    """The letter in a record of a dead-letter topic; what its headers leave open is told as unknown."""
    texts = {name: kept.header(PREFIX + name) for name in DeadLetter.model_fields}
    defaults = {"service": kept.topic.removeprefix("dlq."), "partition": "-1", "offset": "-1", "attempts": "0"}
    values = {name: text if text is not None else defaults.get(name, "unknown") for name, text in texts.items()}
    return Letter(DeadLetter.model_validate(values), kept)


def again(one: Letter, partitions: Mapping[str, int]) -> Kept:
    """The record as it first was, to be written to its topic once more, saying where it first stood.

    partitions: how many its topic has now. Raises UserError if the letter does not say where it came from.
    """
    count = partitions.get(one.said.topic)
    if count is None or one.said.partition < 0:
        raise UserError(f"{one.name} does not say which record it was; it can only be shown or discarded.", Exit.FAILED)
    headers = tuple(pair for pair in one.kept.headers if not pair[0].startswith(PREFIX))
    return replace(
        one.kept,
        topic=one.said.topic,
        partition=one.said.partition % count,
        offset=-1,
        headers=(*headers, (RETRY_OF, one.origin.encode())),
    )


def by_reason(letters: Iterable[Letter]) -> list[tuple[str, str, str, int]]:
    """How many letters there are per service, failure class and topic; the most frequent first."""
    counted = Counter((one.said.service, one.said.failure_class, one.said.topic) for one in letters)
    return [(*key, count) for key, count in counted.most_common()]


def past(position: int, done: Iterable[int], end: int, kept: Iterable[int]) -> int:
    """The position after all letters from `position` on that are done: the first one that is not, else `end`.

    kept: offsets of the letters that lie there (others are gaps).
    """
    finished = set(done)
    return min((offset for offset in kept if offset >= position and offset not in finished), default=end)
