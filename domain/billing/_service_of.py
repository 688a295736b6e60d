"""What a large account is charged for besides energy, in one part of a period."""

from datetime import date
from zoneinfo import ZoneInfo

from domain import accrual
from domain.accrual import Service
from domain.tariff import Tariff

from ._calendar import midnight


async def service_of(
    account_id: int, tariff: Tariff | None, *, first_day: date, until: date, zone: ZoneInfo
) -> Service:
    """Return what the tariff asks for in these days."""
    if tariff is None:
        return Service()
    since, end = midnight(first_day, zone), midnight(until, zone)
    return await accrual.service_of(account_id, tariff, first_day=first_day, since=since, until=end)
