"""Keep every secret of this room anew, under another key."""

from collections.abc import Callable
from datetime import datetime

from domain import audit
from domain.base import Actor, rows, run, transaction

from ._signing_keys import lock_keys

_KEPT = (("staff_secret", "person_id", "totp_secret"), ("signing_key", "id", "private_pem"))


async def kept_secrets() -> tuple[str, ...]:
    """Return each second factor and each private key as it is kept."""
    columns = " union all ".join(
        f"select {column} as kept from {table}" for table, _, column in _KEPT
    )
    found = await rows(f"select kept from ({columns}) s where kept is not null")
    return tuple(each["kept"] for each in found)


async def reseal(rewrite: Callable[[str], str], *, actor: Actor, now: datetime) -> int:
    """Replace each second factor and each private key by what `rewrite` makes of how it is kept;
    return how many there are.
    """
    count = 0
    async with transaction():
        await lock_keys()
        for table, key, column in _KEPT:
            found = await rows(
                f"select {key} as id, {column} as kept from {table}"
                f" where {column} is not null order by {key} for update"
            )
            for each in found:
                made = rewrite(each["kept"])
                await run(f"update {table} set {column} = $2 where {key} = $1", each["id"], made)
            count += len(found)
        await audit.note(actor, "RESEAL", "identity", detail={"count": count}, now=now)
    return count
