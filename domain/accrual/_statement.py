"""The set-based accrual: one statement for a batch of accounts, whatever their tariffs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.base import LISTED
from domain.metering import PERIODS
from domain.rating import SetBased

from ._segment import SEGMENT_AS_OF, SEGMENT_USE

_USED_ROW = ", ".join(f"used.{p}_wh" for p in PERIODS)
_USED_WH = " + ".join(f"u.{p}_wh" for p in PERIODS)

CROSSED = """(
  coalesce(p.available_fen <= greatest(p.watch_below_fen, p.watch_below_days * p.daily_fen), false)
  or coalesce(p.available_fen > p.watch_above_fen, false))"""
"""Whether a position `p` stands at or below, or above, a line at which somebody wants to know."""

# Every table is asked for the listed accounts itself, so that none is searched row by row. The
# offset keeps the planner from computing a charge again wherever it is used.
_SQL = f"""
with w as (
  select ids.id as account_id, g.terms, g.is_past
  from unnest($2::text[], $3::int[], $4::boolean[]) as g (ids, terms, is_past)
  cross join lateral unnest(g.ids::bigint[]) as ids (id)
), used as (
  select s.account_id, {SEGMENT_AS_OF} as as_of,
    bool_or(r.estimated and s.until is null) as estimated, {SEGMENT_USE}
  from charge_segment s join meter_register r using (meter_id)
  where s.account_id = {LISTED} and r.account_id = {LISTED}
  group by s.account_id having bool_and(r.measured_at >= s.since)
), u as (
  select used.account_id, used.as_of, used.estimated or w.is_past as estimated, {_USED_ROW},
    w.terms, p.cycle_wh, p.billed_fen, p.closed_fen, p.closed_wh,
    p.window_at, p.window_fen, p.before_at, p.before_fen
  from used join w using (account_id)
  join account_position p using (account_id) where p.account_id = {LISTED}
), rated as (
  select * from (%s) as each_form offset 0
), averaged as (
  select r.account_id, r.as_of, r.estimated, r.wh, r.fen,
    case when turned then r.window_at else r.before_at end as before_at,
    case when turned then r.window_fen else r.before_fen end as before_fen,
    case when turned then r.as_of else r.window_at end as window_at,
    case when turned then r.billed_fen + r.fen else r.window_fen end as window_fen,
    r.billed_fen + r.fen as charged_fen
  from rated r cross join lateral (
    select r.as_of - r.window_at >= interval '7 days' as turned) as t
  where r.fen is not null
), charged as (
  update account_position p set
    unbilled_fen = a.fen, unbilled_wh = a.wh, as_of = a.as_of, estimated = a.estimated,
    available_fen = p.prepaid_fen - p.receivable_fen - p.late_fee_fen - a.fen,
    daily_fen = case when a.as_of - a.before_at >= interval '1 day'
      then greatest(0, a.charged_fen - a.before_fen) * 86400
           / floor(extract(epoch from a.as_of - a.before_at))::bigint else 0 end,
    before_at = a.before_at, before_fen = a.before_fen,
    window_at = a.window_at, window_fen = a.window_fen
  from averaged a where p.account_id = a.account_id and p.account_id = {LISTED}
    and (p.as_of, p.unbilled_fen, p.unbilled_wh, p.estimated)
        is distinct from (a.as_of, a.fen, a.wh, a.estimated)
  returning p.account_id, {CROSSED} as crossed
)
select coalesce(array_agg(account_id) filter (where crossed), '{{}}') as crossed from charged
"""


# What was rated one by one counts for the reading that it was rated for, and for no other.
_GIVEN = f"""
select u.*, {_USED_WH} + u.closed_wh as wh, given.fen + u.closed_fen as fen
  from u join unnest($%d::bigint[], $%d::timestamptz[], $%d::bigint[], $%d::bigint[])
    as given (account_id, as_of, wh, fen)
  on given.account_id = u.account_id and given.as_of = u.as_of and given.wh = {_USED_WH}
"""
_FIRST = 5
"""The number of the first parameter that depends on the terms."""


@dataclass(frozen=True, slots=True)
class Given:
    """What an account comes to that was rated by itself."""

    account_id: int
    as_of: datetime
    used_wh: int
    fen: int


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL and its parameters after $1 (all accounts, listed), $2 (them by terms), $3 (terms), and
    $4 (whether these have ended).
    """

    sql: str
    values: tuple[list[Any], ...]


def statement(terms: Mapping[int, SetBased], given: Sequence[Given] = ()) -> Statement:
    """Return the statement that accrues accounts under these terms, keyed by their index."""
    forms: dict[str, list[int]] = {}
    for index, each in terms.items():
        forms.setdefault(each.sql, []).append(index)
    # Those that were rated by themselves, also if there are none: then nobody is rated.
    branches: list[str] = []
    values: list[list[Any]] = []
    if given or not forms:
        branches.append(_GIVEN % tuple(range(_FIRST, _FIRST + 4)))
        values += (
            [each.account_id for each in given],
            [each.as_of for each in given],
            [each.used_wh for each in given],
            [each.fen for each in given],
        )
    for form, indexes in forms.items():
        columns = ("terms", *terms[indexes[0]].columns)
        arrays = ", ".join(f"${_FIRST + len(values) + k}::bigint[]" for k in range(len(columns)))
        branches.append(
            f"select u.*, {_USED_WH} + u.closed_wh as wh, charge.fen + u.closed_fen as fen\n"
            f"  from u join unnest({arrays}) as k ({', '.join(columns)}) on k.terms = u.terms"
            f"\n  {form}"
        )
        values.append(indexes)
        values.extend(
            [terms[index].values[k] for index in indexes] for k in range(len(columns) - 1)
        )
    return Statement(_SQL % "\n  union all ".join(branches), tuple(values))
