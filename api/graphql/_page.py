"""Connections: keyset pages, 20 by default, 100 at most."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated, Generic, Protocol, TypeVar

import strawberry

from auth import ANYBODY

from ._door import Info, field
from ._error import ClientError
from ._node import global_id, parsed_id

FIRST_DEFAULT = 20
FIRST_MAX = 100
_CURSOR = "at"

First = Annotated[
    int, strawberry.argument(description="How many to return: 1 to 100, 20 by default.")
]
After = Annotated[
    str | None, strawberry.argument(description="The cursor behind which the page starts.")
]

T = TypeVar("T")


class Line(Protocol):
    """Anything that stands in a list by its id."""

    @property
    def id(self) -> int:
        """Return the key by which the list is ordered."""
        ...


L = TypeVar("L", bound=Line)


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="True where more stands behind this page.")
    has_previous_page: bool = strawberry.field(
        description="True where the page was asked for behind a cursor."
    )
    start_cursor: str | None = strawberry.field(description="Cursor of the first edge, if any.")
    end_cursor: str | None = strawberry.field(description="Cursor of the last edge, if any.")


@strawberry.type(description="A line of a page.")
class Edge(Generic[T]):
    cursor: str = strawberry.field(description="Opaque cursor of this line.")
    node: T = strawberry.field(description="The line itself.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = strawberry.field(description="The lines of the page, in list order.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in its list.")
    count: strawberry.Private[Callable[[], Awaitable[int]] | None] = None

    @field(
        allow=ANYBODY,
        description="Length of the whole list, counted only when asked for; null: not counted.",
    )
    async def total_count(self, info: Info) -> int | None:  # ruff: ignore[unused-method-argument]
        return None if self.count is None else await self.count()


def page_limit(first: int) -> int:
    """Return how many lines to read: one more than wanted tells whether there is a next page."""
    if not 1 <= first <= FIRST_MAX:
        raise ClientError("PAGE_SIZE_INVALID", f"`first` must be between 1 and {FIRST_MAX}.")
    return first + 1


def key_behind(after: str | None) -> int | None:
    """Return the id that the cursor stands for."""
    if after is None:
        return None
    key = parsed_id(after, _CURSOR)
    if key is None:
        raise ClientError("CURSOR_INVALID", "`after` is not a cursor of this list.")
    return key.id


def page(
    lines: Sequence[L],
    made: Callable[[L], T],
    *,
    first: int,
    after: str | None,
    count: Callable[[], Awaitable[int]] | None = None,
) -> Connection[T]:
    """Return the connection of these lines, of which there may be one too many."""
    edges = [
        Edge(cursor=str(global_id(_CURSOR, line.id)), node=made(line)) for line in lines[:first]
    ]
    return Connection(
        edges=edges,
        page_info=PageInfo(
            has_next_page=len(lines) > first,
            has_previous_page=after is not None,
            start_cursor=edges[0].cursor if edges else None,
            end_cursor=edges[-1].cursor if edges else None,
        ),
        count=count,
    )
