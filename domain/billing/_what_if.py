"""What would it have cost: any account under any tariff for any period."""

from dataclasses import dataclass
from datetime import date, datetime

from domain.base import Refusal, rows
from domain.metering import REGISTERS
from domain.tariff import Tariff

from ._calendar import day_of
from ._gather import Gathering, Standing, standing_of_account
from ._part import Part, Span, within
from ._piece import Agreed, Piece
from ._rated import Rated, Rating, chained
from ._read_registers import read_registers, registers_of
from ._registers import Read, Stood
from ._service_of import service_of

_METERS = f"""
select m.id as meter_id, m.ratio, r.measured_at as since, {", ".join(f"r.{n}" for n in REGISTERS)}
from meter m cross join lateral (
  select * from reading where meter_id = m.id order by measured_at limit 1) r
where m.account_id = $1 order by m.id
"""


class PeriodEmpty(Refusal):
    """The period has no days, or none since the account was opened."""

    code = "PERIOD_EMPTY"


@dataclass(frozen=True, slots=True)
class Meter:
    """A meter of the account, at work or taken down, from its first reading on."""

    meter_id: int
    ratio: int
    first: Read


async def what_if(account_id: int, tariff: str, *, first_day: date, until: date) -> Rated:
    """Rate what the account used from `first_day` until (not on) `until` under another tariff.

    The tiers have counted what was used since their cycle began. Nothing is stored. Refusals:
    PeriodEmpty, NotRatable (also where no version of the tariff holds).
    """
    standing, _ = await standing_of_account(account_id)
    first_day = max(first_day, standing.opened_on)
    if until <= first_day:
        raise PeriodEmpty(first_day=first_day, until=until)
    seen = Gathering()
    await seen.versions([tariff])
    pieces = seen.pieces((Agreed(tariff, date.min, None),), first_day, until)
    cycle = _cycle_start(pieces[0].tariff, first_day)
    before = [Piece(max(cycle, standing.opened_on), first_day, None)] if cycle < first_day else []
    parts = await _parts(account_id, [*before, *pieces], standing, period_from=first_day)
    used_wh = sum(part.energy_wh for part in parts[: len(before)])
    tariffs = [piece.tariff for piece in pieces]
    return chained(parts[len(before) :], tariffs, before_wh=used_wh, rating=Rating())


def _cycle_start(tariff: Tariff | None, day: date) -> date:
    around = tariff.cycle.around(day) if tariff and tariff.cycle else None
    return around[0] if around else day


async def meters_of(account_id: int) -> list[Meter]:
    return [
        Meter(each["meter_id"], each["ratio"], Read(each["since"], registers_of(each)))
        for each in await rows(_METERS, account_id)
    ]


async def _parts(
    account_id: int, pieces: list[Piece], standing: Standing, *, period_from: date
) -> list[Part]:
    meters = await meters_of(account_id)
    days = [pieces[0].first_day, *(piece.until for piece in pieces)]
    wanted = [(meter.meter_id, day, standing.zone) for day in days for meter in meters]
    stood = await read_registers(wanted, {meter.meter_id: meter.first for meter in meters})
    by_day = {(meter_id, day_of(at, standing.zone)): (at, s) for (meter_id, at), s in stood.items()}
    return [
        Part(
            piece.first_day,
            piece.until,
            piece.tariff.code if piece.tariff else "",
            piece.tariff.version if piece.tariff else "",
            0,
            within(standing.holder_on(a), a, period_from),
            tuple(
                _span(meter, by_day[meter.meter_id, a], by_day[meter.meter_id, b])
                for meter in meters
            ),
            await service_of(account_id, piece.tariff, first_day=a, until=b, zone=standing.zone),
        )
        for piece in pieces
        for a, b in [(piece.first_day, piece.until)]
    ]


def _span(meter: Meter, start: tuple[datetime, Stood], end: tuple[datetime, Stood]) -> Span:
    return Span(
        meter.meter_id,
        meter.ratio,
        start[0],
        end[0],
        start[1].registers,
        end[1].registers,
        start[1].estimated or end[1].estimated,
        end[1].missing,
    )
