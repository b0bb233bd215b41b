"""rules/duplicates.yaml: the words by which possible duplicates are looked for."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, Field

from leadline_capture.core.linkage_guessing import header_words, meaning_of_header
from leadline_capture.core.linkage_words import LinkageWords, Meaning
from leadline_capture.core.lookalikes import LikenessRules, Lookalikes
from leadline_capture.core.text import folded
from leadline_runtime.rules import RulesError, RulesModel, RulesSpec, parse

FILE, CAPTURE = "duplicates.yaml", "capture.yaml"


class Suffixes(BaseModel):
    """Of rules/capture.yaml what is needed here; its own model checks the rest."""

    legal_suffixes: frozenset[str]


class StoredLikeness(RulesModel):
    """What is told of a new lead that looks like stored ones; see LikenessRules."""

    least: Annotated[float, Field(gt=0, le=1)]
    most_told: Annotated[int, Field(ge=0, le=20)]
    most_per_key: Annotated[int, Field(ge=1, le=100)]
    most_compared: Annotated[int, Field(ge=1, le=100)]
    among: Annotated[int, Field(ge=100)]


class DuplicateExample(RulesModel):
    """What a header means, or whether two given names may be one person's."""

    header: str | None = None
    meaning: Meaning | None = None
    names: tuple[str, str] | None = None
    same: bool = True


class DuplicatesFile(RulesModel):
    """rules/duplicates.yaml."""

    version: date | str
    headers: dict[Meaning, tuple[str, ...]]
    short_forms: tuple[Annotated[tuple[str, ...], Field(min_length=2)], ...]
    street_words: dict[str, tuple[str, ...]]
    stored: StoredLikeness
    examples: Annotated[tuple[DuplicateExample, ...], Field(min_length=1)]


def build(contents: Mapping[str, Any]) -> LinkageWords:
    """The words, with the file's examples run. Raises RulesError."""
    return _words(parse(DuplicatesFile, contents[FILE], FILE), parse(Suffixes, contents[CAPTURE], CAPTURE))


def build_lookalikes(contents: Mapping[str, Any]) -> Lookalikes:
    """How new leads are compared with stored ones. Raises RulesError."""
    stored = parse(DuplicatesFile, contents[FILE], FILE).stored
    return Lookalikes(build(contents), LikenessRules(**stored.model_dump()))


def _words(file: DuplicatesFile, capture: Suffixes) -> LinkageWords:
    found = LinkageWords(
        short_forms=_short_forms(file),
        headers=_headers(file),
        street_words={short: word for word, shorts in file.street_words.items() for short in shorts},
        legal_suffixes=frozenset(folded(each) for each in capture.legal_suffixes),
    )
    _check(file, found)
    return found


def _headers(file: DuplicatesFile) -> dict[str, Meaning]:
    found: dict[str, Meaning] = {}
    for meaning, phrases in file.headers.items():
        for phrase in phrases:
            key = " ".join(header_words(phrase))
            if found.setdefault(key, meaning) != meaning:
                raise RulesError(FILE, "headers", f"has {phrase!r} under both {found[key]} and {meaning}")
    return found


def _short_forms(file: DuplicatesFile) -> dict[str, frozenset[str]]:
    """From each name to the first names of its groups: two names that share one may be one person's."""
    found: dict[str, set[str]] = {}
    for group in file.short_forms:
        for name in group:
            found.setdefault(folded(name), set()).add(folded(group[0]))
    return {name: frozenset(of) for name, of in found.items()}


def _check(file: DuplicatesFile, found: LinkageWords) -> None:
    for number, example in enumerate(file.examples):
        place = f"examples[{number}]"
        if example.header is not None:
            got = meaning_of_header(example.header, found.headers)
            if got != example.meaning:
                raise RulesError(FILE, place, f"{example.header!r} should mean {example.meaning}, but means {got}")
        if example.names is not None:
            one, other = (found.short_forms.get(folded(name), frozenset()) for name in example.names)
            if (not one.isdisjoint(other)) is not example.same:
                raise RulesError(
                    FILE, place, f"{' and '.join(example.names)} should {'' if example.same else 'not '}agree"
                )


RULES = RulesSpec(package="leadline_capture", files=(FILE, CAPTURE), build=build)
