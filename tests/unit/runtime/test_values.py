"""Values are equal and hashed by what they hold, and cost no more than a plain dataclass."""

import dataclasses

from leadline_runtime.core.values import dataclass


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
