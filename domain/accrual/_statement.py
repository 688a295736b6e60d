"""The set-based accrual: one statement for a batch of accounts, whatever their tariffs."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.metering import PERIODS
from domain.rating import SetBased

_USED = ", ".join(f"sum(r.{p}_wh - b.{p}_wh)::bigint as {p}_wh" for p in PERIODS)
_USED_WH = " + ".join(f"u.{p}_wh" for p in PERIODS)

_SQL = f"""
with used as (
  select b.account_id, min(r.measured_at) as as_of, bool_or(r.estimated) as estimated, {_USED}
  from charge_base b join meter_register r using (meter_id)
  where b.account_id = any($1) group by b.account_id
), u as (
  select used.*, p.cycle_wh, w.terms
  from used join account_position p using (account_id)
  join unnest($1::bigint[], $2::int[]) as w (account_id, terms) using (account_id)
), rated as (
  %s
), money as (
  select account_id, sum(balance_fen) filter (where kind = 'PREPAID') as prepaid_fen,
         sum(balance_fen) filter (where kind = 'RECEIVABLE') as receivable_fen
  from ledger_account where account_id = any($1) group by account_id
), new as (
  select p.account_id, coalesce(m.prepaid_fen, 0)::bigint as prepaid_fen,
    coalesce(m.receivable_fen, 0)::bigint as receivable_fen,
    coalesce(r.fen, p.unbilled_fen) as unbilled_fen, coalesce(r.wh, p.unbilled_wh) as unbilled_wh,
    coalesce(r.as_of, p.as_of) as as_of, coalesce(r.estimated, p.estimated) as estimated,
    p.billed_fen + coalesce(r.fen, p.unbilled_fen) as charged_fen,
    r.as_of - p.window_at >= interval '7 days' as turned
  from account_position p left join rated r on r.account_id = p.account_id and r.fen is not null
  left join money m on m.account_id = p.account_id where p.account_id = any($1)
), averaged as (
  select new.*,
    case when turned then p.window_at else p.before_at end as before_at,
    case when turned then p.window_fen else p.before_fen end as before_fen,
    case when turned then new.as_of else p.window_at end as window_at,
    case when turned then new.charged_fen else p.window_fen end as window_fen
  from new join account_position p using (account_id)
)
update account_position p set
  prepaid_fen = a.prepaid_fen, receivable_fen = a.receivable_fen, unbilled_fen = a.unbilled_fen,
  unbilled_wh = a.unbilled_wh, as_of = a.as_of, estimated = a.estimated,
  available_fen = a.prepaid_fen - a.receivable_fen - p.late_fee_fen - a.unbilled_fen,
  daily_fen = case when a.as_of - a.before_at >= interval '1 day'
    then greatest(0, a.charged_fen - a.before_fen) * 86400
         / floor(extract(epoch from a.as_of - a.before_at))::bigint else 0 end,
  before_at = a.before_at, before_fen = a.before_fen,
  window_at = a.window_at, window_fen = a.window_fen
from averaged a where p.account_id = a.account_id
returning p.account_id, p.available_fen, p.daily_fen, p.as_of,
  coalesce(p.available_fen <= greatest(p.watch_below_fen, p.watch_below_days * p.daily_fen), false)
  or coalesce(p.available_fen > p.watch_above_fen, false) as crossed
"""

_NOTHING = """select null::bigint as account_id, null::timestamptz as as_of,
  null::boolean as estimated, null::bigint as wh, null::bigint as fen where false"""


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL and its parameters after $1 (accounts) and $2 (the index of each account's terms)."""

    sql: str
    values: tuple[list[int], ...]


def statement(terms: Mapping[int, SetBased]) -> Statement:
    """Return the statement that accrues accounts under these terms, keyed by their index."""
    forms: dict[str, list[int]] = {}
    for index, each in terms.items():
        forms.setdefault(each.sql, []).append(index)
    branches: list[str] = []
    values: list[list[int]] = []
    for form, indexes in forms.items():
        columns = ("terms", *terms[indexes[0]].columns)
        arrays = ", ".join(f"${3 + len(values) + k}::bigint[]" for k in range(len(columns)))
        branches.append(
            f"select u.account_id, u.as_of, u.estimated, {_USED_WH} as wh, charge.fen\n"
            f"  from u join unnest({arrays}) as k ({', '.join(columns)}) on k.terms = u.terms"
            f"\n  {form}"
        )
        values.append(indexes)
        values.extend(
            [terms[index].values[k] for index in indexes] for k in range(len(columns) - 1)
        )
    return Statement(_SQL % ("\n  union all ".join(branches) or _NOTHING), tuple(values))
