"""The meters that an account has had, and what they did between two days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from domain.base import rows
from domain.metering import REGISTERS

from ._calendar import midnight
from ._part import Span
from ._read_registers import At, read_registers, registers_of
from ._registers import Read, Stood

_METERS = f"""
select m.id as meter_id, m.ratio, m.removed_at, r.measured_at as since,
  {", ".join(f"r.{n}" for n in REGISTERS)}
from meter m cross join lateral (
  select * from reading where meter_id = m.id order by measured_at limit 1) r
where m.account_id = $1 order by m.id
"""

# What the registers showed at the change was recorded with it.
_CHANGES = f"""
select c.meter_id, c.at, c.ratio_before, {", ".join(f"r.{n}" for n in REGISTERS)}
from ratio_change c join reading r on r.meter_id = c.meter_id and r.measured_at = c.at
where c.meter_id = any($1) order by c.meter_id, c.at
"""


@dataclass(frozen=True, slots=True)
class Meter:
    """A meter of the account, at work or taken down (`removed_at`), from its first reading on.

    `changes`: the registers at which another ratio began, with the one that held until then.
    """

    meter_id: int
    ratio: int
    first: Read
    removed_at: datetime | None
    changes: tuple[tuple[Read, int], ...] = ()

    def spans(self, since: datetime, until: datetime, stood: Mapping[At, Stood]) -> list[Span]:
        """Return what it did, a span for each ratio; none where it was not at work."""
        here, end = stood[self.meter_id, since], stood[self.meter_id, until]
        since = max(since, self.first.at)
        if self.removed_at is not None and self.removed_at <= until:
            until, end = self.removed_at, Stood(end.registers)
        if since >= until:
            return []
        at, registers, estimated, found = since, here.registers, here.estimated, []
        ratio = next((before for read, before in self.changes if read.at > since), self.ratio)
        for k, (read, before) in enumerate(self.changes):
            if since < read.at < until:
                span = (at, read.at, registers, read.registers, estimated)
                found.append(Span(self.meter_id, before, *span))
                at, registers, estimated = read.at, read.registers, False
                ratio = self._after(k)
        last = (at, until, registers, end.registers, estimated, end.estimated, end.missing)
        return [*found, Span(self.meter_id, ratio, *last)]

    def _after(self, change: int) -> int:
        following = self.changes[change + 1 :]
        return following[0][1] if following else self.ratio


async def meters_of(account_id: int) -> list[Meter]:
    found = await rows(_METERS, account_id)
    changes: dict[int, list[tuple[Read, int]]] = {}
    for each in await rows(_CHANGES, [each["meter_id"] for each in found]):
        change = (Read(each["at"], registers_of(each)), each["ratio_before"])
        changes.setdefault(each["meter_id"], []).append(change)
    return [
        Meter(
            each["meter_id"],
            each["ratio"],
            Read(each["since"], registers_of(each)),
            each["removed_at"],
            tuple(changes.get(each["meter_id"], ())),
        )
        for each in found
    ]


async def spans_of(
    account_id: int, days: Sequence[date], zone: ZoneInfo
) -> dict[tuple[date, date], tuple[Span, ...]]:
    """Return what the account's meters did between each of these days and the next."""
    meters = await meters_of(account_id)
    wanted = [(meter.meter_id, day, zone) for day in days for meter in meters]
    stood = await read_registers(wanted, {meter.meter_id: meter.first for meter in meters})
    return {
        (since, until): tuple(
            span
            for meter in meters
            for span in meter.spans(midnight(since, zone), midnight(until, zone), stood)
        )
        for since, until in pairwise(days)
    }
