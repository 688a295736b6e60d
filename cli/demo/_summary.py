"""What the demo proves at its end, as one JSON object."""

from typing import Any

from domain.base import row

_COUNTS = """
select (select count(*) from account) as accounts,
  (select count(*) from reading) as readings,
  (select count(*) from message where account_id is not null) as messages,
  (select count(*) from payment) as payments,
  (select count(*) from supply_change where output_state = 0 and control_state = 0) as trips,
  (select count(*) from supply_change c where output_state = 1 and exists (
     select 1 from supply_change t where t.account_id = c.account_id and t.id < c.id
     and t.output_state = 0)) as restored
"""

# Alarm, both notices delivered, a trip that opened the output, a payment, and supply again.
_WHOLE_WAYS = """
select count(*) as n from account a where
  (select count(distinct kind) from message m where m.account_id = a.id
   and m.kind in ('ALARM', 'NOTICE', 'FINAL_NOTICE', 'TRIPPED', 'PERMIT_READY', 'RESTORED')
   and m.delivered_at is not null) = 6
  and exists (select 1 from command c where c.account_id = a.id and c.verb = 1
              and c.state = 'VERIFIED')
  and exists (select 1 from command c where c.account_id = a.id and c.verb = 2
              and c.state = 'VERIFIED')
  and exists (select 1 from payment p where p.account_id = a.id)
"""


async def whole_ways() -> int:
    """Return how many accounts have gone all the way: alarm to trip to payment to supply."""
    found = await row(_WHOLE_WAYS)
    assert found is not None
    return int(found["n"])


async def summary(payment_to_permit_close_ms: list[float]) -> dict[str, Any]:
    """Return the counts and the waiting time from a payment to the command at the meter."""
    counts = await row(_COUNTS)
    assert counts is not None
    waits = sorted(payment_to_permit_close_ms)
    return {
        **counts,
        "whole_ways": await whole_ways(),
        "payment_to_permit_close_ms": {
            "n": len(waits),
            "p50": _quantile(waits, 50),
            "p99": _quantile(waits, 99),
        },
    }


def _quantile(ordered: list[float], percent: int) -> int | None:
    if not ordered:
        return None
    return round(ordered[min(len(ordered) - 1, len(ordered) * percent // 100)])
