"""Questions about balances."""

from dataclasses import dataclass
from datetime import datetime

from domain.base import row
from domain.metering import PERIODS
from domain.rating import ChargeLine, Consumption, rate

from ._charge import terms_for
from ._segment import SEGMENT_AS_OF, SEGMENT_USE

_USED = f"""
select min(s.since) as since, {SEGMENT_AS_OF} as as_of, max(p.cycle_wh) as cycle_wh, {SEGMENT_USE}
from charge_segment s join meter_register r using (meter_id)
join account_position p on p.account_id = s.account_id
where s.account_id = $1
"""


@dataclass(frozen=True, slots=True)
class ChargesToDate:
    """What the open period costs so far, line by line; the lines add up to `total_fen`."""

    tariff: str
    since: datetime
    as_of: datetime
    lines: tuple[ChargeLine, ...]
    total_fen: int


async def charges_to_date(account_id: int, *, now: datetime) -> ChargesToDate | None:
    """Return the lines of the open period by the pure path; None without a meter or a tariff."""
    found = await row(_USED, account_id)
    terms = await terms_for(account_id, now=now)
    if found is None or found["since"] is None or terms is None:
        return None
    sharp, peak, flat, valley, deep = (found[f"{period}_wh"] for period in PERIODS)
    charges = rate(terms, Consumption((sharp, peak, flat, valley, deep), found["cycle_wh"]))
    return ChargesToDate(
        terms.tariff.code, found["since"], found["as_of"], charges.lines, charges.total_fen
    )
