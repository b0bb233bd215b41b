"""Explanations, put in words when somebody reads them: a decision is needed at once, its words for the event."""

from abc import abstractmethod
from collections.abc import Callable, ItemsView, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar, overload

T = TypeVar("T")


class Later(Sequence[T]):
    """The values that `make` gives, made when first asked for. `make` must be a pure function of what it holds."""

    def __init__(self, make: Callable[[], Iterable[T]]) -> None:
        self._make = make
        self._made: tuple[T, ...] | None = None

    def _all(self) -> tuple[T, ...]:
        if self._made is None:
            self._made = tuple(self._make())
        return self._made

    def __len__(self) -> int:
        return len(self._all())

    def __iter__(self) -> Iterator[T]:
        return iter(self._all())

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[T]: ...

    def __getitem__(self, index: int | slice) -> T | Sequence[T]:
        return self._all()[index]


class LaterMapping(Mapping[str, T]):
    """Values by name, made when first asked for. `_make` must be a pure function of what the object holds."""

    __slots__ = ("_made",)

    def __init__(self) -> None:
        self._made: dict[str, T] | None = None

    @abstractmethod
    def _make(self) -> dict[str, T]:
        """All of them."""

    def _all(self) -> dict[str, T]:
        if self._made is None:
            self._made = self._make()
        return self._made

    def __len__(self) -> int:
        return len(self._all())

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __getitem__(self, name: str) -> T:
        return self._all()[name]

    def items(self) -> ItemsView[str, T]:
        """See Mapping."""
        return self._all().items()
