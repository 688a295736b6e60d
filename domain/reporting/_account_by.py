"""Accounts as people see them, narrowed by the sight of who asks."""

from domain.base import Asking, Question, asked, records
from domain.identity import Sight

from ._account_view import SUPPLY_SQL, AccountView, Supply

_SELECT = f"""
select a.id, a.number, a.name, coalesce(u.address, '') as address, a.district_id,
  d.code as district_code, d.name as district_name, d.timezone as zone, a.protected,
  a.protected_why, a.opened_at, a.closed_at, coalesce(p.prepaid_fen, 0) as prepaid_fen,
  coalesce(p.receivable_fen, 0) as receivable_fen, coalesce(p.late_fee_fen, 0) as late_fee_fen,
  coalesce(p.unbilled_fen, 0) as unbilled_fen, coalesce(p.unbilled_wh, 0) as unbilled_wh,
  coalesce(p.available_fen, 0) as available_fen, p.as_of,
  coalesce(p.estimated, false) as estimated, coalesce(p.daily_fen, 0) as daily_fen,
  m.id as meter_id, m.serial as meter_serial, {SUPPLY_SQL} as supply,
  coalesce(s.keep, false) as keep, coalesce(s.alarm, false) as alarm, s.reported_at
from account a
join district d on d.id = a.district_id
left join account_position p on p.account_id = a.id
left join lateral (select id, serial, usage_point_id from meter
  where account_id = a.id and removed_at is null order by id limit 1) m on true
left join usage_point u on u.id = m.usage_point_id
left join supply s on s.meter_id = m.id
"""


def ask_accounts(
    sight: Sight, *, limit: int, after: int | None = None, supply: Supply | None = None
) -> Asking[tuple[AccountView, ...]]:
    """Ask for the accounts in sight, oldest first, from behind the id `after`."""
    seen, who = sight.accounts()
    (found,) = yield [
        Question(
            f"{_SELECT} where {seen} and ($2::bigint is null or a.id > $2)"
            f" and ($3::text is null or {SUPPLY_SQL} = $3) order by a.id limit $4",
            (who, after, supply, limit),
        )
    ]
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
    sight: Sight, *, number: str | None = None, account_id: int | None = None
) -> Asking[AccountView | None]:
    """Ask for the account with this number or id; not in sight and not there are the same: None."""
    seen, who = sight.accounts()
    (found,) = yield [
        Question(
            f"{_SELECT} where {seen} and (a.number = $2::text or a.id = $3::bigint) limit 1",
            (who, number, account_id),
        )
    ]
    return AccountView._make(found[0]) if found else None


async def account_by(
    sight: Sight, *, number: str | None = None, account_id: int | None = None
) -> AccountView | None:
    """Return the account with this number or id; not in sight and not there are the same: None."""
    return await asked(ask_account(sight, number=number, account_id=account_id))


async def accounts_by_id(sight: Sight, account_ids: list[int]) -> dict[int, AccountView]:
    """Return those of these accounts that are in sight, by id."""
    seen, who = sight.accounts()
    found = await records(f"{_SELECT} where {seen} and a.id = any($2)", who, account_ids)
    return {view.id: view for view in map(AccountView._make, found)}
