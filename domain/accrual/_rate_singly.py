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
from ._services_of import Service, ServiceAsked, services_of

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
    """Return the charges of these accounts; what the tariff does not price is left out, and who
    has used less than nothing.
    """
    by_account = {
        int(account_id): group for group in groups for account_id in group.accounts.split(",")
    }
    rated: list[Rated] = []
    found = await rows(_USED, listed(by_account))
    services = await services_of(_asked(used, by_account[used["account_id"]]) for used in found)
    for used in found:
        # An estimate lay above what was measured since: the bill that ended on it comes first.
        if min(used[f"{period}_wh"] for period in PERIODS) < 0:
            continue
        group = by_account[used["account_id"]]
        service = services.get(used["account_id"], Service())
        try:
            charges = rate(group.terms, _consumption(used, service))
        except Refusal:
            continue
        wh = sum(used[f"{period}_wh"] for period in PERIODS)
        rated.append(Rated(used["account_id"], used["since"], used["as_of"], wh, charges))
    return rated


def _asked(used: dict[str, Any], group: Group) -> ServiceAsked:
    tariff, first_day = group.terms.tariff, group.first_day
    return ServiceAsked(used["account_id"], tariff, first_day, used["since"], used["as_of"])


def _consumption(used: dict[str, Any], service: Service) -> Consumption:
    sharp, peak, flat, valley, deep = (used[f"{period}_wh"] for period in PERIODS)
    return Consumption(
        (sharp, peak, flat, valley, deep),
        used["cycle_wh"],
        capacity_va=service.capacity_va,
        declared_w=service.declared_w,
        demand_w=service.demand_w,
        reactive_varh=service.reactive_varh,
    )
