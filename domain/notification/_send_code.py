"""Make a code that somebody waits for, and queue its message."""

from collections.abc import Callable
from datetime import datetime

from domain import customer, identity
from domain.base import transaction

from ._queue import queue
from ._texts import Kind

Make = Callable[[str], tuple[str, str]]
"""Returns a new code for a phone, and its hash."""


async def send_code(code_id: int, *, make: Make, now: datetime, wall: datetime) -> None:
    """Follow the fact `code.asked`: whom we know gets a code, anybody else nothing.

    Again it changes nothing: a code that has been made stays the only one.
    """
    async with transaction():
        phone = await identity.asking_phone(code_id, wall=wall)
        person = await customer.welcome(phone, wall=wall) if phone else None
        if phone is None or person is None:
            return
        code, code_hash = make(phone)
        await identity.keep_code(code_id, code_hash)
        minutes = int(identity.CODE_LIFE.total_seconds()) // 60
        await queue(
            Kind.SIGN_IN_CODE,
            account_id=None,
            params={"code": code, "minutes": minutes},
            key=f"sign-in:{code_id}",
            now=now,
            phone=phone,
            locale=person.locale,
        )
