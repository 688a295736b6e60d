"""Loaders: what many accounts or bills are asked for at once, in one statement per kind."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from domain import billing, metering
from domain.base import Asking, all_of
from domain.identity import Sight
from domain.reporting import (
    AccountView,
    BillLineView,
    BillView,
    History,
    Supply,
    ask_account,
    ask_account_count,
    ask_accounts,
    ask_bill_lines,
    ask_bills_out,
    ask_history,
    ask_history_length,
    ask_names,
)

Needed = frozenset[str] | None
"""The attributes that will be looked at, so far as it is known; None: all."""


class HistoryKey(NamedTuple):
    """A page of one account's history."""

    kind: History
    account_id: int
    limit: int = 0
    before: int | None = None
    needed: Needed = None
    watcher: int | None = None


class LinesKey(NamedTuple):
    """The lines of a bill."""

    bill: BillView
    needed: Needed


class AccountsKey(NamedTuple):
    """A page of the accounts in sight."""

    sight: Sight
    supply: Supply | None
    limit: int = 0
    after: int | None = None
    needed: Needed = None


class AccountKey(NamedTuple):
    """An account in sight, by its number or its id."""

    sight: Sight
    number: str | None = None
    account_id: int | None = None
    needed: Needed = None


class TariffKey(NamedTuple):
    """The tariff of an account at a moment."""

    account_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Explained:
    """A bill with what explains it, and the serial numbers of its meters."""

    detail: billing.BillDetail
    serials: dict[int, str]


def load_names(person_ids: list[int]) -> Asking[list[str]]:
    """Load the name of each person."""
    found = yield from ask_names(person_ids)
    return [found.get(person_id, "") for person_id in person_ids]


def load_accounts(keys: list[AccountsKey]) -> Asking[list[tuple[AccountView, ...]]]:
    """Load each page of accounts."""
    return (
        yield from all_of([
            ask_accounts(
                key.sight, limit=key.limit, after=key.after, supply=key.supply, needed=key.needed
            )
            for key in keys
        ])
    )


def count_accounts(keys: list[AccountsKey]) -> Asking[list[int]]:
    """Load how many accounts are in sight."""
    return (yield from all_of([ask_account_count(key.sight, supply=key.supply) for key in keys]))


def load_account(keys: list[AccountKey]) -> Asking[list[AccountView | None]]:
    """Load each account."""
    return (
        yield from all_of([
            ask_account(key.sight, number=key.number, account_id=key.account_id, needed=key.needed)
            for key in keys
        ])
    )


def load_lines(keys: list[HistoryKey]) -> Asking[list[list[Any]]]:
    """Load the page of each key."""
    wanted: dict[Any, list[int]] = defaultdict(list)
    for kind, account_id, *page in keys:
        wanted[kind, *page].append(account_id)
    found = yield from all_of([
        ask_history(kind, account_ids, (limit, before), needed=needed, watcher=watcher)
        for (kind, limit, before, needed, watcher), account_ids in wanted.items()
    ])
    pages = dict(zip(wanted, found, strict=True))
    return [pages[kind, *page][account_id] for kind, account_id, *page in keys]


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


def load_bill_lines(keys: list[LinesKey]) -> Asking[list[list[BillLineView]]]:
    """Load the lines of each bill."""
    needs = {key.needed for key in keys}
    needed = None if None in needs else frozenset[str]().union(*(each or () for each in needs))
    found = yield from ask_bill_lines([key.bill for key in keys], needed)
    return [found[key.bill.id] for key in keys]


def load_bills_out(bill_ids: list[int]) -> Asking[list[BillView | None]]:
    """Load each bill that has gone out."""
    found = yield from ask_bills_out(bill_ids)
    return [found.get(bill_id) for bill_id in bill_ids]


async def load_explained(bill_ids: list[int]) -> list[Explained]:
    """Load each bill with its lines and parts."""
    found = await billing.bills_by_id(bill_ids)
    spans = (span for each in found.values() for part in each.parts for span in part.spans)
    serials = await metering.serials_of({span.meter_id for span in spans})
    return [Explained(found[bill_id], serials) for bill_id in bill_ids]


async def load_recomputed(bill_ids: list[int]) -> list[billing.Recomputed | None]:
    """Load each bill computed again, where it can be rated."""
    found = await billing.recompute_many(bill_ids)
    return [found.get(bill_id) for bill_id in bill_ids]


async def load_tariffs(keys: list[TariffKey]) -> list[billing.TariffInForce | None]:
    """Load each account's tariff; the moments of one request are one."""
    found = await billing.tariffs_of([key.account_id for key in keys], now=keys[0].at)
    return [found.get(key.account_id) for key in keys]
