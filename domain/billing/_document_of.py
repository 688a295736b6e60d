"""Everything that a bill shows on paper or as data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from domain import ledger
from domain.base import row, rows, value
from domain.ledger import Balances

from ._calendar import day_of
from ._gather import Gathering
from ._queries import BillDetail, bill_of
from ._stored import Bill

MONTHS = 12

_HOLDER = """
select a.number, a.name, a.locale, d.name as district, d.timezone,
  (select address from usage_point u where u.account_id = a.id order by u.id limit 1) as address
from account a join district d on d.id = a.district_id where a.id = $1
"""

_MONTHS = """
select * from (
  select first_day, until, energy_wh, total_fen from bill
  where account_id = $1
  and (id = $2 or (kind = 'BILL' and state = 'ISSUED' and first_day < $3))
  order by first_day desc limit $4
) as m order by first_day
"""

_SERIALS = "select id, serial from meter where id = any($1)"
_NEWER = """
select coalesce(sum(total_fen), 0)::bigint from bill
where account_id = $1 and kind = 'BILL' and state = 'ISSUED' and first_day > $2
"""


@dataclass(frozen=True, slots=True)
class MonthOfUse:
    """What an earlier bill, or this one, was for."""

    first_day: date
    until: date
    energy_wh: int
    total_fen: int | None


@dataclass(frozen=True, slots=True)
class TierBar:
    """How far the tier cycle has come with this bill: `limits_wh` bound all tiers but the last."""

    limits_wh: tuple[int, ...]
    before_wh: int
    after_wh: int


@dataclass(frozen=True, slots=True)
class BillDocument:
    """A bill as it is shown: who, what, line by line, how the tiers stand, and the last year.

    `open_fen` is what is still to pay of it today: money pays the oldest bill first. `months` end
    with this bill, oldest first; `serials` name the meters.
    """

    detail: BillDetail
    account: str
    name: str
    address: str
    district: str
    locale: str
    issued_on: date | None
    currency: str
    digits: int
    tiers: TierBar | None
    months: tuple[MonthOfUse, ...]
    open_fen: int
    serials: Mapping[int, str]


async def document_of(bill_id: int) -> BillDocument:
    """Return the bill as it is shown. Refusals: UnknownBill."""
    detail = await bill_of(bill_id)
    bill = detail.bill
    holder = await row(_HOLDER, bill.account_id)
    assert holder is not None
    last = detail.parts[-1]
    seen = Gathering()
    versions = await seen.versions([last.tariff])
    tariff = next((v for v in versions[last.tariff] if v.version == last.version), None)
    months = await rows(_MONTHS, bill.account_id, bill_id, bill.first_day, MONTHS)
    meters = {span.meter_id for part in detail.parts for span in part.spans}
    return BillDocument(
        detail,
        holder["number"],
        holder["name"],
        holder["address"] or "",
        holder["district"],
        holder["locale"],
        bill.issued_at and day_of(bill.issued_at, ZoneInfo(holder["timezone"])),
        tariff.currency if tariff else "",
        tariff.digits if tariff else 2,
        _tiers(detail),
        tuple(MonthOfUse(**each) for each in months),
        await _open_fen(detail.bill),
        {each["id"]: each["serial"] for each in await rows(_SERIALS, sorted(meters))},
    )


async def _open_fen(bill: Bill) -> int:
    if bill.kind != "BILL" or bill.state != "ISSUED" or bill.total_fen is None:
        return 0
    balances = await ledger.balances_of([bill.account_id])
    balance = balances.get(bill.account_id, Balances())
    newer_fen: int = await value(_NEWER, bill.account_id, bill.first_day)
    owed_fen = balance.receivable_fen - balance.prepaid_fen - newer_fen
    return max(0, min(bill.total_fen, owed_fen))


def _tiers(detail: BillDetail) -> TierBar | None:
    part = detail.parts[-1]
    if not part.limits_wh:
        return None
    charged = sum(
        line.quantity
        for line in detail.lines
        if line.part == len(detail.parts) - 1 and line.tier is not None and line.unit == "kWh"
    )
    return TierBar(part.limits_wh, part.before_wh, part.before_wh + charged)
