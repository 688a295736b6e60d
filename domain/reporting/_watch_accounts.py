"""Has anything about these accounts changed?"""

from collections.abc import Sequence

from domain.base import rows

_MARKS = """
select w.account_id, concat_ws('/', p.available_fen, p.as_of, s.output_state, s.control_state,
  s.reported_at, a.protected,
  (select max(id) from message where account_id = w.account_id),
  (select max(id) from payment where account_id = w.account_id),
  (select max(id) from decision where account_id = w.account_id)) as mark
from unnest($1::bigint[]) w(account_id)
join account a on a.id = w.account_id
left join account_position p on p.account_id = w.account_id
left join lateral (select * from supply where account_id = w.account_id
  order by meter_id limit 1) s on true
"""


async def watch_accounts(account_ids: Sequence[int]) -> dict[int, str]:
    """Return a mark per account that differs whenever its owner has something new to see."""
    found = await rows(_MARKS, list(account_ids))
    return {each["account_id"]: each["mark"] for each in found}
