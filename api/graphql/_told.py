"""Told: plain fields that are computed when they are asked for, out of the value behind them."""

from collections.abc import Callable
from operator import attrgetter
from typing import Any, Self

from strawberry.types.field import StrawberryField

Convert = Callable[[Any], Any]


class Told(StrawberryField):
    """A field without arguments: what stands at `at` of the value behind the object, converted.

    `at` is a path of attributes; empty, it is the whole value.
    """

    at: str
    convert: Convert | None
    _found: Convert

    def taking(self, at: str, convert: Convert | None) -> Self:
        """Say what the field tells; nobody gives it to the object."""
        self.at, self.convert = at, convert
        self._found = attrgetter(at) if at else _itself
        self.init = self.compare = self.repr = False
        return self

    def get_result(self, source: Any, info: Any, args: Any, kwargs: Any) -> Any:  # ruff: ignore[unused-method-argument]
        """Return the value."""
        found = self._found(source)
        return found if self.convert is None else self.convert(found)

    def __copy__(self) -> Self:
        return super().__copy__().taking(self.at, self.convert)


def told(at: str, convert: Convert | None = None, *, description: str) -> Any:
    """Declare a plain field that is computed when it is asked for."""
    return Told(description=description).taking(at, convert)


def _itself(found: Any) -> Any:
    return found
