"""Loaders: what many bills or accounts are asked for at once."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from domain import billing, metering
from domain.base import Asking
from domain.reporting import (
    BillLineView,
    BillView,
    ask_bill_lines,
    ask_bills_out,
)

Needed = frozenset[str] | None
"""The attributes that will be looked at, so far as it is known; None: all."""


class LinesKey(NamedTuple):
    """The lines of a bill."""

    bill: BillView
    locale: str
    needed: Needed


class TariffKey(NamedTuple):
    """The tariff of an account at a moment."""

    account_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Explained:
    """A bill with what explains it, and the serial numbers of its meters."""

    detail: billing.BillDetail
    serials: dict[int, str]


def load_bill_lines(keys: list[LinesKey]) -> Asking[list[list[BillLineView]]]:
    """Load the lines of each bill; one request speaks one language."""
    needs = {key.needed for key in keys}
    needed = None if None in needs else frozenset[str]().union(*(each or () for each in needs))
    bills, locale = [key.bill for key in keys], keys[0].locale
    found = yield from ask_bill_lines(bills, locale=locale, needed=needed)
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
