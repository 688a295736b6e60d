"""Let somebody watch an account: by the code that its phone on file got, or by its holder."""

from collections.abc import Callable
from datetime import datetime

from domain import audit, identity
from domain.base import Actor, Refusal, row, run, transaction, value
from domain.identity import ATTEMPTS_MAX, AccessRole, CodeRejected

WATCHERS_MAX = 20
_OPEN = """
select c.id, c.code_hash, c.role, a.id as account_id
from access_code c left join account a on a.number = c.account_number and a.closed_at is null
where c.person_id = $1 and c.account_number = $2 and c.used_at is null and c.expires_at > $3
  and c.attempts < $4
order by c.id desc limit 1 for update of c
"""


class WatcherRefused(Refusal):
    """The phone is no customer's, or too many watch the account already."""

    code = "WATCHER_REFUSED"


async def bind(
    person_id: int, number: str, *, matches: Callable[[str], bool], wall: datetime
) -> int:
    """Use up the code and let the person watch the account, as what they asked for; return its id.

    `matches` compares the given code with a stored hash. Refusals: CodeRejected, and a wrong guess
    is counted although the call is refused.
    """
    account_id: int | None = None
    async with transaction():
        found = await row(_OPEN, person_id, number[:20], wall, ATTEMPTS_MAX)
        matched = matches(found["code_hash"] if found else "")
        if found is not None and matched and found["account_id"] is not None:
            account_id = found["account_id"]
            await run("update access_code set used_at = $2 where id = $1", found["id"], wall)
            actor = Actor("CUSTOMER", person_id)
            await _granted(person_id, account_id, role=found["role"], actor=actor, wall=wall)
        elif found is not None:
            await run("update access_code set attempts = attempts + 1 where id = $1", found["id"])
    if account_id is None:
        raise CodeRejected
    return account_id


async def add_watcher(
    account_id: int, phone: str, *, role: AccessRole, actor: Actor, wall: datetime
) -> None:
    """Let the customer with this phone watch the account, known so far or not.

    Somebody new is told things in the account's language until they choose another. The caller has
    seen that the actor may. Refusals: WatcherRefused.
    """
    async with transaction():
        locale = await value("select locale from account where id = $1", account_id)
        person_id = await identity.enrol(phone, role="CUSTOMER", locale=locale)
        person = await identity.person_of(person_id)
        watching = await identity.watchers_of(account_id)
        if person is None or person.role != "CUSTOMER" or len(watching) >= WATCHERS_MAX:
            raise WatcherRefused
        await _granted(person_id, account_id, role=role, actor=actor, wall=wall)


async def _granted(
    person_id: int, account_id: int, *, role: AccessRole, actor: Actor, wall: datetime
) -> None:
    await identity.grant_access(person_id, account_id, role=role, actor=actor)
    detail = {"person": person_id, "role": role}
    subject = f"account:{account_id}"
    await audit.note(actor, "GRANT_ACCESS", subject, detail=detail, now=wall)
