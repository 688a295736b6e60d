"""Gather what the open parts of accounts stand on, a batch at a time."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from domain.base import rows, unpacked
from domain.metering import REGISTERS
from domain.rating import Contracted, Entitlement, Holder
from domain.tariff import Tariff, versions_of

from ._calendar import day_of, period_end
from ._part import Part, understood
from ._piece import Agreed, Footing, Piece, Versions, pieces
from ._read_registers import registers_of
from ._registers import Read

_ACCOUNTS = """
select a.id, d.timezone, p.cycle_wh, coalesce(c.reading_day, 1) as reading_day,
  a.opened_at, a.closed_at, g.agreed, e.holds, f.contracted, o.parts
from account a join district d on d.id = a.district_id
join account_position p on p.account_id = a.id
left join bill_cycle c on c.account_id = a.id
left join (select account_id, jsonb_agg(jsonb_build_array(tariff_code, valid_from, valid_to)
             order by valid_from) as agreed from agreement where account_id = any($1)
           group by account_id) g on g.account_id = a.id
left join (select account_id, jsonb_agg(jsonb_build_array(name, since, until, count)
             order by name, since) as holds from entitlement where account_id = any($1)
           group by account_id) e on e.account_id = a.id
left join (select account_id, jsonb_agg(jsonb_build_array(since, capacity_va, declared_w)
             order by since) as contracted from service_fact where account_id = any($1)
           group by account_id) f on f.account_id = a.id
left join (select account_id, jsonb_agg(part order by n) as parts from open_bill_part
           where account_id = any($1) group by account_id) o on o.account_id = a.id
where a.id = any($1) and p.account_id = any($1)
"""

_BASES = f"""
select account_id, meter_id, since, estimated, ratio, until, {", ".join(REGISTERS)},
  {", ".join(f"end_{name}" for name in REGISTERS)}
from charge_segment where account_id = any($1) order by account_id, meter_id, n
"""


@dataclass(frozen=True, slots=True)
class Metered:
    """A meter and the registers from which it counts, up to its `end` if it has one: it was taken
    down there, or put behind another ratio.
    """

    meter_id: int
    ratio: int
    base: Read
    end: Read | None = None

    def runs_at(self, at: datetime) -> bool:
        """Tell whether it counts up to `at` and on."""
        return self.base.at < at and (self.end is None or self.end.at > at)


@dataclass(frozen=True, slots=True)
class Standing:
    """What is agreed with an account: its zone, its reading day, and its footing.

    `closed_on` is the first day on which it is served no more.
    """

    account_id: int
    zone: ZoneInfo
    reading_day: int
    footing: Footing
    opened_on: date
    closed_on: date | None

    def holder_on(self, first_day: date) -> Holder:
        """Return the holder of a part; a day of opening in an earlier year says nothing more."""
        opened = self.opened_on if self.opened_on.year == first_day.year else None
        return Holder(opened, self.closed_on, self.footing.entitlements)


@dataclass(frozen=True, slots=True)
class OpenPart:
    """The part that an account is in: the period ends on `period_until`, the part perhaps before.

    `closed` are the parts of the same period that have ended.
    """

    standing: Standing
    cycle_wh: int
    meters: tuple[Metered, ...]
    closed: tuple[Part, ...]
    piece: Piece
    period_until: date

    @property
    def first_day(self) -> date:
        """Return the first day of the period."""
        return self.closed[0].first_day if self.closed else self.piece.first_day

    @property
    def ends_period(self) -> bool:
        return self.piece.until == self.period_until


class Gathering:
    """Remembers the versions and the pieces that many accounts of a run share."""

    def __init__(self) -> None:
        self._versions: dict[str, tuple[Tariff, ...]] = {}
        self._pieces: dict[tuple[object, ...], tuple[Piece, ...]] = {}

    async def versions(self, codes: Collection[str]) -> Versions:
        missing = sorted(set(codes) - self._versions.keys())
        if missing:
            self._versions |= dict.fromkeys(missing, ()) | await versions_of(missing)
        return self._versions

    def version(self, part: Part) -> Tariff | None:
        """Return the version that a part names; it was asked for before, with its tariff."""
        versions = self._versions.get(part.tariff, ())
        return next((each for each in versions if each.version == part.version), None)

    def pieces(self, footing: Footing, first_day: date, until: date) -> tuple[Piece, ...]:
        key = (footing, first_day, until)
        if key not in self._pieces:
            self._pieces[key] = pieces(footing, self._versions, first_day, until)
        return self._pieces[key]


async def gather(account_ids: Collection[int], *, seen: Gathering) -> list[OpenPart]:
    """Return the open part of each of these accounts, whose locks are held."""
    ids = sorted(account_ids)
    metered: dict[int, list[Metered]] = {}
    for each in await rows(_BASES, ids):
        base = Read(each["since"], registers_of(each), bool(each["estimated"]))
        end = Read(each["until"], registers_of(each, "end_")) if each["until"] else None
        meter = Metered(each["meter_id"], each["ratio"], base, end)
        metered.setdefault(each["account_id"], []).append(meter)
    found = await rows(_ACCOUNTS, ids)
    known = [(standing_of(each), each["cycle_wh"], _closed(each)) for each in found]
    await seen.versions(
        {agreed.tariff for standing, *_ in known for agreed in standing.footing.agreed}
        | {part.tariff for *_, closed in known for part in closed}
    )
    return [
        _open_part(standing, cycle_wh, tuple(metered[standing.account_id]), closed, seen)
        for standing, cycle_wh, closed in known
        if standing.account_id in metered
    ]


async def standing_of_account(account_id: int) -> tuple[Standing, tuple[Part, ...]]:
    """Return what is agreed with an account, and the parts of its open period that have ended."""
    found = (await rows(_ACCOUNTS, [account_id]))[0]
    return standing_of(found), _closed(found)


def standing_of(row: Mapping[str, Any]) -> Standing:
    zone = ZoneInfo(row["timezone"])
    return Standing(
        row["id"],
        zone,
        row["reading_day"],
        _footing(row["agreed"] or "[]", row["holds"] or "[]", row["contracted"] or "[]"),
        day_of(row["opened_at"], zone),
        row["closed_at"] and day_of(row["closed_at"], zone) + timedelta(days=1),
    )


@lru_cache(maxsize=4096)
def _footing(agreed: str, holds: str, contracted: str) -> Footing:
    """Return what texts say; most accounts of a tariff say the same."""
    day = date.fromisoformat
    return Footing(
        tuple(
            Agreed(code, day(since), until and day(until))
            for code, since, until in unpacked(agreed)
        ),
        tuple(
            Entitlement(name, day(since), until and day(until), count)
            for name, since, until, count in unpacked(holds)
        ),
        tuple(Contracted(day(since), va, w) for since, va, w in unpacked(contracted)),
    )


def _closed(row: Mapping[str, Any]) -> tuple[Part, ...]:
    return understood(unpacked(row["parts"])) if row["parts"] else ()


def _open_part(
    standing: Standing,
    cycle_wh: int,
    meters: tuple[Metered, ...],
    closed: tuple[Part, ...],
    seen: Gathering,
) -> OpenPart:
    since: datetime = min(meter.base.at for meter in meters)
    first_day = day_of(since, standing.zone)
    until = period_end(closed[0].first_day if closed else first_day, standing.reading_day)
    if standing.closed_on is not None:
        until = max(min(until, standing.closed_on), first_day + timedelta(days=1))
    piece = seen.pieces(standing.footing, first_day, until)[0]
    return OpenPart(standing, cycle_wh, meters, closed, piece, until)
