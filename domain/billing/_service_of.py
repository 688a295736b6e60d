"""What large accounts are charged for besides energy, in one part of a period."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from domain import accrual
from domain.accrual import Service, ServiceAsked
from domain.tariff import Tariff

from ._calendar import midnight
from ._gather import OpenPart


async def service_of(
    account_id: int, tariff: Tariff | None, *, first_day: date, until: date, zone: ZoneInfo
) -> Service:
    """Return what the tariff asks for in these days."""
    if tariff is None:
        return Service()
    asked = _asked(account_id, tariff, first_day=first_day, until=until, zone=zone)
    return (await accrual.services_of([asked])).get(account_id, Service())


async def services_of(open_parts: Sequence[OpenPart]) -> dict[int, Service]:
    """Return what tariffs ask for in these parts; accounts that are asked nothing are left out."""
    tariffs = {id(part.piece.tariff): part.piece.tariff for part in open_parts}
    asking = {key for key, each in tariffs.items() if each and accrual.asks_for_service(each)}
    return await accrual.services_of(
        _asked(
            part.standing.account_id,
            part.piece.tariff,
            first_day=part.piece.first_day,
            until=part.piece.until,
            zone=part.standing.zone,
        )
        for part in open_parts
        if part.piece.tariff is not None and id(part.piece.tariff) in asking
    )


def _asked(
    account_id: int, tariff: Tariff, *, first_day: date, until: date, zone: ZoneInfo
) -> ServiceAsked:
    since, end = midnight(first_day, zone), midnight(until, zone)
    return ServiceAsked(account_id, tariff, first_day, since, end)
