"""How the districts are doing (费控统计)."""

from dataclasses import dataclass

from domain.base import rows


@dataclass(frozen=True, slots=True)
class DistrictStatistics:
    """The figures of a district; `consumption_wh` is what stands unbilled behind the balances."""

    district_id: int
    code: str
    name: str
    controlled_accounts: int
    accounts_off: int
    consumption_wh: int
    total_balance_fen: int
    commands_verified: int
    commands_failed: int


_STATISTICS = """
with money as (
  select a.district_id, count(*) as controlled_accounts,
    sum(p.unbilled_wh)::bigint as consumption_wh, sum(p.available_fen)::bigint as balance_fen
  from account a join account_position p on p.account_id = a.id
  where a.closed_at is null group by a.district_id
), off as (
  select a.district_id, count(distinct a.id) as accounts_off from supply s
  join account a on a.id = s.account_id
  where s.output_state = 0 and s.reported_at is not null group by a.district_id
), commands as (
  select a.district_id, count(*) filter (where c.state = 'VERIFIED') as verified,
    count(*) filter (where c.state in ('FAILED', 'EXPIRED')) as failed
  from command c join account a on a.id = c.account_id group by a.district_id
)
select d.id as district_id, d.code, d.name,
  coalesce(m.controlled_accounts, 0) as controlled_accounts,
  coalesce(o.accounts_off, 0) as accounts_off,
  coalesce(m.consumption_wh, 0) as consumption_wh,
  coalesce(m.balance_fen, 0) as total_balance_fen,
  coalesce(c.verified, 0) as commands_verified, coalesce(c.failed, 0) as commands_failed
from district d left join money m on m.district_id = d.id left join off o on o.district_id = d.id
left join commands c on c.district_id = d.id
where $1::bigint is null or d.id = $1 order by d.code
"""


async def district_statistics(district_id: int | None = None) -> tuple[DistrictStatistics, ...]:
    """Return the figures of one district, or of every district."""
    return tuple(DistrictStatistics(**each) for each in await rows(_STATISTICS, district_id))
