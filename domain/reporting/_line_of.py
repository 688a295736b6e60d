"""One line of a history, narrowed by the sight of who asks."""

from typing import Any

from domain.base import records
from domain.identity import Sight

from ._history import SOURCES, History, viewed


async def line_of(sight: Sight, kind: History, line_id: int, *, locale: str) -> Any:
    """Return the line if its account is in sight; not in sight and not there are the same: None.

    Texts are told in the language of the `locale`.
    """
    source = SOURCES[kind]
    seen, who = sight.accounts("owner")
    shown = source.shown("owner.id", "$1") if sight.role == "CUSTOMER" else "true"
    found = await records(
        f"select {source.told(locale)} from {source.tables}"
        " join account owner on owner.id = x.account_id"
        f" where {seen} and {shown} and x.id = $2",
        who,
        line_id,
    )
    return viewed(kind, found[0]) if found else None
