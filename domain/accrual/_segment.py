"""Segment: a meter behind one ratio, from its base to its end or to its present registers."""

from domain.metering import PERIODS, REGISTERS

SEGMENT_USE = ", ".join(
    f"sum((coalesce(s.end_{p}_wh, r.{p}_wh) - s.{p}_wh) * s.ratio)::bigint as {p}_wh"
    for p in PERIODS
)
"""SQL: what was used by period over segments `s` of meters with registers `r`.

It fits: metering accepts no way of a register that is longer, behind its ratio, than 1.2 times
the rating carries, and nobody can put in more than 10^12 Wh, which a ratio of a million leaves
within a bigint.
"""

SEGMENT_AS_OF = "coalesce(min(r.measured_at) filter (where s.until is null), max(s.until))"
"""SQL: up to when that is known; ended segments keep nobody back."""

OPEN_AT_REGISTERS = f"""
insert into charge_segment (account_id, meter_id, n, ratio, since, {", ".join(REGISTERS)})
select r.account_id, r.meter_id, coalesce(
    (select max(n) + 1 from charge_segment s
     where s.account_id = r.account_id and s.meter_id = r.meter_id), 0),
  m.ratio, r.measured_at, {", ".join(f"r.{name}" for name in REGISTERS)}
from meter_register r join meter m on m.id = r.meter_id
"""
"""SQL: open segments at the present registers; add which."""

SEGMENT_BASES = f"""
select account_id, max(meter_id) filter (where until is null) as meter_id,
  max(ratio) filter (where until is null) as ratio,
  max(since) filter (where until is null) as since,
  {", ".join(f"sum((coalesce(end_{p}_wh, 0) - {p}_wh) * ratio)::bigint as {p}_wh" for p in PERIODS)}
from charge_segment {{}} group by account_id
having count(*) filter (where until is null) = 1
"""
"""SQL: the same told beforehand, as bases note it: used is what the one meter at work shows times
`ratio`, and the rest. Accounts with none or several at work are left out. `format` it with a
WHERE clause, or with nothing.
"""
