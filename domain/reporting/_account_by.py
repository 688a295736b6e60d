"""Accounts as people see them, narrowed by the sight of who asks."""

import re
from functools import lru_cache

from domain.base import Asking, Question, asked, wall
from domain.identity import Sight

from ._account_view import SUPPLY_SQL, AccountView, Supply
from ._history import SOURCES, History

_UNREAD = f"""case when current_user <> '{wall.CUSTOMER}' then 0 else
  (select count(*) from (select from message x where x.account_id = a.id
  and x.id > coalesce((select through_id from message_mark
    where account_id = a.id and person_id = seen_person()), 0)
  and {SOURCES[History.MESSAGES].shown("a.id", "seen_person()")} limit 100) unread) end"""
_COLUMNS = {
    "id": "a.id",
    "number": "a.number",
    "name": "a.name",
    "address": "coalesce(u.address, '')",
    "district_id": "a.district_id",
    "district_code": "d.code",
    "district_name": "d.name",
    "zone": "d.timezone",
    "protected": "a.protected",
    "protected_why": "a.protected_why",
    "opened_at": "a.opened_at",
    "closed_at": "a.closed_at",
    "prepaid_fen": "coalesce(p.prepaid_fen, 0)",
    "receivable_fen": "coalesce(p.receivable_fen, 0)",
    "late_fee_fen": "coalesce(p.late_fee_fen, 0)",
    "unbilled_fen": "coalesce(p.unbilled_fen, 0)",
    "unbilled_wh": "coalesce(p.unbilled_wh, 0)",
    "available_fen": "coalesce(p.available_fen, 0)",
    "as_of": "p.as_of",
    "estimated": "coalesce(p.estimated, false)",
    "daily_fen": "coalesce(p.daily_fen, 0)",
    "meter_id": "m.id",
    "meter_serial": "m.serial",
    "supply": SUPPLY_SQL,
    "keep": "coalesce(s.keep, false)",
    "alarm": "coalesce(s.alarm, false)",
    "reported_at": "s.reported_at",
    "unread": _UNREAD,
    "days_left": "case when coalesce(p.available_fen, 0) <= 0 then 0"
    " when p.daily_fen > 0 then p.available_fen / p.daily_fen end",
}
_TABLES = """
from account a
left join account_position p on p.account_id = a.id
"""
_DISTRICT = " join district d on d.id = a.district_id"
_METER = """
left join lateral (select id, serial, usage_point_id from meter
  where account_id = a.id and removed_at is null order by id limit 1) m on true
left join usage_point u on u.id = m.usage_point_id
left join supply s on s.meter_id = m.id
"""
_OF_DISTRICT = re.compile(r"\bd\.")
_OF_METER = re.compile(r"\b[mus]\.")


@lru_cache(256)
def _page_sql(seen: str, needed: frozenset[str] | None, *, by_supply: bool) -> str:
    where = f"{seen} and ($2::bigint is null or a.id > $2)"
    if by_supply:
        where += f" and {SUPPLY_SQL} = $4"
    return f"{_select(needed, where)} order by a.id limit $3"


@lru_cache(256)
def _one_sql(seen: str, needed: frozenset[str] | None) -> str:
    where = f"{seen} and (a.number = $2::text or a.id = $3::bigint)"
    return f"{_select(needed, where)} limit 1"


def _select(needed: frozenset[str] | None, where: str) -> str:
    """Return the columns of AccountViews; those that nobody needs are null, and cost nothing."""
    columns = ", ".join(
        f"{sql if needed is None or name in needed or name == 'id' else 'null'} as {name}"
        for name, sql in _COLUMNS.items()
    )
    looked_at = columns + where
    tables = _TABLES
    if _OF_DISTRICT.search(looked_at):
        tables += _DISTRICT
    if _OF_METER.search(looked_at):
        tables += _METER
    return f"select {columns} {tables} where {where}"


def accounts_in(
    sight: Sight,
    *,
    limit: int,
    after: int | None = None,
    supply: Supply | None = None,
    needed: frozenset[str] | None = None,
) -> Question:
    """Return the query of `ask_accounts`; its columns are those of an AccountView."""
    seen, who = sight.accounts()
    sql = _page_sql(seen, needed, by_supply=supply is not None)
    return Question(sql, (who, after, limit) if supply is None else (who, after, limit, supply))


def account_in(
    sight: Sight,
    *,
    number: str | None = None,
    account_id: int | None = None,
    needed: frozenset[str] | None = None,
) -> Question:
    """Return the query of `ask_account`; its columns are those of an AccountView."""
    seen, who = sight.accounts()
    return Question(_one_sql(seen, needed), (who, number, account_id))


def ask_accounts(
    sight: Sight,
    *,
    limit: int,
    after: int | None = None,
    supply: Supply | None = None,
    needed: frozenset[str] | None = None,
) -> Asking[tuple[AccountView, ...]]:
    """Ask for the accounts in sight, oldest first, from behind the id `after`.

    `needed` names the columns that will be looked at (all, if None); others may be None.
    """
    page = accounts_in(sight, limit=limit, after=after, supply=supply, needed=needed)
    (found,) = yield [page]
    return tuple(map(AccountView._make, found))


def ask_account_count(sight: Sight, *, supply: Supply | None = None) -> Asking[int]:
    """Ask how many accounts are in sight."""
    seen, who = sight.accounts()
    (found,) = yield [
        Question(
            f"select count(*) from account a left join lateral (select id from meter"
            "  where account_id = a.id and removed_at is null order by id limit 1) m on true"
            f" left join supply s on s.meter_id = m.id"
            f" where {seen} and ($2::text is null or {SUPPLY_SQL} = $2)",
            (who, supply),
        )
    ]
    return int(found[0][0])


def ask_account(
    sight: Sight,
    *,
    number: str | None = None,
    account_id: int | None = None,
    needed: frozenset[str] | None = None,
) -> Asking[AccountView | None]:
    """Ask for the account with this number or id; not in sight and not there are the same: None.

    `needed` names the columns that will be looked at (all, if None); others may be None.
    """
    one = account_in(sight, number=number, account_id=account_id, needed=needed)
    (found,) = yield [one]
    return AccountView._make(found[0]) if found else None


async def account_by(
    sight: Sight, *, number: str | None = None, account_id: int | None = None
) -> AccountView | None:
    """Return the account with this number or id; not in sight and not there are the same: None."""
    return await asked(ask_account(sight, number=number, account_id=account_id))
