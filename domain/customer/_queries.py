"""Questions about accounts."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from domain.base import Refusal, row, rows

from ._entitlement import Held
from ._service_facts import ServiceFacts, Stated


class UnknownDistrict(Refusal):
    """No district has this code."""

    code = "UNKNOWN_DISTRICT"


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


@dataclass(frozen=True, slots=True)
class AgreedUnder:
    """The first and the last day (not included; None: open) of all agreements on a tariff."""

    since: date
    until: date | None


async def agreed_under(tariff: str) -> AgreedUnder | None:
    """Return when open accounts stand under the tariff; None: nobody does."""
    found = await row(
        """select min(g.valid_from) as since,
             case when bool_and(g.valid_to is not null) then max(g.valid_to) end as until
           from agreement g join account a on a.id = g.account_id
           where g.tariff_code = $1 and a.closed_at is null""",
        tariff,
    )
    if found is None or found["since"] is None:
        return None
    return AgreedUnder(**found)


async def entitlements_of(account_id: int) -> tuple[Held, ...]:
    """Return all that the account was, is and will be entitled to, oldest first."""
    found = await rows(
        """select name, since, until, count from entitlement
           where account_id = $1 order by since, name""",
        account_id,
    )
    return tuple(Held(**each) for each in found)


async def stated_of(account_id: int) -> tuple[Stated, ...]:
    """Return all service facts that were stated of the account, newest first."""
    found = await rows(
        """select since, capacity_va, declared_w from service_fact
           where account_id = $1 order by since desc""",
        account_id,
    )
    return tuple(Stated(each.pop("since"), ServiceFacts(**each)) for each in found)


async def service_facts(account_ids: Collection[int], day: date) -> dict[int, ServiceFacts]:
    """Return what these accounts have contracted on the day; who has nothing is left out."""
    found = await rows(
        """select distinct on (account_id) account_id, capacity_va, declared_w from service_fact
           where account_id = any($1) and since <= $2 order by account_id, since desc""",
        list(account_ids),
        day,
    )
    return {each.pop("account_id"): ServiceFacts(**each) for each in found}


async def district_by_code(code: str) -> int:
    """Return the id of the district that has this code. Refusals: UnknownDistrict."""
    found = await row("select id from district where code = $1", code)
    if found is None:
        raise UnknownDistrict(district=code)
    return int(found["id"])
