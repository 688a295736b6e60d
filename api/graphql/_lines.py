"""Pages of what hangs on an account."""

from collections.abc import Callable
from typing import Any, TypeVar

from auth import Rule
from domain.reporting import History

from ._door import Info, needed_of
from ._loader import HistoryKey, count_lines, load_lines
from ._page import Connection, key_behind, page, page_limit
from ._wanted import Wanted

T = TypeVar("T")
OWNERS = Rule("the account's customers and operators", frozenset({"CUSTOMER", "OPERATOR"}))


def lines(
    info: Info,
    of: tuple[History, int],
    made: Callable[[Any], T],
    *,
    first: int,
    after: str | None,
) -> Wanted[Connection[T]]:
    """Want a page of the account's history; asked for many accounts, it is one statement."""

    who = info.context.principal
    watcher = who.person_id if who and who.kind == "CUSTOMER" else None

    def paged(found: Any) -> Connection[T]:
        count = Wanted(count_lines, HistoryKey(*of, watcher=watcher), int)
        return page(found, made, first=first, after=after, count=count)

    key = HistoryKey(*of, page_limit(first), key_behind(after), needed_of(info), watcher)
    return Wanted(load_lines, key, paged)
