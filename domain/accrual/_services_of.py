"""What large accounts are charged for besides energy."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain import customer, metering
from domain.customer import ServiceFacts
from domain.tariff import Demand, Tariff


@dataclass(frozen=True, slots=True)
class Service:
    """What large accounts are charged for besides energy, as `Consumption` of rating wants it.

    `reactive_varh` is None where the tariff asks for it and nothing was read that tells.
    """

    capacity_va: int = 0
    declared_w: int = 0
    demand_w: int = 0
    reactive_varh: tuple[int, int] | None = (0, 0)


@dataclass(frozen=True, slots=True)
class ServiceAsked:
    """An account, its tariff, and the span that is asked about; it begins on `first_day`."""

    account_id: int
    tariff: Tariff
    first_day: date
    since: datetime
    until: datetime


async def services_of(asked: Iterable[ServiceAsked]) -> dict[int, Service]:
    """Return what the tariffs of these accounts ask for; who is asked nothing is left out.

    What was contracted is that of the first day. An account is asked about once only.
    """
    wanted = [each for each in asked if asks_for_service(each.tariff)]
    if not wanted:
        return {}
    facts = await _contracted(wanted)
    used = await metering.service_use([
        (a.account_id, a.since, a.until, _window(a.tariff)) for a in wanted
    ])
    return {
        each.account_id: _service(facts.get(each.account_id), used[each.account_id])
        for each in wanted
    }


def asks_for_service(tariff: Tariff) -> bool:
    """Tell whether the tariff prices anything that energy registers do not tell."""
    return any(charge.asks_service for charge in tariff.charges)


async def _contracted(wanted: Sequence[ServiceAsked]) -> dict[int, ServiceFacts]:
    found: dict[int, ServiceFacts] = {}
    for day in {each.first_day for each in wanted}:
        theirs = [each.account_id for each in wanted if each.first_day == day]
        found |= await customer.service_facts(theirs, day)
    return found


def _window(tariff: Tariff) -> timedelta:
    found = (each.rule.window_minutes for each in tariff.charges if isinstance(each.rule, Demand))
    return timedelta(minutes=next(found, 15))


def _service(facts: ServiceFacts | None, used: metering.ServiceUse) -> Service:
    stated = facts or ServiceFacts()
    return Service(stated.capacity_va, stated.declared_w, used.demand_w, used.reactive_varh)
