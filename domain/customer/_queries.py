"""Questions about accounts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from domain.base import row


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """An account as the other rooms need to know it; `zone` is its district's."""

    id: int
    number: str
    name: str
    district_id: int
    locale: str
    strategy: str
    protected: bool
    protected_why: str | None
    opened_at: datetime
    closed_at: datetime | None
    zone: ZoneInfo


_FACTS = """
select a.id, a.number, a.name, a.district_id, a.locale, a.strategy, a.protected, a.protected_why,
       a.opened_at, a.closed_at, d.timezone
from account a join district d on d.id = a.district_id
"""


def _facts(found: dict[str, Any] | None) -> AccountFacts | None:
    if found is None:
        return None
    zone = ZoneInfo(found.pop("timezone"))
    return AccountFacts(**found, zone=zone)


async def account_of(account_id: int) -> AccountFacts | None:
    """Return what is known about the account, or None."""
    return _facts(await row(_FACTS + "where a.id = $1", account_id))


async def account_by_number(number: str) -> AccountFacts | None:
    """Return the account that has this number, or None."""
    return _facts(await row(_FACTS + "where a.number = $1", number))
