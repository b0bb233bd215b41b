"""What the compiler is told of a class. In pure Python it changes nothing.

`@mypyc_attr(acyclic=True)`: no instance is ever part of a cycle of references, so that the garbage collector, which
would run for every few leads, need not know of it.
"""

from typing import TYPE_CHECKING, Any, TypeVar

T = TypeVar("T")

if TYPE_CHECKING:
    from mypy_extensions import mypyc_attr as mypyc_attr  # noqa: PLC0414  (the compiler knows it by this name)
else:

    def mypyc_attr(**_: Any) -> Any:
        """The class as it is."""
        return lambda cls: cls
