"""Compute available balances, a batch in one statement."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from domain import customer
from domain.base import rows, transaction
from domain.rating import Terms, set_based, terms_of
from domain.tariff import versions_at

from ._statement import statement

_AGREED = """
select a.id as account_id, d.timezone, g.tariff_code, g.valid_from, g.valid_to
from account a join district d on d.id = a.district_id
join agreement g on g.account_id = a.id
where a.id = any($1) order by a.id, g.valid_from
"""


@dataclass(frozen=True, slots=True)
class Accrued:
    """The new available balance of an account; `crossed`: a watch line was reached or passed."""

    account_id: int
    available_fen: int
    daily_fen: int
    as_of: datetime | None
    crossed: bool


async def accrue(account_ids: Collection[int], *, now: datetime) -> list[Accrued]:
    """Compute and store the available balance of these accounts (测算).

    Takes the lock of the accounts. Where no tariff holds on the day, or it does not price what was
    used, the charge stays as of the last reading that could be rated: the position grows stale,
    and a stale position trips nobody.
    """
    ids = sorted(account_ids)
    async with transaction():
        await customer.lock(ids)
        known, index_of = await _terms(ids, now=now)
        prepared = statement({k: set_based(each) for k, each in enumerate(known)})
        indexes = [index_of.get(account_id, -1) for account_id in ids]
        return [
            Accrued(**found) for found in await rows(prepared.sql, ids, indexes, *prepared.values)
        ]


async def terms_for(account_id: int, *, now: datetime) -> Terms | None:
    """Return the terms that the account stands under today, or None."""
    known, _ = await _terms([account_id], now=now)
    return known[0] if known else None


async def _terms(ids: list[int], *, now: datetime) -> tuple[list[Terms], dict[int, int]]:
    """Return the terms that occur, and for each account which of them is its own."""
    codes: dict[int, tuple[str, date]] = {}
    for found in await rows(_AGREED, ids):
        day = now.astimezone(ZoneInfo(found["timezone"])).date()
        if found["valid_from"] <= day and (found["valid_to"] is None or day < found["valid_to"]):
            codes[found["account_id"]] = (found["tariff_code"], day)
    known: dict[tuple[str, date], Terms] = {}
    for day in sorted({day for _, day in codes.values()}):
        wanted = sorted({code for code, on in codes.values() if on == day})
        for code, tariff in (await versions_at(wanted, day)).items():
            known[code, day] = terms_of(tariff, first_day=day)
    order = {key: k for k, key in enumerate(known)}
    return list(known.values()), {a: order[key] for a, key in codes.items() if key in order}
