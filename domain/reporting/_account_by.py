"""Accounts as people see them, narrowed by the sight of who asks."""

from functools import lru_cache

from domain.base import Asking, Question, asked
from domain.identity import Sight

from ._account_view import SUPPLY_SQL, AccountView, Supply
from ._history import SOURCES, History

_UNREAD = f"""(select count(*) from (select from message x where x.account_id = a.id
  and x.id > coalesce((select through_id from message_mark
    where account_id = a.id and person_id = seen_person()), 0)
  and {SOURCES[History.MESSAGES].shown("a.id", "seen_person()")} limit 100) unread)"""
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
}
_TABLES = """
from account a
join district d on d.id = a.district_id
left join account_position p on p.account_id = a.id
left join lateral (select id, serial, usage_point_id from meter
  where account_id = a.id and removed_at is null order by id limit 1) m on true
left join usage_point u on u.id = m.usage_point_id
left join supply s on s.meter_id = m.id
"""


@lru_cache(256)
def _page_sql(seen: str, needed: frozenset[str] | None) -> str:
    return (
        f"{_select(needed)} where {seen} and ($2::bigint is null or a.id > $2)"
        f" and ($3::text is null or {SUPPLY_SQL} = $3) order by a.id limit $4"
    )


@lru_cache(256)
def _one_sql(seen: str, needed: frozenset[str] | None) -> str:
    return f"{_select(needed)} where {seen} and (a.number = $2::text or a.id = $3::bigint) limit 1"


def _known(needed: frozenset[str] | None) -> frozenset[str] | None:
    """Return the columns behind what is needed; all where something is computed of them."""
    return None if needed is None or needed - _COLUMNS.keys() else needed | {"id"}


def _select(needed: frozenset[str] | None) -> str:
    """Return the columns of an AccountView; those that nobody needs are null, and cost nothing."""
    columns = [
        f"{sql if needed is None or name in needed else 'null'} as {name}"
        for name, sql in _COLUMNS.items()
    ]
    return f"select {', '.join(columns)} {_TABLES}"


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
    seen, who = sight.accounts()
    (found,) = yield [Question(_page_sql(seen, _known(needed)), (who, after, supply, limit))]
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
    seen, who = sight.accounts()
    (found,) = yield [Question(_one_sql(seen, _known(needed)), (who, number, account_id))]
    return AccountView._make(found[0]) if found else None


async def account_by(
    sight: Sight, *, number: str | None = None, account_id: int | None = None
) -> AccountView | None:
    """Return the account with this number or id; not in sight and not there are the same: None."""
    return await asked(ask_account(sight, number=number, account_id=account_id))
