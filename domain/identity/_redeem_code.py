"""Use up a one-time code."""

from collections.abc import Callable
from datetime import datetime

from domain.base import Refusal, row, run, transaction

from ._person import Person
from ._queries import person_by_phone

ATTEMPTS_MAX = 5


class CodeRejected(Refusal):
    """The code is wrong, used, over, or guessed too often: which of these is not told."""

    code = "CODE_REJECTED"


async def redeem_code(phone: str, *, matches: Callable[[str], bool], wall: datetime) -> Person:
    """Use up the phone's latest code; `matches` compares the given code with a stored hash.

    Refuses CodeRejected; a wrong guess is counted although the call is refused. What was asked for
    an unknown number is compared and counted in the same way: its hash is that of no code.
    """
    person: Person | None = None
    async with transaction():
        found = await row(
            "select id, code_hash from sign_in_code"
            " where phone = $1 and used_at is null and expires_at > $2 and attempts < $3"
            " order by id desc limit 1 for update",
            phone,
            wall,
            ATTEMPTS_MAX,
        )
        matched = matches(found["code_hash"] if found else "")
        if found is not None and matched:
            # A newer code or not, every open one of this phone is used up with it.
            await run(
                "update sign_in_code set used_at = $2 where phone = $1 and used_at is null",
                phone,
                wall,
            )
            person = await person_by_phone(phone)
        elif found is not None:
            await run("update sign_in_code set attempts = attempts + 1 where id = $1", found["id"])
    if person is None or person.role != "CUSTOMER":
        raise CodeRejected
    return person
