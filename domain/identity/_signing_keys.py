"""The keys that sign access tokens; they are made above and kept here."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.base import rows, run, transaction

KEY_LEAD = timedelta(seconds=60)
"""A new key is published this long before it signs, so that every process knows it by then."""

# A retired key still verifies for longer than any token that it has signed lives.
_GRACE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key pair (private PEM) and the moment from which on it signs."""

    kid: str
    pem: str
    signs_from: datetime


async def signing_keys(
    *, wall: datetime, make: Callable[[], tuple[str, str]]
) -> tuple[SigningKey, ...]:
    """Return the keys in use, newest first; `make` the first one if need be."""
    async with transaction():
        found = await _keys(wall)
        if not any(key.signs_from <= wall for key in found):
            await lock_keys()
            found = await _keys(wall)
            if not any(key.signs_from <= wall for key in found):
                # Since a while ago: by the clock of whoever started beside us it signs, too.
                await add_key(make(), wall=wall, signs_from=wall - KEY_LEAD)
                found = await _keys(wall)
        return found


async def lock_keys() -> None:
    await run("select pg_advisory_xact_lock(hashtextextended('signing_key', 0))")


async def add_key(made: tuple[str, str], *, wall: datetime, signs_from: datetime) -> None:
    await run(
        "insert into signing_key (kid, private_pem, created_at, signs_from)"
        " values ($1, $2, $3, $4)",
        *made,
        wall,
        signs_from,
    )


async def _keys(wall: datetime) -> tuple[SigningKey, ...]:
    found = await rows(
        "select kid, private_pem as pem, signs_from from signing_key"
        " where retired_at is null or retired_at > $1 order by signs_from desc, id desc",
        wall - _GRACE,
    )
    return tuple(SigningKey(**key) for key in found)
