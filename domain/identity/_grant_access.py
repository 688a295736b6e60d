"""Let a customer watch an account, or no longer."""

from datetime import datetime

from domain import audit
from domain.base import SYSTEM, Actor, Refusal, row, rows, run, transaction, value

from ._right import AccessRole, Right, roles_with
from ._watcher import Watcher

_GRANT = """
insert into account_access (person_id, account_id, role, granted_by) values ($1, $2, $3, $4)
on conflict (person_id, account_id) do update
set role = excluded.role, granted_by = excluded.granted_by, granted_at = excluded.granted_at
where excluded.role = 'HOLDER' and account_access.role <> 'HOLDER'
"""
_WATCHERS = """
select x.person_id, p.name, p.phone, x.role, x.granted_at,
  x.granted_by like 'CUSTOMER:%' and x.granted_by <> 'CUSTOMER:' || x.person_id as is_guest
from account_access x join person p on p.id = x.person_id
where x.account_id = $1 order by x.id
"""


class WatcherUnknown(Refusal):
    """Nobody like that watches the account."""

    code = "WATCHER_UNKNOWN"


class LastHolder(Refusal):
    """Somebody has to hold the account."""

    code = "LAST_HOLDER"


async def grant_access(
    person_id: int, account_id: int, *, role: AccessRole = "HOLDER", actor: Actor = SYSTEM
) -> None:
    """Let a customer watch the account; granted again, only a holder's role replaces another."""
    await run(_GRANT, person_id, account_id, role, str(actor))


async def end_access(person_id: int, account_id: int, *, actor: Actor, wall: datetime) -> None:
    """Let the person watch the account no longer. Refusals: WatcherUnknown, LastHolder."""
    async with transaction():
        watching = await rows(
            "select person_id, role from account_access where account_id = $1 for update",
            account_id,
        )
        found = [each for each in watching if each["person_id"] == person_id]
        holders = [each for each in watching if each["role"] == "HOLDER"]
        if not found:
            raise WatcherUnknown
        if holders == found:
            raise LastHolder
        await run(
            "delete from account_access where person_id = $1 and account_id = $2",
            person_id,
            account_id,
        )
        detail = {"person": person_id}
        subject = f"account:{account_id}"
        await audit.note(actor, "END_ACCESS", subject, detail=detail, now=wall)


async def watchers_of(account_id: int) -> tuple[Watcher, ...]:
    """Return who watches the account, oldest first; the caller has seen that it may be told."""
    return tuple(Watcher(**each) for each in await rows(_WATCHERS, account_id))


async def has_right(person_id: int, account_id: int, right: Right) -> bool:
    """Tell whether the customer's role on the account gives this right."""
    found = await row(
        f"select 1 from account_access where person_id = $1 and account_id = $2"
        f" and role in ({roles_with(right)})",
        person_id,
        account_id,
    )
    return found is not None


async def phone_of(person_id: int) -> str | None:
    """Return the phone number of a person."""
    async with transaction():
        found: str | None = await value("select phone from person where id = $1", person_id)
        return found
