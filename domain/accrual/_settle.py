"""Settle under which terms accounts are charged."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from domain.base import LISTED, rows
from domain.tariff import Span, spans_at

from ._chosen import Chosen
from ._group import Group, full_group, noted_group, plain_group
from ._segment import SEGMENT_AS_OF

# Index only: the primary key of the bases includes the terms.
_NOTED = """
select b.terms_id, t.tariff_code, t.first_day, t.agreed_until,
  (${}::timestamptz at time zone t.timezone)::date as today
from (select terms_id from charge_basis where account_id {} group by terms_id) b
left join charge_terms t on t.id = b.terms_id order by b.terms_id
"""

# What was agreed on the first day of the part holds for all of it. Days are told by the instant
# for all accounts that share it: account by account they cost as much as all the rest.
_PLAIN = """
select s.tariff_code, s.agreed_until, f.first_day, ($2::timestamptz at time zone s.zone)::date
  as today, s.zone as timezone, s.is_entitled,
  string_agg(btrim(s.accounts, '{{}}'), ',') as accounts
from (
  select g.tariff_code, g.valid_from as agreed_from, g.valid_to as agreed_until, s.since,
    {zone} as zone, e.account_id is not null as is_entitled,
    array_agg(s.account_id)::text as accounts
  from (select account_id, min(since) as since from charge_segment
        where account_id = {listed} group by account_id offset 0) s {districts}
  join agreement g on g.account_id = s.account_id
  left join (select distinct account_id from entitlement where account_id = {listed}) e
    on e.account_id = s.account_id
  where g.account_id = {listed} group by 1, 2, 3, 4, 5, 6
) s
cross join lateral (select (s.since at time zone s.zone)::date as first_day) f
where s.agreed_from <= f.first_day and (s.agreed_until is null or f.first_day < s.agreed_until)
group by 1, 2, 3, 4, 5, 6 order by 1, 2, 3, 4, 5, 6
"""
_IN_ONE_ZONE = _PLAIN.format(listed=LISTED, zone="$3::text", districts="")
_IN_ZONES = _PLAIN.format(
    listed=LISTED,
    zone="d.timezone",
    districts=f"""join account a on a.id = s.account_id and a.id = {LISTED}
  join district d on d.id = a.district_id""",
)

# A reading of midnight belongs to the day before: when a part begins, none of its days has passed.
_FULL = f"""
select g.tariff_code, g.valid_to as agreed_until, f.first_day,
  ((s.as_of - interval '1 microsecond') at time zone d.timezone)::date + 1 as until,
  (select day from (select (a.opened_at at time zone d.timezone)::date as day) o
   where extract(year from day) = extract(year from f.first_day)) as opened_on,
  (a.closed_at at time zone d.timezone)::date as closed_on, e.holds::text as holds,
  (ended.part->>'first_day')::date as period_from, c.contracted::text as contracted,
  string_agg(s.account_id::text, ',') as accounts
from (select s.account_id, min(s.since) as since, {SEGMENT_AS_OF} as as_of
      from charge_segment s join meter_register r using (meter_id)
      where s.account_id = {LISTED} and r.account_id = {LISTED} group by s.account_id) s
join account a on a.id = s.account_id join district d on d.id = a.district_id
cross join lateral (select (s.since at time zone d.timezone)::date as first_day) f
join agreement g on g.account_id = s.account_id and g.valid_from <= f.first_day
  and (g.valid_to is null or f.first_day < g.valid_to)
left join (
  select account_id, jsonb_agg(jsonb_build_array(name, since, until, count) order by name, since)
    as holds
  from entitlement where account_id = {LISTED} group by account_id
) e on e.account_id = s.account_id
left join (
  select account_id, max(since) as last, jsonb_agg(
    jsonb_build_array(since, capacity_va, declared_w) order by since) as contracted
  from service_fact where account_id = {LISTED} group by account_id
) c on c.account_id = s.account_id and c.last > f.first_day
left join open_bill_part ended on ended.account_id = s.account_id and ended.n = 0
where a.id = {LISTED} and g.account_id = {LISTED}
group by 1, 2, 3, 4, 5, 6, 7, 8, 9 order by 1, 2, 3, 4, 5, 6, 7, 8, 9
"""

Row = dict[str, Any]


async def settle_noted(chosen: Chosen, *, now: datetime) -> tuple[list[Group], bool]:
    """Return the groups that bases have noted; and whether some accounts are in none of them."""
    sql = _NOTED.format(len(chosen.values) + 1, chosen.condition)
    found = await rows(sql, *chosen.values, now)
    noted = [each for each in found if each["tariff_code"] is not None]
    groups, _ = await _grouped(noted, noted_group)
    return groups, len(groups) < len(found)


async def settle(chosen: Chosen, *, now: datetime) -> list[Group]:
    """Return the groups that these accounts fall into; those without a tariff are in none.

    Most hold nothing, and their tariffs do not care how long the period is: for them the days
    and the entitlements of each are not asked for.
    """
    plain, closely = await _grouped(await _plain(*chosen.values, now=now), plain_group)
    if closely:
        plain += await settle_closely("{" + ",".join(each["accounts"] for each in closely) + "}")
    return plain


async def settle_closely(accounts: str) -> list[Group]:
    """Return the groups of these accounts by everything that terms may depend on."""
    groups, _ = await _grouped(await rows(_FULL, accounts), full_group)
    return groups


async def _plain(accounts: object, *, now: datetime) -> list[Row]:
    zones = await rows("select distinct timezone from district")
    if len(zones) == 1:
        return await rows(_IN_ONE_ZONE, accounts, now, zones[0]["timezone"])
    return await rows(_IN_ZONES, accounts, now)


async def _grouped(
    found: Sequence[Row], group: Callable[[Row, Span], Group | None]
) -> tuple[list[Group], list[Row]]:
    """Return the groups, and the rows that the function makes none of."""
    groups: list[Group] = []
    others: list[Row] = []
    for day in sorted({each["first_day"] for each in found}):
        theirs = [each for each in found if each["first_day"] == day]
        spans = await spans_at(sorted({each["tariff_code"] for each in theirs}), day)
        for each in theirs:
            span = spans.get(each["tariff_code"])
            made = group(each, span) if span else None
            if made is not None:
                groups.append(made)
            elif span is not None:
                others.append(each)
    return groups, others
