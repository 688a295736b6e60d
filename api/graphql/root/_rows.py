"""Where PostgreSQL finds the accounts that are asked for by themselves."""

from api.graphql.account import Account
from api.graphql.field import Info, Rows, needed_of
from api.graphql.history import SupplyState
from api.graphql.node import FIRST_DEFAULT, key_behind, rows_for
from domain.base import Question
from domain.reporting import AccountView, Supply, account_in, accounts_in, name_of


def _account(info: Info, _: str, number: str) -> Question:
    return account_in(info.context.sight, number=number, needed=needed_of(info))


def _accounts(
    info: Info,
    _: str,
    first: int = FIRST_DEFAULT,
    after: str | None = None,
    supply_state: SupplyState | None = None,
) -> Question:
    supply = Supply(supply_state.name) if supply_state else None
    limit, behind = rows_for(info, first), key_behind(after, Account)
    needed, sight = needed_of(info), info.context.sight
    return accounts_in(sight, limit=limit, after=behind, supply=supply, needed=needed)


def _name(info: Info, _: str) -> Question:
    return name_of(info.context.who.person_id)


ACCOUNT = Rows(AccountView._fields, _account)
"""The account with a number, if it is in sight."""
ACCOUNTS = Rows(AccountView._fields, _accounts)
"""A page of the accounts in sight."""
NAME = Rows(("name",), _name)
"""The name of who asks."""
