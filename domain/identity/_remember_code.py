"""Keep a one-time code that is about to be sent."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.base import Refusal, row, run, transaction, value

from ._person import Person
from ._queries import person_by_phone

CODE_LIFE = timedelta(minutes=5)
PER_PHONE_MAX = 5
PER_ADDRESS_MAX = 30
_LIMIT_WINDOW = timedelta(hours=1)


class TooManyCodes(Refusal):
    """This number or this address has asked for too many codes within the hour."""

    code = "TOO_MANY_CODES"


@dataclass(frozen=True, slots=True)
class CodeAsked:
    """A code was kept; it has to be sent only where there is a person."""

    id: int
    person: Person | None


async def remember_code(phone: str, *, address: str, code_hash: str, wall: datetime) -> CodeAsked:
    """Keep the hash of a code for this phone, known or not: limits and answers are the same.

    Refuses TooManyCodes. The limits live in this table, so they survive everything.
    """
    async with transaction():
        await run("select pg_advisory_xact_lock(hashtextextended($1, 1))", phone)
        await run("select pg_advisory_xact_lock(hashtextextended($1, 2))", address)
        since = wall - _LIMIT_WINDOW
        asked = await row(
            "select (select count(*) from sign_in_code where phone = $1 and created_at > $3) phone,"
            " (select count(*) from sign_in_code where address = $2 and created_at > $3) address",
            phone,
            address,
            since,
        )
        assert asked is not None
        if asked["phone"] >= PER_PHONE_MAX or asked["address"] >= PER_ADDRESS_MAX:
            raise TooManyCodes
        code_id = await value(
            "insert into sign_in_code (phone, address, code_hash, created_at, expires_at, attempts)"
            " values ($1, $2, $3, $4, $5, 0) returning id",
            phone,
            address,
            code_hash,
            wall,
            wall + CODE_LIFE,
        )
        return CodeAsked(code_id, await person_by_phone(phone))
