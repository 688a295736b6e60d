"""Ask for a one-time code."""

from datetime import datetime, timedelta
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

from domain import outbox
from domain.base import Refusal, row, run, transaction, value

CODE_LIFE = timedelta(minutes=5)
PER_PHONE_MAX = 5
PER_ADDRESS_MAX = 30
_LIMIT_WINDOW = timedelta(hours=1)
_COUNTED = """
select (select count(*) from sign_in_code where phone = $1 and created_at > $3) as phone,
       (select count(*) from sign_in_code where address = $2 and created_at > $3) as address
"""


class TooManyCodes(Refusal):
    """This number or this address has asked for too many codes within the hour."""

    code = "TOO_MANY_CODES"


async def ask_code(phone: str, *, address: str, wall: datetime) -> int:
    """Write down that this phone asks for a code; return the question's id.

    Nobody looks here whether the number is known: whoever follows the fact `code.asked` does, so
    that known and unknown numbers are the same statements. Refusals: TooManyCodes; its limits are
    rows, so they survive everything.
    """
    network = network_of(address)
    async with transaction():
        await run("select pg_advisory_xact_lock(hashtextextended($1, 1))", phone)
        await run("select pg_advisory_xact_lock(hashtextextended($1, 2))", network)
        asked = await row(_COUNTED, phone, network, wall - _LIMIT_WINDOW)
        assert asked is not None
        if asked["phone"] >= PER_PHONE_MAX or asked["address"] >= PER_ADDRESS_MAX:
            raise TooManyCodes
        code_id: int = await value(
            "insert into sign_in_code (phone, address, code_hash, created_at, expires_at, attempts)"
            " values ($1, $2, '', $3, $4, 0) returning id",
            phone,
            network,
            wall,
            wall + CODE_LIFE,
        )
        await outbox.add("code.asked", code_id=code_id)
        return code_id


@lru_cache(4096)
def network_of(address: str) -> str:
    """Return what is counted as one address: of IPv6 the /64, which one subscriber has whole.

    What is counted so already stays as it is.
    """
    try:
        found = ip_address(address)
    except ValueError:
        return address[:64]
    if not isinstance(found, IPv6Address):
        return str(found)
    return str(found.ipv4_mapped or f"{IPv6Address(int(found) >> 64 << 64)}/64")
