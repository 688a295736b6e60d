"""Pages of what hangs on an account."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, NamedTuple

from api.graphql.field import Info, Rows, Wanted, field, needed_of
from api.graphql.node import (
    FIRST_DEFAULT,
    After,
    Connection,
    First,
    key_behind,
    page,
    page_limit,
    rows_for,
)
from auth import Rule
from domain.base import Asking, Question, all_of
from domain.reporting import (
    History,
    ask_history,
    ask_history_length,
    history_columns,
    history_of,
)

OWNERS = Rule("the account's customers and operators", frozenset({"CUSTOMER", "OPERATOR"}))
_ID = frozenset({"id"})


class HistoryKey(NamedTuple):
    """A page of one account's history."""

    kind: History
    account_id: int
    locale: str
    limit: int = 0
    before: int | None = None
    needed: frozenset[str] | None = None
    watcher: int | None = None


def listed(kind: History, made: Callable[[Any], Any], *, allow: Rule, description: str) -> Any:
    """Declare a field of what has an account as its `view`: a page of its history of one kind.

    Asked for many accounts, it is one statement.
    """

    line: Any = made.__annotations__["return"]

    def found_at(
        info: Info, account: str, first: int = FIRST_DEFAULT, after: str | None = None
    ) -> Question:
        place = rows_for(info, first), key_behind(after, line)
        needed, watcher = needed_of(info), _watcher(info)
        locale = info.context.locale
        return history_of(
            kind, f"{account}.id", place, locale=locale, needed=needed, watcher=watcher
        )

    def page_of(self: Any, info: Info, first: First = FIRST_DEFAULT, after: After = None) -> Any:
        place = page_limit(first), key_behind(after, line)
        of = kind, self.view.id, info.context.locale
        key = HistoryKey(*of, *place, needed_of(info), _watcher(info))

        def paged(found: Any) -> Connection[Any]:
            count = Wanted(count_lines, key, int)
            return page(found, made, first=first, after=after, count=count)

        return Wanted(load_lines, key, paged)

    page_of.__annotations__["return"] = Wanted[Connection[line]]
    rows = Rows(history_columns(kind), found_at, by=("id",))
    return field(allow=allow, description=description, uses=_ID, rows=rows)(page_of)


def _watcher(info: Info) -> int | None:
    who = info.context.principal
    return who.person_id if who and who.kind == "CUSTOMER" else None


def load_lines(keys: list[HistoryKey]) -> Asking[list[list[Any]]]:
    """Load the page of each key."""
    wanted: dict[Any, list[int]] = defaultdict(list)
    for kind, account_id, *place in keys:
        wanted[kind, *place].append(account_id)
    found = yield from all_of([
        ask_history(
            kind, account_ids, (limit, before), locale=locale, needed=needed, watcher=watcher
        )
        for (kind, locale, limit, before, needed, watcher), account_ids in wanted.items()
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
