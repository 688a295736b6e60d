"""What hangs on accounts: one statement for a page of each of many accounts, newest first."""

import re
from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache, partial
from typing import Any, NamedTuple

from domain.base import Asking, Question, shifted, unpacked
from domain.identity import roles_with
from domain.notification import language_of

from ._history_view import (
    CommandView,
    DecisionView,
    EntitlementView,
    FindingView,
    MessageView,
    PaymentView,
    RefundView,
    RepairView,
    StatedView,
    SupplyChangeView,
)
from ._list_bills import FIELDS as BILL_FIELDS
from ._list_bills import OUT, BillView


class History(StrEnum):
    """The kinds of lines that an account gathers."""

    PAYMENTS = "PAYMENTS"
    REFUNDS = "REFUNDS"
    MESSAGES = "MESSAGES"
    SUPPLY_CHANGES = "SUPPLY_CHANGES"
    COMMANDS = "COMMANDS"
    DECISIONS = "DECISIONS"
    REPAIRS = "REPAIRS"
    OPEN_REPAIRS = "OPEN_REPAIRS"
    BILLS = "BILLS"
    FINDINGS = "FINDINGS"
    OPEN_FINDINGS = "OPEN_FINDINGS"
    SERVICE_FACTS = "SERVICE_FACTS"
    ENTITLEMENTS = "ENTITLEMENTS"


class _Source(NamedTuple):
    fields: str
    tables: str
    view: type[Any]
    tells_of_bills: str = ""
    """Which lines tell of bills, as SQL; none, if empty."""
    packed: str = ""
    """The attribute that is kept as JSON, if one is."""

    def shown(self, account: str, person: str) -> str:
        """Return the condition that the person, a customer, may be shown the line, as SQL."""
        if not self.tells_of_bills:
            return "true"
        return (
            f"(not ({self.tells_of_bills}) or {account} in (select account_id from account_access"
            f" where person_id = {person}::bigint and role in ({roles_with('BILLS')})))"
        )

    def told(self, locale: str) -> str:
        """Return the columns, what is told in several languages in the one of this locale."""
        return self.fields.replace(_LANGUAGE, f"'{language_of(locale)}'")

    def only(self, needed: frozenset[str] | None, locale: str) -> str:
        """Return the columns; those that nobody needs are null, and cost nothing."""
        if needed is None:
            return self.told(locale)
        columns = [column.strip() for column in _COMMA.split(self.told(locale))]
        kept = needed | {"id", "account_id"}
        return ", ".join(
            column if name in kept else "null"
            for name, column in zip(self.view._fields, columns, strict=True)
        )


_LANGUAGE = ":language"
# Not the commas of functions and subselects.
_COMMA = re.compile(r",(?![^()]*\))")


_REPAIR_FIELDS = """x.id, x.account_id, a.number as account_number, x.number, x.kind, x.description,
  x.answer, x.created_at, x.task_id, t.state as task_state"""
_REPAIRS = "repair_request x join account a on a.id = x.account_id"
_FINDING_FIELDS = """x.id, x.account_id, m.serial as meter_serial, x.rule, x.since, x.until,
  x.detail, x.found_at, x.closed_at"""
_FINDINGS = "reading_finding x join meter m on m.id = x.meter_id"

SOURCES = {
    History.PAYMENTS: _Source(
        "x.id, x.account_id, x.receipt, c.code as channel, x.amount_fen, x.paid_at, x.settled_at,"
        " x.available_fen",
        "payment x join channel c on c.id = x.channel_id",
        PaymentView,
    ),
    History.REFUNDS: _Source(
        "x.id, x.account_id, x.number, x.amount_fen, x.reference, x.refunded_at",
        "refund x",
        RefundView,
    ),
    History.MESSAGES: _Source(
        f"x.id, x.account_id, x.kind, coalesce(x.translations ->> {_LANGUAGE}, x.text), x.text,"
        " x.state, x.created_at, x.delivered_at",
        "message x",
        MessageView,
        "x.kind in ('BILL_ISSUED', 'BILL_CORRECTED')",
    ),
    History.SUPPLY_CHANGES: _Source(
        "x.id, x.account_id, case when x.output_state = 1 then 'ON'"
        " when x.control_state = 2 then 'READY_TO_CLOSE' else 'OFF' end as supply, x.at",
        "supply_change x",
        SupplyChangeView,
    ),
    History.COMMANDS: _Source(
        "x.id, x.account_id, x.verb, x.state, x.cause, x.created_at, x.sent_at, x.verified_at,"
        " x.closed_at",
        "command x",
        CommandView,
    ),
    History.DECISIONS: _Source(
        "x.id, x.account_id, x.at, x.verdict, x.shadow, x.evidence",
        "decision x",
        DecisionView,
        packed="evidence",
    ),
    History.REPAIRS: _Source(
        _REPAIR_FIELDS, f"{_REPAIRS} left join task t on t.id = x.task_id", RepairView
    ),
    History.OPEN_REPAIRS: _Source(
        _REPAIR_FIELDS,
        f"{_REPAIRS} join task t on t.id = x.task_id and t.state <> 'DONE'",
        RepairView,
    ),
    History.BILLS: _Source(
        BILL_FIELDS,
        f"(select * from bill where state in {OUT}) x join account a on a.id = x.account_id",
        BillView,
        "true",
    ),
    History.FINDINGS: _Source(_FINDING_FIELDS, _FINDINGS, FindingView, packed="detail"),
    History.OPEN_FINDINGS: _Source(
        _FINDING_FIELDS, f"{_FINDINGS} and x.closed_at is null", FindingView, packed="detail"
    ),
    History.SERVICE_FACTS: _Source(
        "x.id, x.account_id, x.since, x.capacity_va, x.declared_w", "service_fact x", StatedView
    ),
    History.ENTITLEMENTS: _Source(
        "x.id, x.account_id, x.name, x.since, x.until, x.count as quantity",
        "entitlement x",
        EntitlementView,
    ),
}


