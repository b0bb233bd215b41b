"""What an expression of a mapping is, and what it may look at."""

from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from leadline_runtime.core.values import dataclass


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What an expression may look at besides its item: the whole body, the query string."""

    body: Any
    query: Mapping[str, str] = field(default_factory=dict)


# An expression of a mapping. Raises ExpressionFailed if it cannot be evaluated on what came.
Expression = Callable[[Any, Surroundings], Any]
