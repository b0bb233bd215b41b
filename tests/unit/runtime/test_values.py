"""Values are equal and hashed by what they hold, and cost no more than a plain dataclass."""

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadline_runtime.core.values import dataclass, replace


@dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: int = 0


@dataclass
class Plain:
    x: int


def test_equal_values_are_one_in_a_set() -> None:
    assert {Point(1), Point(1, 0), Point(2)} == {Point(1), Point(2)}


def test_a_value_is_changed_by_making_another() -> None:
    assert dataclasses.replace(Point(1), y=5) == Point(1, 5)
    assert not hasattr(Point(1), "__dict__")


def test_frozen_is_told_to_the_type_checker_alone() -> None:
    assert "__setattr__" not in vars(Point)  # which is what makes the constructor of a frozen dataclass dear


def test_without_options_it_is_a_dataclass() -> None:
    assert Plain(3) == Plain(3)
    assert Plain.__hash__ is None


@dataclass(frozen=True, slots=True)
class Derived:
    x: int
    twice: int = dataclasses.field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "twice", 2 * self.x)


@dataclasses.dataclass(frozen=True)
class Frozen:
    x: int


@given(st.integers(), st.integers(), st.integers())
def test_replace_is_that_of_dataclasses(x: int, y: int, new: int) -> None:
    cases: tuple[tuple[Any, dict[str, int]], ...] = (
        (Point(x, y), {"y": new}),
        (Point(x, y), {}),
        (Plain(x), {"x": new}),
        (Derived(x), {"x": new}),
        (Frozen(x), {"x": new}),
    )
    for value, changes in cases:
        before = dataclasses.replace(value)
        assert replace(value, **changes) == dataclasses.replace(value, **changes)
        assert value == before


def test_a_field_that_is_none_cannot_be_replaced() -> None:
    with pytest.raises(AttributeError):
        replace(Point(1), z=1)  # type: ignore[call-arg]
