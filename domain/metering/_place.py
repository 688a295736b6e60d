"""Put one reading into the record by hand, whatever the rating says: what a person answers for."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from domain.base import Actor, Refusal, row, run

from ._ensure_partitions import ensure_partitions
from ._mark_changed import mark_changed
from ._plausibility import CLOCK_AHEAD, MOST_WH, Known, limit_wh
from ._reading import REGISTERS, Reading, Registers, registers_in
from ._rollover import continued
from ._set_apart import set_apart
from ._withdraw_estimates import withdraw_estimates

_STANDING = f"""
select r.account_id, r.measured_at as last_at, r.estimated, m.rated_w, m.digits,
  coalesce((select c.ratio_before from ratio_change c where c.meter_id = $1 and c.at >= $2
            order by c.at limit 1), m.ratio) as ratio,
  m.installed_at, m.removed_at, (m.removed_at = $2) is true or exists (
    select 1 from ratio_change c where c.meter_id = $1 and c.at = $2) as ends_segment,
  b.measured_at as before_at, a.measured_at as after_at,
  {", ".join(f"b.{name} as before_{name}, a.{name} as after_{name}" for name in REGISTERS)}
from meter_register r join meter m on m.id = r.meter_id
left join lateral (select * from reading x where x.meter_id = $1 and x.measured_at < $2
                   and not x.estimated order by x.measured_at desc limit 1) b on true
left join lateral (select * from reading x where x.meter_id = $1 and x.measured_at > $2
                   and not x.estimated order by x.measured_at limit 1) a on true
where r.meter_id = $1 for no key update of r
"""

_PUT = f"""
insert into reading (meter_id, measured_at, n, {", ".join(REGISTERS)}, estimated)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, false)
"""

_MOVE = f"""
update meter_register set measured_at = $2, estimated = false,
  {", ".join(f"{name} = ${k}" for k, name in enumerate(REGISTERS, 3))}
where meter_id = $1
"""


class InstantImpossible(Refusal):
    """The meter cannot have been read then: it was not at work, or the instant lies ahead; or what
    it showed then is settled already, by its being taken down or put behind another ratio.
    """

    code = "INSTANT_IMPOSSIBLE"


class RunsBackwards(Refusal):
    """The registers lie below an earlier reading or above a later one."""

    code = "READING_RUNS_BACKWARDS"


class RegistersRefused(Refusal):
    """No register counts so far, or below zero."""

    code = "REGISTERS_REFUSED"


@dataclass(frozen=True, slots=True)
class Standing:
    """A meter around an instant: its measured neighbours and what its registers stand on.

    `ends_segment`: it was taken down or put behind another ratio just then, and is charged by what
    it showed.
    """

    account_id: int
    installed_at: datetime
    removed_at: datetime | None
    ends_segment: bool
    last_at: datetime
    estimated: bool
    rated_w: int
    digits: int
    ratio: int
    before: Known | None
    after: Known | None

    def is_open(self, at: datetime, *, now: datetime) -> bool:
        """Tell whether a reading of that instant may be put in by hand."""
        latest = self.removed_at or now + CLOCK_AHEAD
        return self.installed_at < at <= latest and not self.ends_segment

    def counted(self, registers: Registers, at: datetime) -> Registers:
        """Return shown registers as counts that go on from the reading before."""
        if self.before is None:
            return registers
        limit = limit_wh(self.before, at, rated_w=self.rated_w, ratio=self.ratio)
        return continued(registers, self.before.registers, digits=self.digits, limit_wh=limit)


async def standing_of(meter_id: int, at: datetime) -> Standing:
    """Return how the meter stands around an instant; its registers are locked."""
    found = await row(_STANDING, meter_id, at)
    assert found is not None, "a meter has registers from its installation on"

    def neighbour(side: str) -> Known | None:
        measured_at = found[f"{side}_at"]
        return Known(measured_at, registers_in(found, f"{side}_")) if measured_at else None

    facts: dict[str, Any] = {
        name: found[name] for name in Standing.__slots__ if name not in {"before", "after"}
    }
    return Standing(**facts, before=neighbour("before"), after=neighbour("after"))


async def place(reading: Reading, standing: Standing, *, actor: Actor, now: datetime) -> None:
    """Store a reading, in place of what stands at its instant; the account is computed again.

    Refuses with InstantImpossible, RunsBackwards or RegistersRefused.
    """
    at, registers = reading.measured_at, reading.registers
    before, after = standing.before, standing.after
    if before is None or not standing.is_open(at, now=now):
        raise InstantImpossible(measured_at=at)
    if not all(0 <= each <= MOST_WH for each in registers):
        raise RegistersRefused(most_wh=MOST_WH)
    pairs = [(before.registers, registers), *([(registers, after.registers)] if after else [])]
    if any(b < a for earlier, later in pairs for a, b in zip(earlier, later, strict=True)):
        raise RunsBackwards(before_wh=before.registers, after_wh=after and after.registers)
    await set_apart(reading.meter_id, at, actor=actor, reason="", now=now)
    await withdraw_estimates(
        reading.meter_id,
        after=before.measured_at,
        until=after.measured_at if after else None,
        now=now,
    )
    await ensure_partitions({at.astimezone(UTC).date()})
    await run(_PUT, reading.meter_id, at, reading.n, *registers)
    if after is None and (at >= standing.last_at or standing.estimated):
        await run(_MOVE, reading.meter_id, at, *registers)
    await mark_changed([standing.account_id])
