"""Make the code by which somebody may watch an account, and queue its message."""

from datetime import datetime

from domain import customer, identity
from domain.base import transaction

from ._queue import queue
from ._send_code import Make
from ._texts import Kind


async def send_access_code(code_id: int, *, make: Make, now: datetime, wall: datetime) -> None:
    """Follow the fact `access.asked`: the account's phone on file gets the code, if there is one.

    It goes to the holder, who passes it on or does not. Again it changes nothing.
    """
    async with transaction():
        asked = await customer.asked_access(code_id, wall=wall)
        if asked is None:
            return
        code, code_hash = make(asked.account_number)
        await customer.keep_access_code(code_id, code_hash)
        person = await identity.person_by_phone(asked.phone)
        minutes = int(customer.ACCESS_CODE_LIFE.total_seconds()) // 60
        await queue(
            Kind.ACCESS_CODE,
            account_id=None,
            params={
                "code": code,
                "minutes": minutes,
                "who": asked.asker_phone[-4:],
                "account_number": asked.account_number,
            },
            key=f"access:{code_id}",
            now=now,
            phone=asked.phone,
            locale=person.locale if person else asked.locale,
        )
