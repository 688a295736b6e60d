"""Load curves and what further registers counted: differences of registers, times the ratio."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.base import row, rows

from ._further import EXPORT_PERIODS, FURTHER

RATIO_THEN = """coalesce((select c.ratio_before from ratio_change c where c.meter_id = r.meter_id
    and c.at >= r.measured_at order by c.at limit 1), m.ratio)"""
"""SQL: the ratio that held for a reading `r` of a meter `m`."""

_CURVE = f"""
with used as (
  select r.meter_id, r.measured_at, r.estimated, lag(r.measured_at) over w as since,
    (r.total_wh - lag(r.total_wh) over w) * {RATIO_THEN} as energy_wh
  from meter m join reading r on r.meter_id = m.id
  where m.account_id = $1 and r.measured_at <= $3 and r.measured_at >= coalesce(
    (select b.measured_at from reading b where b.meter_id = m.id and b.measured_at <= $2
     order by b.measured_at desc limit 1), $2)
  window w as (partition by r.meter_id order by r.measured_at)
)
select date_bin($4::interval, measured_at - interval '1 microsecond', $2) as at,
  min(since) as since, max(measured_at) as until, sum(energy_wh)::bigint as energy_wh,
  bool_or(estimated) as estimated
from used where since is not null and measured_at > $2 group by 1 order by 1
"""

# Registers never fall: the highest one so far is the last one, also where a reading left it out.
FURTHER_WAYS = ", ".join(
    f"""(r.{n} - max(r.{n}) over (partition by r.meter_id order by r.measured_at
      rows between unbounded preceding and 1 preceding)) * {RATIO_THEN} as {n}"""
    for n in FURTHER
)
"""SQL: the way of each further register up to a reading `r` of a meter `m`."""

FURTHER_SINCE = f"""coalesce((select least({
    ", ".join(f"max(b.measured_at) filter (where b.{n} is not null)" for n in FURTHER)
}) from further_reading b where b.meter_id = m.id and b.measured_at <= {{}}), {{}})"""
"""SQL: from where on readings of a meter `m` tell its ways after an instant."""

_FURTHER = f"""
with used as (
  select r.measured_at, {FURTHER_WAYS}
  from meter m join further_reading r on r.meter_id = m.id
  where m.account_id = $1 and r.measured_at <= $3
  and r.measured_at >= {FURTHER_SINCE.format("$2::timestamptz", "$2")}
)
select {", ".join(f"sum({n})::bigint as {n}" for n in FURTHER)} from used where measured_at > $2
"""


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What an account used in the step that began `at`.

    It was measured from `since` to `until`: after a gap the energy of the whole gap stands in the
    step in which the meter spoke again, and `since` shows it.
    """

    at: datetime
    since: datetime
    until: datetime
    energy_wh: int
    estimated: bool


@dataclass(frozen=True, slots=True)
class FurtherUse:
    """What flowed back, and the reactive energy of both directions (for the power factor).

    `export_periods_wh`: what flowed back in each of PERIODS; None where no meter tells.
    """

    export_wh: int
    import_varh: int
    export_varh: int
    export_periods_wh: tuple[int, int, int, int, int] | None = None

    @property
    def reactive_varh(self) -> tuple[int, int]:
        """Both directions, as `Consumption.reactive_varh` of rating wants them."""
        return (self.import_varh, self.export_varh)


async def curve_of(
    account_id: int, *, since: datetime, until: datetime, step: timedelta
) -> tuple[CurvePoint, ...]:
    """Return the curve of the account in steps of 15 or 60 minutes, say, counted from `since`."""
    found = await rows(_CURVE, account_id, since, until, step)
    return tuple(CurvePoint(**each) for each in found)


async def further_used(account_id: int, *, since: datetime, until: datetime) -> FurtherUse:
    """Return what the further registers of the account counted from `since` to `until`."""
    found = await row(_FURTHER, account_id, since, until)
    assert found is not None
    sharp, peak, flat, valley, deep = (found[name] for name in EXPORT_PERIODS)
    return FurtherUse(
        found["export_wh"] or 0,
        found["import_varh"] or 0,
        found["export_varh"] or 0,
        None if sharp is None else (sharp, peak, flat, valley, deep),
    )