_WHOLE = frozenset({History.SUPPLY_CHANGES, History.COMMANDS, History.DECISIONS})
"""Lines that are looked at as a whole by whoever shows them."""


def viewed(kind: History, line: Sequence[Any]) -> Any:
    """Return the line as its frozen value."""
    source = SOURCES[kind]
    found: Any = source.view._make(line)
    if not source.packed:
        return found
    return found._replace(**{source.packed: unpacked(getattr(found, source.packed))})


@lru_cache(256)
def _lines_sql(
    kind: History, account: str, needed: frozenset[str] | None, *, locale: str, shown: bool
) -> str:
    """Return the page of the account that stands at `account`: before $1, $2 lines, shown to $3."""
    source = SOURCES[kind]
    seen = f" and {source.shown(account, '$3')}" if shown else ""
    return (
        f"select {source.only(needed, locale)} from {source.tables}"
        f" where x.account_id = {account}"
        f" and ($1::bigint is null or x.id < $1){seen} order by x.id desc limit $2"
    )


@lru_cache(256)
def _page_sql(kind: History, needed: frozenset[str] | None, *, locale: str, shown: bool) -> str:
    lines = shifted(_lines_sql(kind, "w.account_id", needed, locale=locale, shown=shown), 1)
    return f"select l.* from unnest($1::bigint[]) w(account_id) cross join lateral ({lines}) l"


def _is_narrowed(kind: History, watcher: int | None) -> bool:
    return watcher is not None and bool(SOURCES[kind].tells_of_bills)


def history_columns(kind: History) -> tuple[str, ...]:
    """Return the columns of `history_of`: the attributes of the kind's view."""
    columns: tuple[str, ...] = SOURCES[kind].view._fields
    return columns


def history_of(
    kind: History,
    account: str,
    page: tuple[int, int | None],
    *,
    locale: str,
    needed: frozenset[str] | None = None,
    watcher: int | None = None,
) -> Question:
    """Return the query for a page of the account whose id stands at `account`, in SQL.

    As `ask_history`; its columns are `history_columns`.
    """
    shown = _is_narrowed(kind, watcher)
    limit, before = page
    sql = _lines_sql(kind, account, needed, locale=locale, shown=shown)
    return Question(sql, (before, limit, watcher) if shown else (before, limit))


def ask_history(
    kind: History,
    account_ids: Sequence[int],
    page: tuple[int, int | None],
    *,
    locale: str,
    needed: frozenset[str] | None = None,
    watcher: int | None = None,
) -> Asking[dict[int, list[Any]]]:
    """Ask for a page of each account's lines of this kind: how many, newest before which id.

    `needed` names the attributes that will be looked at (all, if None); others may be None. Texts
    are told in the language of the `locale`. A `watcher`, the person who asks if a customer, is
    shown what tells of bills by right only.
    """
    shown = _is_narrowed(kind, watcher)
    limit, before = page
    once = list(dict.fromkeys(account_ids))  # who is asked for twice is read once
    values = (once, before, limit, *([watcher] if shown else []))
    sql = _page_sql(kind, None if kind in _WHOLE else needed, locale=locale, shown=shown)
    (found,) = yield [Question(sql, values)]
    lists: dict[int, list[Any]] = {account_id: [] for account_id in account_ids}
    make = partial(viewed, kind) if SOURCES[kind].packed else SOURCES[kind].view._make
    for line in found:
        view = make(line)
        lists[view.account_id].append(view)
    return lists


def ask_history_length(
    kind: History, account_ids: Sequence[int], *, watcher: int | None = None
) -> Asking[dict[int, int]]:
    """Ask how many lines of this kind each account has for this `watcher`, as above."""
    shown = _is_narrowed(kind, watcher)
    seen = f" and {SOURCES[kind].shown('x.account_id', '$2')}" if shown else ""
    (found,) = yield [
        Question(
            f"select x.account_id, count(*) from {SOURCES[kind].tables}"
            f" where x.account_id = any($1){seen} group by x.account_id",
            (list(account_ids), *([watcher] if shown else [])),
        )
    ]
    counts = {account_id: count for account_id, count in found}  # ruff: ignore[unnecessary-comprehension] -- records
    return dict.fromkeys(account_ids, 0) | counts
