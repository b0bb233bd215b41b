"""`rules/titles.yaml` and `rules/title_functions.yaml`: the words of job titles, and examples."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any, get_args

from pydantic import Field

from leadline_enrich.core.phrases import Phrases, fault_of_phrase, normal_phrase
from leadline_enrich.core.titles import Titles
from leadline_runtime.rules import RulesError, RulesModel, parse
from leadline_schemas.vocabulary import Function, Seniority

FILE, FUNCTIONS = "titles.yaml", "title_functions.yaml"
Words = Annotated[tuple[str, ...], Field(min_length=1)]
# Student before all: whoever learns a trade has its words in the title. Else the strongest.
RANKS: tuple[Seniority, ...] = ("student", *(each for each in get_args(Seniority) if each != "student"))


class Guard(RulesModel):
    """Phrases that mean what stands here, whatever the words inside them mean."""

    phrases: Words
    seniority: Seniority | None = None
    function: Function | None = None


class TitleExample(RulesModel):
    """A title and what it must come out as."""

    title: str
    seniority: Seniority | None
    function: Function | None


class FunctionsFile(RulesModel):
    """The whole file of functions."""

    version: date | str
    functions: dict[Function, Words]
    weak_functions: frozenset[Function]


class TitlesFile(RulesModel):
    """The whole file of seniorities."""

    version: date | str
    seniority: dict[Seniority, Words]
    guards: tuple[Guard, ...]
    serves: Words
    past: Words
    examples: Annotated[tuple[TitleExample, ...], Field(min_length=1)]


def build_titles(contents: Mapping[str, Any]) -> Titles:
    """The compiled words. Raises RulesError for a phrase with two meanings, or a failing example."""
    file, work = parse(TitlesFile, contents[FILE], FILE), parse(FunctionsFile, contents[FUNCTIONS], FUNCTIONS)
    guards = {
        phrase: guard
        for place, guard in enumerate(file.guards)
        for phrase in _phrases(guard.phrases, FILE, f"guards.{place}.phrases")
    }
    levels: dict[str, str | None] = {phrase: guard.seniority for phrase, guard in guards.items()}
    works: dict[str, str | None] = {phrase: guard.function for phrase, guard in guards.items()}
    titles = Titles(
        ranks=RANKS,
        weak=frozenset(work.weak_functions),
        seniorities=Phrases(_meanings(file.seniority, FILE, "seniority") | levels),
        functions=Phrases(_meanings(work.functions, FUNCTIONS, "functions") | works),
        serves=Phrases(dict.fromkeys(_phrases(file.serves, FILE, "serves"), True)),
        past=Phrases(dict.fromkeys(_phrases(file.past, FILE, "past"), True)),
        memory={},
    )
    _check(file.examples, titles)
    return titles


def _check(examples: Sequence[TitleExample], titles: Titles) -> None:
    for place, example in enumerate(examples):
        role = titles.role(example.title)
        for field in ("seniority", "function"):
            wanted, got = getattr(example, field), getattr(role, field)
            if wanted != got:
                path = f"examples.{place}.{field}"
                raise RulesError(FILE, path, f"{example.title!r} comes out as {got!r} instead of {wanted!r}")


def _meanings(lists: Mapping[Any, tuple[str, ...]], file: str, key: str) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    for meaning, words in lists.items():
        for phrase in _phrases(words, file, f"{key}.{meaning}"):
            if found.setdefault(phrase, meaning) != meaning:
                problem = f"{phrase!r} also stands under {found[phrase]}; a word means one thing"
                raise RulesError(file, f"{key}.{meaning}", problem)
    return found


def _phrases(words: Sequence[str], file: str, path: str) -> list[str]:
    phrases = [normal_phrase(each) for each in words]
    for place, phrase in enumerate(phrases):
        fault = fault_of_phrase(phrase)
        if fault:
            raise RulesError(file, f"{path}.{place}", f"{words[place]!r} {fault}")
    return phrases
