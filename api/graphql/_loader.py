"""Loaders: the histories of many accounts in one statement per kind and page."""

from collections import defaultdict
from typing import NamedTuple

from domain.reporting import History, count_history, list_history


class HistoryKey(NamedTuple):
    """A page of one account's history."""

    kind: History
    account_id: int
    limit: int = 0
    before: int | None = None


async def load_lines(keys: list[HistoryKey]) -> list[list[object]]:
    """Return the page of each key."""
    wanted: dict[tuple[History, int, int | None], list[int]] = defaultdict(list)
    for key in keys:
        wanted[key.kind, key.limit, key.before].append(key.account_id)
    pages: dict[HistoryKey, list[object]] = {}
    for (kind, limit, before), account_ids in wanted.items():
        found = await list_history(kind, account_ids, limit=limit, before=before)
        for account_id, lines in found.items():
            pages[HistoryKey(kind, account_id, limit, before)] = lines
    return [pages[key] for key in keys]


async def count_lines(keys: list[HistoryKey]) -> list[int]:
    """Return the length of each key's whole history."""
    wanted: dict[History, list[int]] = defaultdict(list)
    for key in keys:
        wanted[key.kind].append(key.account_id)
    totals = {kind: await count_history(kind, account_ids) for kind, account_ids in wanted.items()}
    return [totals[key.kind][key.account_id] for key in keys]
