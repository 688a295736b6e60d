"""Rate accounts one by one, by the reference: what one statement for all cannot say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.base import LISTED, Refusal, listed, rows
from domain.metering import PERIODS
from domain.rating import Charges, Consumption, rate

from ._group import Group
from ._segment import SEGMENT_AS_OF, SEGMENT_USE
from ._service_of import service_of

_USED = f"""
select s.account_id, min(s.since) as since, {SEGMENT_AS_OF} as as_of,
  max(p.cycle_wh) as cycle_wh, {SEGMENT_USE}
from charge_segment s join meter_register r using (meter_id)
join account_position p on p.account_id = s.account_id
where s.account_id = {LISTED} and r.account_id = {LISTED} and p.account_id = {LISTED}
group by s.account_id having bool_and(r.measured_at >= s.since) order by s.account_id
"""


@dataclass(frozen=True, slots=True)
class Rated:
    """What an account has used from `since` to `as_of`, and what it comes to."""

    account_id: int
    since: datetime
    as_of: datetime
    used_wh: int
    charges: Charges


async def rate_singly(groups: Sequence[Group]) -> list[Rated]:
    """Return the charges of these accounts; what the tariff does not price is left out."""
    by_account = {
        int(account_id): group for group in groups for account_id in group.accounts.split(",")
    }
    rated: list[Rated] = []
    for used in await rows(_USED, listed(by_account)):
        group = by_account[used["account_id"]]
        try:
            charges = rate(group.terms, await _consumption(used, group))
        except Refusal:
            continue
        wh = sum(used[f"{period}_wh"] for period in PERIODS)
        rated.append(Rated(used["account_id"], used["since"], used["as_of"], wh, charges))
    return rated


async def _consumption(used: dict[str, Any], group: Group) -> Consumption:
    sharp, peak, flat, valley, deep = (used[f"{period}_wh"] for period in PERIODS)
    service = await service_of(
        used["account_id"],
        group.terms.tariff,
        first_day=group.first_day,
        since=used["since"],
        until=used["as_of"],
    )
    return Consumption(
        (sharp, peak, flat, valley, deep),
        used["cycle_wh"],
        capacity_va=service.capacity_va,
        declared_w=service.declared_w,
        demand_w=service.demand_w,
        reactive_varh=service.reactive_varh,
    )
