"""Skills and how good somebody is at them: levels from 1 (enough to be named) to 5 (the best).

What a lead asks and what a member has are sets of texts, `de` and `de at least 3`: whoever has German at level 3 has
`de`, `de at least 2` and `de at least 3`. So a level is one more skill wherever skills are compared.
"""

from collections.abc import Iterable, Mapping

LEVELS = range(1, 6)
_AT_LEAST = " at least "


def asked(skill: str, at_least: int = 1) -> str:
    """What a lead asks for."""
    return skill if at_least <= 1 else f"{skill}{_AT_LEAST}{at_least}"


def had(levels: Mapping[str, int]) -> frozenset[str]:
    """All that a member with these levels has."""
    return frozenset(asked(skill, level) for skill, best in levels.items() for level in range(1, best + 1))


def strength(levels: Mapping[str, int], skills: Iterable[str]) -> int:
    """How good somebody is at what a lead asks for: the levels together."""
    return sum(levels.get(each.partition(_AT_LEAST)[0], 0) for each in skills)


def spoken(levels: Mapping[str, int]) -> list[str]:
    """The skills for people, by name: `de 3, en`."""
    return [f"{skill} {level}" if level > 1 else skill for skill, level in sorted(levels.items())]
