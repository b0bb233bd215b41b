"""rules/duplicates.yaml: the words by which possible duplicates are looked for."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import Field

from leadline_capture.core.linkage_guessing import header_words, meaning_of_header
from leadline_capture.core.linkage_words import LinkageWords, Meaning
from leadline_capture.core.text import folded
from leadline_capture.rules import CAPTURE, CaptureFile
from leadline_runtime.rules import RulesError, RulesModel, RulesSpec, parse

FILE = "duplicates.yaml"


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
    examples: Annotated[tuple[DuplicateExample, ...], Field(min_length=1)]


def build(contents: Mapping[str, Any]) -> LinkageWords:
    """The words, with the file's examples run. Raises RulesError."""
    file = parse(DuplicatesFile, contents[FILE], FILE)
    capture = parse(CaptureFile, contents[CAPTURE], CAPTURE)
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
