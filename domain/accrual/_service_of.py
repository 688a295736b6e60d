"""What a large account is charged for besides energy."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain import customer, metering
from domain.customer import ServiceFacts
from domain.metering import CurvePoint
from domain.tariff import Demand, PowerFactor, Standing, Tariff

_WINDOW = timedelta(minutes=15)
_LONGEST = timedelta(hours=1)
"""What was measured over more than this tells no demand."""

_HOUR_S = 3_600


@dataclass(frozen=True, slots=True)
class Service:
    """What large accounts are charged for besides energy, as `Consumption` of rating wants it."""

    capacity_va: int = 0
    declared_w: int = 0
    demand_w: int = 0
    reactive_varh: tuple[int, int] = (0, 0)


async def service_of(
    account_id: int, tariff: Tariff, *, first_day: date, since: datetime, until: datetime
) -> Service:
    """Return what the tariff asks for; nothing is looked up for one that prices energy only.

    What was contracted is that of `first_day`. Few accounts stand under a tariff that asks, so
    they are looked up one by one.
    """
    if not _asks(tariff):
        return Service()
    contracted = await customer.service_facts([account_id], first_day)
    facts = contracted.get(account_id, ServiceFacts())
    used = await metering.further_used(account_id, since=since, until=until)
    curve = await metering.curve_of(account_id, since=since, until=until, step=_WINDOW)
    demand_w = max((_demand_w(point) for point in curve), default=0)
    return Service(facts.capacity_va, facts.declared_w, demand_w, used.reactive_varh)


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
