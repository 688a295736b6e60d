"""Chosen: the accounts that a statement is for."""

from collections.abc import Iterable
from dataclasses import dataclass

from domain.base import LISTED, listed

_MANY = 100


@dataclass(frozen=True, slots=True)
class Chosen:
    """`condition` is SQL that follows the name of a column; `values` are its first parameters.

    `is_range`: all accounts from one id to another. `is_many`: a plan that searches each table
    row by row would take ten times as long.
    """

    condition: str
    values: tuple[object, ...]
    is_many: bool
    is_range: bool = False


def among(accounts: str, *, size: int) -> Chosen:
    """Choose accounts by their ids, as `listed` writes them."""
    return Chosen(f"= {LISTED}", (accounts,), size > _MANY)


def between(first_id: int, last_id: int) -> Chosen:
    """Choose all accounts from the first to the last."""
    span = "between $1::bigint and $2::bigint"
    return Chosen(span, (first_id, last_id), is_many=True, is_range=True)


def these(account_ids: Iterable[int]) -> Chosen:
    """Choose accounts by their ids."""
    ids = sorted(account_ids)
    return among(listed(ids), size=len(ids))
