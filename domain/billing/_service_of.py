"""What a large account is charged for besides energy, in one part of a period."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from domain import customer, metering
from domain.metering import CurvePoint
from domain.tariff import Demand, PowerFactor, Standing, Tariff

from ._calendar import midnight
from ._part import Service

_WINDOW = timedelta(minutes=15)
_LONGEST = timedelta(hours=1)
"""What was measured over more than this tells no demand."""

_HOUR_S = 3_600


async def service_of(
    account_id: int, tariff: Tariff | None, *, first_day: date, until: date, zone: ZoneInfo
) -> Service:
    """Return what the tariff asks for; nothing is looked up for one that prices energy only.

    Few accounts stand under a tariff that asks, so they are looked up one by one.
    """
    if tariff is None or not _asks(tariff):
        return Service()
    since, end = midnight(first_day, zone), midnight(until, zone)
    facts = (await customer.service_facts([account_id], first_day)).get(account_id)
    used = await metering.further_used(account_id, since=since, until=end)
    curve = await metering.curve_of(account_id, since=since, until=end, step=_WINDOW)
    return Service(
        facts.capacity_va if facts else 0,
        facts.declared_w if facts else 0,
        max((_demand_w(point) for point in curve), default=0),
        used.reactive_varh,
    )


def _asks(tariff: Tariff) -> bool:
    return any(
        isinstance(charge.rule, Demand | PowerFactor)
        or (isinstance(charge.rule, Standing) and charge.rule.unit == "kVA")
        for charge in tariff.charges
    )


def _demand_w(point: CurvePoint) -> int:
    span = point.until - point.since
    if span > _LONGEST:
        return 0
    return point.energy_wh * _HOUR_S // (span // timedelta(seconds=1))
