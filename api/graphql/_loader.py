"""Loaders: what many accounts or bills are asked for at once, in one statement per kind."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from domain import billing, metering
from domain.reporting import BillView, History, bills_out, count_history, list_history


class HistoryKey(NamedTuple):
    """A page of one account's history."""

    kind: History
    account_id: int
    limit: int = 0
    before: int | None = None


async def load_lines(keys: list[HistoryKey]) -> list[list[object]]:
    """Return the page of each key."""
    wanted: dict[tuple[History, int, int | None], list[int]] = defaultdict(list)
    for key in keys:
        wanted[key.kind, key.limit, key.before].append(key.account_id)
    pages: dict[HistoryKey, list[object]] = {}
    for (kind, limit, before), account_ids in wanted.items():
        found = await list_history(kind, account_ids, limit=limit, before=before)
        for account_id, lines in found.items():
            pages[HistoryKey(kind, account_id, limit, before)] = lines
    return [pages[key] for key in keys]


async def count_lines(keys: list[HistoryKey]) -> list[int]:
    """Return the length of each key's whole history."""
    wanted: dict[History, list[int]] = defaultdict(list)
    for key in keys:
        wanted[key.kind].append(key.account_id)
    totals = {kind: await count_history(kind, account_ids) for kind, account_ids in wanted.items()}
    return [totals[key.kind][key.account_id] for key in keys]


@dataclass(frozen=True, slots=True)
class Explained:
    """A bill with what explains it, and the serial numbers of its meters."""

    detail: billing.BillDetail
    serials: dict[int, str]


class TariffKey(NamedTuple):
    """The tariff of an account at a moment."""

    account_id: int
    at: datetime


async def load_explained(bill_ids: list[int]) -> list[Explained]:
    """Return each bill with its lines and parts."""
    found = await billing.bills_by_id(bill_ids)
    spans = (span for each in found.values() for part in each.parts for span in part.spans)
    serials = await metering.serials_of({span.meter_id for span in spans})
    return [Explained(found[bill_id], serials) for bill_id in bill_ids]


async def load_recomputed(bill_ids: list[int]) -> list[billing.Recomputed | None]:
    """Return each bill computed again, where it can be rated."""
    found = await billing.recompute_many(bill_ids)
    return [found.get(bill_id) for bill_id in bill_ids]


async def load_bills_out(bill_ids: list[int]) -> list[BillView | None]:
    """Return each bill that has gone out."""
    found = await bills_out(bill_ids)
    return [found.get(bill_id) for bill_id in bill_ids]


async def load_tariffs(keys: list[TariffKey]) -> list[billing.TariffInForce | None]:
    """Return each account's tariff; the moments of one request are one."""
    found = await billing.tariffs_of([key.account_id for key in keys], now=keys[0].at)
    return [found.get(key.account_id) for key in keys]
