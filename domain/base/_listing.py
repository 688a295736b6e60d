"""Listing: what has pages and a length, both by one query, so that they cannot differ."""

from collections.abc import Callable, Generator
from typing import Any, Generic, TypeVar

from ._question import Question
from ._together import Asking
from ._transaction import rows

T_co = TypeVar("T_co", covariant=True)


class Listing(Generic[T_co]):
    """All lines that a query finds, by their `id`: awaited, it is a page of them, newest first.

    `made` makes a line of a row. A page starts behind the id `before`, if there is one.
    """

    def __init__(
        self,
        whole: Question,
        made: Callable[[dict[str, Any]], T_co],
        *,
        limit: int,
        before: int | None = None,
    ) -> None:
        self._whole, self._made = whole, made
        self._place = before, limit

    def __await__(self) -> Generator[Any, None, tuple[T_co, ...]]:
        whole, (before, limit) = self._whole, (f"${len(self._whole.values) + k}" for k in (1, 2))
        page = rows(
            f"select l.* from ({whole.sql}) l where ({before}::bigint is null or l.id < {before})"
            f" order by l.id desc limit {limit}",
            *whole.values,
            *self._place,
        )
        found = yield from page.__await__()
        return tuple(map(self._made, found))

    def ask_length(self) -> Asking[int]:
        """Ask how many lines there are, on whichever page they stand."""
        whole = self._whole
        (((length,),),) = yield [Question(f"select count(*) from ({whole.sql}) l", whole.values)]
        return int(length)
