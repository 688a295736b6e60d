"""A nonce counts once."""

from datetime import datetime

from domain.base import rows, run


async def use_nonce(channel_id: int, nonce: str, *, expires_at: datetime) -> bool:
    """Use the nonce up; False if the channel has used it before. Times are wall time."""
    used = await rows(
        """insert into channel_nonce (channel_id, nonce, expires_at) values ($1, $2, $3)
           on conflict do nothing returning id""",
        channel_id,
        nonce,
        expires_at,
    )
    return bool(used)


async def forget_nonces(*, wall: datetime) -> None:
    """Drop nonces whose signatures are too old to be taken anyway."""
    await run("delete from channel_nonce where expires_at < $1", wall)
