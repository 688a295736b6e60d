"""Pages of what hangs on an account."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from auth import Rule
from domain.reporting import History

from ._door import Info
from ._loader import HistoryKey
from ._page import Connection, key_behind, page, page_limit

T = TypeVar("T")
OWNERS = Rule("the account's customers and operators", frozenset({"CUSTOMER", "OPERATOR"}))


async def lines(
    info: Info,
    of: tuple[History, int],
    made: Callable[[Any], T],
    *,
    first: int,
    after: str | None,
) -> Connection[T]:
    """Return a page of the account's history; asked for many accounts, it is one statement."""
    key = HistoryKey(*of, page_limit(first), key_behind(after))
    found: list[Any] = await info.context.lines.load(key)
    count = partial(info.context.counts.load, HistoryKey(*of))
    return page(found, made, first=first, after=after, count=count)
