"""All that the database keeps secret, in whichever room."""

from auth import sealed, unsealed
from domain import identity, notification, payment
from domain.base import Actor, transaction
from runtime import clock

_ACTOR = Actor("SYSTEM", "cli")


async def kept_secrets() -> tuple[str, ...]:
    """Return every secret as it is kept."""
    return (
        *await identity.kept_secrets(),
        *await notification.kept_secrets(),
        *await payment.kept_secrets(),
    )


async def reseal() -> int:
    """Keep all of them anew, under the first of the keys, or none; return how many there are."""
    now = clock.wall()
    async with transaction():
        return (
            await identity.reseal(_rewritten, actor=_ACTOR, now=now)
            + await notification.reseal_push_key(_rewritten)
            + await payment.reseal(_rewritten, actor=_ACTOR, now=now)
        )


def _rewritten(kept: str) -> str:
    return sealed(unsealed(kept))
