"""Which tariff accounts stand under today, with their own tier limits, and how far they are."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.base import rows
from domain.rating import Terms
from domain.tariff import Charge, Tariff

from ._calendar import day_of
from ._gather import Gathering, OpenPart, gather
from ._part import Part
from ._rated import Rating

_USED = """
select account_id, cycle_wh + unbilled_wh - closed_wh as used_wh from account_position
where account_id = any($1)
"""


@dataclass(frozen=True, slots=True)
class TariffInForce:
    """The version that holds on `day`, on which the account was asked about.

    `charges` are those that apply to the account on that day. `limits_wh` bound all tiers but the
    last for this account; `used_wh` is what it has used in the tier cycle so far. The tier that it
    stands in is `tier`, counted from 1; None: there are no tiers.
    """

    tariff: Tariff
    day: date
    charges: tuple[Charge, ...]
    limits_wh: tuple[int, ...]
    used_wh: int

    @property
    def tier(self) -> int | None:
        if not self.limits_wh:
            return None
        return 1 + sum(self.used_wh > limit for limit in self.limits_wh)


async def tariffs_of(account_ids: Collection[int], *, now: datetime) -> dict[int, TariffInForce]:
    """Return the tariff of each account; those without a meter or under no tariff are left out."""
    seen, rating = Gathering(), Rating()
    found = await gather(account_ids, seen=seen)
    used = {each["account_id"]: each["used_wh"] for each in await rows(_USED, list(account_ids))}
    answers: dict[int, TariffInForce] = {}
    for each in found:
        account_id, today = each.standing.account_id, day_of(now, each.standing.zone)
        tariff = seen.pieces(each.standing.footing, today, today + timedelta(days=1))[0].tariff
        if tariff is not None:
            terms = _terms(each, tariff, today, rating)
            charges = tuple(item.charge for item in terms.items)
            wh = used[account_id]
            answers[account_id] = TariffInForce(tariff, today, charges, terms.limits, wh)
    return answers


def _terms(each: OpenPart, tariff: Tariff, today: date, rating: Rating) -> Terms:
    holder = each.standing.holder_on(today)
    tomorrow = today + timedelta(days=1)
    part = Part(today, tomorrow, tariff.code, tariff.version, 0, holder, ())
    return rating.terms(tariff, part)
