"""Replace the key that signs access tokens."""

from collections.abc import Callable
from datetime import datetime, timedelta

from domain import audit
from domain.base import SYSTEM, Actor, run, transaction, value

from ._signing_keys import KEY_LEAD, add_key, lock_keys

KEY_LIFE = timedelta(days=30)


async def rotate_keys(
    *,
    make: Callable[[], tuple[str, str]],
    wall: datetime,
    actor: Actor = SYSTEM,
    older_than: timedelta = timedelta(0),
    lead: timedelta = KEY_LEAD,
) -> str | None:
    """Add a key that signs from `lead` on and retire the others then; return its kid.

    None where the newest key is younger than `older_than`. Retired keys verify until every token
    that they have signed is over, so that no request fails.
    """
    async with transaction():
        await lock_keys()
        newest = await value("select max(signs_from) from signing_key where retired_at is null")
        if newest is not None and wall < newest + older_than:
            return None
        made = make()
        await run(
            "update signing_key set retired_at = $1 where retired_at is null or retired_at > $1",
            wall + lead,
        )
        await add_key(made, wall=wall, signs_from=wall + lead)
        await audit.note(actor, "ROTATE_KEYS", f"signing_key:{made[0]}", now=wall)
    return made[0]
