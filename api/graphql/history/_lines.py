"""Pages of what hangs on an account."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from api.graphql.field import Info, Wanted, needed_of
from api.graphql.node import Connection, key_behind, page, page_limit
from auth import Rule
from domain.base import Asking, all_of
from domain.reporting import History, ask_history, ask_history_length

T = TypeVar("T")
OWNERS = Rule("the account's customers and operators", frozenset({"CUSTOMER", "OPERATOR"}))


class HistoryKey(NamedTuple):
    """A page of one account's history."""

    kind: History
    account_id: int
    limit: int = 0
    before: int | None = None
    needed: frozenset[str] | None = None
    watcher: int | None = None


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


def load_lines(keys: list[HistoryKey]) -> Asking[list[list[Any]]]:
    """Load the page of each key."""
    wanted: dict[Any, list[int]] = defaultdict(list)
    for kind, account_id, *place in keys:
        wanted[kind, *place].append(account_id)
    found = yield from all_of([
        ask_history(kind, account_ids, (limit, before), needed=needed, watcher=watcher)
        for (kind, limit, before, needed, watcher), account_ids in wanted.items()
    ])
    pages = dict(zip(wanted, found, strict=True))
    return [pages[kind, *place][account_id] for kind, account_id, *place in keys]


def count_lines(keys: list[HistoryKey]) -> Asking[list[int]]:
    """Load the length of each key's whole history."""
    wanted: dict[tuple[History, int | None], list[int]] = defaultdict(list)
    for key in keys:
        wanted[key.kind, key.watcher].append(key.account_id)
    found = yield from all_of([
        ask_history_length(kind, account_ids, watcher=watcher)
        for (kind, watcher), account_ids in wanted.items()
    ])
    totals = dict(zip(wanted, found, strict=True))
    return [totals[key.kind, key.watcher][key.account_id] for key in keys]
