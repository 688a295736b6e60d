"""Ask to watch an account."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain import identity, outbox
from domain.base import Refusal, row, run, transaction, value
from domain.identity import AccessRole

ACCESS_CODE_LIFE = timedelta(minutes=15)
ASKED_PER_PERSON_MAX = 5
ASKED_PER_ACCOUNT_MAX = 5
_LIMIT_WINDOW = timedelta(hours=1)
_COUNTED = """
select (select count(*) from access_code where person_id = $1 and created_at > $3) as person,
  (select count(*) from access_code where account_number = $2 and created_at > $3) as account
"""
_ON_FILE = """
select c.phone, a.locale from contact c join account a on a.id = c.account_id
where a.number = $1 and a.closed_at is null and c.active order by c.phone <> $2, c.id limit 1
"""


class TooManyAccessCodes(Refusal):
    """This person, or for this account, has been asked too often within the hour."""

    code = "TOO_MANY_CODES"


@dataclass(frozen=True, slots=True)
class AskedAccess:
    """Who waits for a code, for which account, as what, and the phone on file that gets it.

    `locale` is the account's.
    """

    account_number: str
    asker_phone: str
    role: AccessRole
    phone: str
    locale: str


async def ask_access(number: str, *, person_id: int, role: AccessRole, wall: datetime) -> None:
    """Write down that a customer asks to watch the account with this number, there or not.

    Nobody looks here whether it is: whoever follows the fact `access.asked` does. Refusals:
    TooManyAccessCodes.
    """
    async with transaction():
        await run("select pg_advisory_xact_lock(hashtextextended($1, 5))", number[:20])
        await run("select pg_advisory_xact_lock(6, $1::int)", person_id % 2**31)
        asked = await row(_COUNTED, person_id, number[:20], wall - _LIMIT_WINDOW)
        assert asked is not None
        if asked["person"] >= ASKED_PER_PERSON_MAX or asked["account"] >= ASKED_PER_ACCOUNT_MAX:
            raise TooManyAccessCodes
        code_id = await value(
            "insert into access_code (account_number, person_id, role, created_at, expires_at)"
            " values ($1, $2, $3, $4, $5) returning id",
            number[:20],
            person_id,
            role,
            wall,
            wall + ACCESS_CODE_LIFE,
        )
        await outbox.add("access.asked", code_id=code_id)


async def asked_access(code_id: int, *, wall: datetime) -> AskedAccess | None:
    """Return what waits for this code, its row locked; None: nobody is to get one.

    Only whoever has the phone on file themselves may become the holder.
    """
    found = await row(
        "select account_number, person_id, role from access_code where id = $1 and code_hash = ''"
        " and expires_at > $2 for update",
        code_id,
        wall,
    )
    asker = await identity.phone_of(found["person_id"]) if found else None
    if found is None or asker is None:
        return None
    on_file = await row(_ON_FILE, found["account_number"], asker)
    if on_file is None or (found["role"] == "HOLDER" and on_file["phone"] != asker):
        return None
    return AskedAccess(found["account_number"], asker, found["role"], **on_file)


async def keep_access_code(code_id: int, code_hash: str) -> None:
    """Keep the hash, in the transaction that also queues the code's message."""
    await run("update access_code set code_hash = $2 where id = $1", code_id, code_hash)
