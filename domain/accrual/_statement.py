"""The set-based accrual: one statement for a batch of accounts, whatever their tariffs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.base import LISTED
from domain.metering import PERIODS
from domain.rating import SetBased

from ._chosen import Chosen
from ._segment import SEGMENT_AS_OF, SEGMENT_USE

CROSSED = """(
  coalesce(p.available_fen <= greatest(p.watch_below_fen, p.watch_below_days * p.daily_fen), false)
  or coalesce(p.available_fen > p.watch_above_fen, false))"""
"""Whether a position `p` stands at or below, or above, a line at which somebody wants to know."""

_USED_WH = " + ".join(f"u.{p}_wh" for p in PERIODS)

# Used is the way of the registers from the base on: what they show now, and an offset. Here as
# below, the offset of the query keeps the planner from computing it again wherever it is used.
_BY_BASES = f"""
u as (
  select b.account_id, r.measured_at as as_of, r.estimated, b.terms_id as terms, b.cycle_wh,
    {", ".join(f"r.{p}_wh * b.ratio + b.{p}_wh as {p}_wh" for p in PERIODS)}
  from charge_basis b
  join meter_register r on r.account_id = b.account_id and r.meter_id = b.meter_id
  where b.account_id {{chosen}} and r.account_id {{chosen}} and r.measured_at >= b.since
  offset 0
)"""

# $2, $3 and $4: the accounts by terms, these, and whether they have ended.
_BY_SEGMENTS = f"""
w as (
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
  select used.account_id, used.as_of, used.estimated or w.is_past as estimated, w.terms,
    p.cycle_wh, {", ".join(f"used.{p}_wh" for p in PERIODS)}
  from used join w using (account_id)
  join account_position p using (account_id) where p.account_id = {LISTED}
)"""

_FEN = "a.fen + p.closed_fen"
_CHARGED = f"p.billed_fen + {_FEN}"
_TURNED = "a.as_of >= p.window_at + interval '168 hours'"


def _daily(anchor: str) -> str:
    # Exact: microseconds of a thousand years fit into the double that date_part returns.
    seconds = f"floor(date_part('epoch', a.as_of - p.{anchor}_at))::bigint"
    return f"""case when a.as_of >= p.{anchor}_at + interval '24 hours'
      then greatest(0, {_CHARGED} - p.{anchor}_fen) * 86400 / {seconds} else 0 end"""


# A charge is null where the tariff does not price what was used.
_WRITE = f"""
written as (
  update account_position p set
    unbilled_fen = {_FEN}, unbilled_wh = a.wh + p.closed_wh, as_of = a.as_of,
    estimated = a.estimated,
    available_fen = p.prepaid_fen - p.receivable_fen - p.late_fee_fen - ({_FEN}),
    daily_fen = case when {_TURNED} then {_daily("window")} else {_daily("before")} end,
    before_at = case when {_TURNED} then p.window_at else p.before_at end,
    before_fen = case when {_TURNED} then p.window_fen else p.before_fen end,
    window_at = case when {_TURNED} then a.as_of else p.window_at end,
    window_fen = case when {_TURNED} then {_CHARGED} else p.window_fen end
  from (select * from ({{rated}}) as each_form offset 0) a
  where a.fen is not null and p.account_id = a.account_id and p.account_id {{chosen}}
    and (p.as_of is distinct from a.as_of or p.unbilled_fen <> {_FEN}
      or p.unbilled_wh <> a.wh + p.closed_wh or p.estimated <> a.estimated)
  returning p.account_id, {CROSSED} as crossed
)
select count(*) as size,
  coalesce(array_agg(account_id) filter (where crossed), '{{{{}}}}') as crossed from written
"""

_RATED = f"select u.account_id, u.as_of, u.estimated, {_USED_WH} as wh"

# What was rated one by one counts for the reading that it was rated for, and for no other.
_GIVEN = f"""
{_RATED}, given.fen
  from u join unnest($%d::bigint[], $%d::timestamptz[], $%d::bigint[], $%d::bigint[])
    as given (account_id, as_of, wh, fen)
  on given.account_id = u.account_id and given.as_of = u.as_of and given.wh = {_USED_WH}
"""
_GIVEN_FROM = 5


@dataclass(frozen=True, slots=True)
class Given:
    """What an account comes to that was rated by itself."""

    account_id: int
    as_of: datetime
    used_wh: int
    fen: int


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL and its parameters after those that say which accounts."""

    sql: str
    values: tuple[Sequence[Any], ...]


def statement_by_bases(terms: Mapping[int, SetBased], chosen: Chosen) -> Statement:
    """Return the statement that accrues accounts by what their bases note.

    `terms` by the id that is noted. Its parameters follow those of `chosen`.
    """
    branches, values = _by_form(terms, len(chosen.values) + 1)
    return Statement(_sql(_BY_BASES, branches, chosen.condition), values)


def statement_by_segments(terms: Mapping[int, SetBased], given: Sequence[Given] = ()) -> Statement:
    """Return the statement that accrues listed accounts ($1) by their segments.

    Its parameters are $2 (the accounts by terms), $3 (terms: keys of `terms`), $4 (whether these
    have ended), and those that are returned.
    """
    branches: list[str] = []
    values: tuple[Sequence[Any], ...] = ()
    # Those that were rated by themselves, also if there are none: then nobody is rated.
    if given or not terms:
        branches.append(_GIVEN % tuple(range(_GIVEN_FROM, _GIVEN_FROM + 4)))
        values = (
            [each.account_id for each in given],
            [each.as_of for each in given],
            [each.used_wh for each in given],
            [each.fen for each in given],
        )
    others, theirs = _by_form(terms, _GIVEN_FROM + len(values))
    return Statement(_sql(_BY_SEGMENTS, [*branches, *others], f"= {LISTED}"), (*values, *theirs))


def _by_form(
    terms: Mapping[int, SetBased], first: int
) -> tuple[list[str], tuple[Sequence[Any], ...]]:
    """Return a SELECT for the terms of each form, and their numbers: parameters from `first` on."""
    forms: dict[str, list[int]] = {}
    for key, each in terms.items():
        forms.setdefault(each.sql, []).append(key)
    branches: list[str] = []
    values: list[Sequence[Any]] = []
    for form, keys in forms.items():
        columns = ("terms", *terms[keys[0]].columns)
        places = (f"${first + len(values) + k}::bigint[]" for k in range(len(columns)))
        branches.append(
            f"{_RATED}, charge.fen\n"
            f"  from u join unnest({', '.join(places)}) as k ({', '.join(columns)})"
            f" on k.terms = u.terms\n  {form}"
        )
        values += (keys, *zip(*(terms[key].values for key in keys), strict=True))
    return branches, tuple(values)


def _sql(used: str, branches: Iterable[str], condition: str) -> str:
    sources = f"{used},{_WRITE}"
    return "with" + sources.format(chosen=condition, rated="\n  union all ".join(branches))
