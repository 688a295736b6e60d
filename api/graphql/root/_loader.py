"""Loaders of accounts and names, one statement per kind."""

from typing import NamedTuple

from domain.base import Asking, all_of
from domain.identity import Sight
from domain.reporting import (
    AccountView,
    Supply,
    ask_account,
    ask_account_count,
    ask_accounts,
    ask_name,
)

Needed = frozenset[str] | None
"""The attributes that will be looked at, so far as it is known; None: all."""


class AccountsKey(NamedTuple):
    """A page of the accounts in sight."""

    sight: Sight
    supply: Supply | None
    limit: int = 0
    after: int | None = None
    needed: Needed = None


class AccountKey(NamedTuple):
    """An account in sight, by its number or its id."""

    sight: Sight
    number: str | None = None
    account_id: int | None = None
    needed: Needed = None


def load_names(person_ids: list[int]) -> Asking[list[str]]:
    """Load the name of each person."""
    return (yield from all_of([ask_name(person_id) for person_id in person_ids]))


def load_accounts(keys: list[AccountsKey]) -> Asking[list[tuple[AccountView, ...]]]:
    """Load each page of accounts."""
    return (
        yield from all_of([
            ask_accounts(
                key.sight, limit=key.limit, after=key.after, supply=key.supply, needed=key.needed
            )
            for key in keys
        ])
    )


def count_accounts(keys: list[AccountsKey]) -> Asking[list[int]]:
    """Load how many accounts are in sight."""
    return (yield from all_of([ask_account_count(key.sight, supply=key.supply) for key in keys]))


def load_account(keys: list[AccountKey]) -> Asking[list[AccountView | None]]:
    """Load each account."""
    return (
        yield from all_of([
            ask_account(key.sight, number=key.number, account_id=key.account_id, needed=key.needed)
            for key in keys
        ])
    )
