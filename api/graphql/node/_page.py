"""Connections: keyset pages, 20 by default, 100 at most."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, Protocol, TypeVar, cast

import strawberry

from api.graphql.error import ClientError
from api.graphql.field import Info, Wanted, field, told
from auth import ANYBODY
from domain.base import Asking, Listing, all_of

from ._node import global_id, id_sql, parsed_id

FIRST_DEFAULT = 20
FIRST_MAX = 100

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


def _kind(node: str) -> str:
    # Of its own: an object's id is no place in a list.
    return f"at-{node}"


def _cursor(edge: "Edge[Any]") -> str:
    return str(global_id(_kind(type(edge.node).__name__), edge.line.id))


def cursor_sql(node: str) -> str:
    """Return in SQL the cursor of a line whose node is of this type, with `{}` for its id."""
    return id_sql(_kind(node))


def _first_cursor(edges: Sequence["Edge[Any]"]) -> str | None:
    return _cursor(edges[0]) if edges else None


def _last_cursor(edges: Sequence["Edge[Any]"]) -> str | None:
    return _cursor(edges[-1]) if edges else None


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool = told("has_next", description="True where more stands behind this page.")
    has_previous_page: bool = told(
        "has_previous", description="True where the page was asked for behind a cursor."
    )
    start_cursor: str | None = told(
        "edges", _first_cursor, description="Cursor of the first edge, if any."
    )
    end_cursor: str | None = told(
        "edges", _last_cursor, description="Cursor of the last edge, if any."
    )


@strawberry.type(description="A line of a page.")
class Edge(Generic[T]):
    line: strawberry.Private[Line]
    cursor: str = told("", _cursor, description="Opaque cursor of this line.", uses=("line.id",))
    node: T = strawberry.field(description="The line itself.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = strawberry.field(description="The lines of the page, in list order.")
    page_info: PageInfo = told("", description="Where the page stands in its list.")
    has_next: strawberry.Private[bool]
    has_previous: strawberry.Private[bool]
    count: strawberry.Private[Wanted[int]]

    @field(
        allow=ANYBODY,
        description="Length of the whole list: counted only if asked for, null only with an error.",
        uses=frozenset(),
    )
    def total_count(self, info: Info) -> Wanted[int | None]:  # ruff: ignore[unused-method-argument]
        return cast("Wanted[int | None]", self.count)


def page_size(first: int) -> int:
    """Return how many lines are wanted."""
    if not 1 <= first <= FIRST_MAX:
        raise ClientError("PAGE_SIZE_INVALID", f"`first` must be between 1 and {FIRST_MAX}.")
    return first


def page_limit(first: int) -> int:
    """Return how many lines to read: one more than wanted tells whether there is a next page."""
    return page_size(first) + 1


def rows_for(info: Any, first: int) -> int:
    """Return how many rows PostgreSQL is to write a page of: one more, if it tells what follows."""
    return page_limit(first) if getattr(info, "one_more", False) else page_size(first)


def key_behind(after: str | None, node: type) -> int | None:
    """Return the id that the cursor stands for, in a list of such nodes."""
    if after is None:
        return None
    key = parsed_id(after, _kind(node.__name__))
    if key is None:
        raise ClientError("CURSOR_INVALID", "`after` is not a cursor of this list.")
    return key.id


def page(
    lines: Sequence[L],
    made: Callable[[L], T],
    *,
    first: int,
    after: str | None,
    count: Wanted[int],
) -> Connection[T]:
    """Return the connection of these lines, of which there may be one too many."""
    return Connection(
        edges=[Edge(line=line, node=made(line)) for line in lines[:first]],
        has_next=len(lines) > first,
        has_previous=after is not None,
        count=count,
    )


async def paged(
    asked: Callable[..., Listing[L]],
    made: Callable[[L], T],
    *,
    first: int,
    after: str | None,
) -> Connection[T]:
    """Return the page of a list, newest first, that is asked for its lines `before` an id.

    What makes a line says in its annotations of which type it is.
    """
    behind = key_behind(after, made.__annotations__["return"])
    listing = asked(limit=page_limit(first), before=behind)
    count = Wanted(_load_lengths, listing, int)
    return page(await listing, made, first=first, after=after, count=count)


def _load_lengths(listings: list[Listing[Any]]) -> Asking[list[int]]:
    return (yield from all_of([listing.ask_length() for listing in listings]))
