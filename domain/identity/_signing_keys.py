"""The keys that sign access tokens; they are made above and kept here."""

from collections.abc import Callable
from datetime import datetime, timedelta

from domain.base import rows, run, transaction

# A retired key still verifies for longer than any token that it has signed lives.
_GRACE = timedelta(hours=1)


async def signing_keys(
    *, wall: datetime, make: Callable[[], tuple[str, str]]
) -> list[tuple[str, str]]:
    """Return the (kid, private PEM) pairs in use, newest first; `make` the first one if need be."""
    async with transaction():
        found = await _keys(wall)
        if not found:
            await run("select pg_advisory_xact_lock(hashtextextended('signing_key', 0))")
            if not await _keys(wall):
                kid, pem = make()
                await run(
                    "insert into signing_key (kid, private_pem, created_at) values ($1, $2, $3)",
                    kid,
                    pem,
                    wall,
                )
            found = await _keys(wall)
        return found


async def _keys(wall: datetime) -> list[tuple[str, str]]:
    found = await rows(
        "select kid, private_pem from signing_key where retired_at is null or retired_at > $1"
        " order by retired_at desc nulls first, id desc",
        wall - _GRACE,
    )
    return [(key["kid"], key["private_pem"]) for key in found]
