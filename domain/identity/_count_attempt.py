"""Count an attempt to prove who one is, before it is known how it ends."""

from datetime import datetime, timedelta

from domain.base import Refusal, row, run, transaction, value

from ._ask_code import network_of

ATTEMPTS_WINDOW = timedelta(minutes=15)
FAILED_PER_NAME_AND_ADDRESS_MAX = 10
"""Whoever mistypes from one place; a stranger elsewhere does not close the name to its owner."""
FAILED_PER_NAME_MAX = 100
"""From all addresses: a password and a six-digit factor stand a hundred guesses, and shutting a
name out takes ten networks."""
FAILED_PER_ADDRESS_MAX = 50
_FAILED = """
select count(*) filter (where address = $2) as here, count(*) as name,
  (select count(*) from sign_in_attempt where address = $2 and failed and at > $3) as address
from sign_in_attempt where who = $1 and failed and at > $3
"""


class TooManyAttempts(Refusal):
    """This name, from here or everywhere, or this address has failed too often of late."""

    code = "TOO_MANY_ATTEMPTS"


async def count_attempt(who: str, *, address: str, wall: datetime) -> int:
    """Count an attempt as failed until `forgive_attempt` is told otherwise; return its id.

    Counted first, a hundred guesses at once from one place are no more than ten. Known and
    unknown names are counted alike. Refusals: TooManyAttempts.
    """
    name, network = who[:80], network_of(address)
    async with transaction():
        await run("select pg_advisory_xact_lock(hashtextextended($1, 3))", name)
        await run("select pg_advisory_xact_lock(hashtextextended($1, 4))", network)
        failed = await row(_FAILED, name, network, wall - ATTEMPTS_WINDOW)
        assert failed is not None
        if (
            failed["here"] >= FAILED_PER_NAME_AND_ADDRESS_MAX
            or failed["name"] >= FAILED_PER_NAME_MAX
            or failed["address"] >= FAILED_PER_ADDRESS_MAX
        ):
            raise TooManyAttempts
        attempt_id: int = await value(
            "insert into sign_in_attempt (who, address, at) values ($1, $2, $3) returning id",
            name,
            network,
            wall,
        )
        return attempt_id


async def forgive_attempt(attempt_id: int) -> None:
    """Note that the attempt succeeded: it counts no longer."""
    async with transaction():
        await run("update sign_in_attempt set failed = false where id = $1", attempt_id)
