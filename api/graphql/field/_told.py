"""Told: plain fields that are computed when they are asked for, out of the value behind them.

What is converted can often be converted by PostgreSQL just as well: where it says so (`alike`), a
whole answer can be made there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from operator import attrgetter
from typing import Any, Self

from strawberry.types.field import StrawberryField

Convert = Callable[[Any], Any]
_SQL = "sql"


def alike(sql: str) -> Callable[[Convert], Convert]:
    """Declare that SQL converts alike: `{}` is the value, or `{name}` an attribute of a whole."""

    def declare(convert: Convert) -> Convert:
        setattr(convert, _SQL, sql)
        return convert

    return declare


def sql_of(convert: Convert) -> str | None:
    """Return how SQL converts alike; None where only Python does."""
    return "{}" if convert is str else getattr(convert, _SQL, None)


def named(kind: type[Enum], *, otherwise: Enum | None = None) -> Convert:
    """Return what makes a name a member of the list; a name that is none of it is `otherwise`."""
    members = kind.__members__
    known = ", ".join(f"'{name}'" for name in members)
    left = f" else '{otherwise.name}'" if otherwise else ""

    @alike(f"case when {{0}} in ({known}) then {{0}}{left} end")
    def member(name: str) -> Enum:
        return members.get(name, otherwise) if otherwise else members[name]

    return member


@dataclass(frozen=True, slots=True)
class Constant:
    """What is told whatever the value."""

    value: str

    def __call__(self, _: Any, /) -> str:
        """Return it."""
        return self.value


class Told(StrawberryField):
    """A field without arguments: what stands at `at` of the value behind the object, converted.

    `at` is a path of attributes; empty, it is the whole value.
    """

    at: str
    convert: Convert | None
    uses: tuple[str, ...]
    settle: Callable[[], Convert] | None
    _found: Convert

    def taking(
        self,
        at: str,
        convert: Convert | None,
        uses: tuple[str, ...],
        settle: Callable[[], Convert] | None,
    ) -> Self:
        """Say what the field tells; nobody gives it to the object."""
        self.at, self.convert, self.uses, self.settle = at, convert, uses, settle
        self._found = attrgetter(at) if at else _itself
        self.init = self.compare = self.repr = False
        return self

    def get_result(self, source: Any, info: Any, args: Any, kwargs: Any) -> Any:  # ruff: ignore[unused-method-argument]
        """Return the value."""
        found, convert = self._found(source), self.settle() if self.settle else self.convert
        return found if convert is None else convert(found)

    def __copy__(self) -> Self:
        return super().__copy__().taking(self.at, self.convert, self.uses, self.settle)


def told(
    at: str,
    convert: Convert | None = None,
    *,
    description: str,
    uses: tuple[str, ...] = (),
    settle: Callable[[], Convert] | None = None,
) -> Any:
    """Declare a plain field that is computed when it is asked for.

    What is converted as a whole says which attributes that `uses`. `settle` returns the conversion
    where it hangs on the settings: a plan asks for it once.
    """
    return Told(description=description).taking(at, convert, uses, settle)


def _itself(found: Any) -> Any:
    return found
