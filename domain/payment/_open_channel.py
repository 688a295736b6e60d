"""Contract a payment channel."""

from collections.abc import Collection
from dataclasses import dataclass

from domain.base import row, run, transaction, value


@dataclass(frozen=True, slots=True)
class Channel:
    """A payment channel and the key that its notices are signed with.

    `algorithm` is `ed25519` (key: public key, PEM) or `hmac-sha256` (key: the shared secret,
    as it is kept).
    """

    id: int
    code: str
    name: str
    algorithm: str
    key_id: str
    key: str
    by_account: bool


async def open_channel(
    code: str, *, name: str, algorithm: str, key_id: str, key: str, districts: Collection[int] = ()
) -> int:
    """Open a channel, its `key` kept as it is given.

    With `districts` it may also credit by account number, in those only.
    """
    async with transaction():
        channel_id: int = await value(
            """insert into channel (code, name, algorithm, key_id, key, by_account)
               values ($1, $2, $3, $4, $5, $6) returning id""",
            code,
            name,
            algorithm,
            key_id,
            key,
            bool(districts),
        )
        await run(
            """insert into channel_contract (channel_id, district_id)
               select $1, unnest($2::bigint[])""",
            channel_id,
            list(districts),
        )
        return channel_id


async def channel_by_key(key_id: str) -> Channel | None:
    """Return the active channel that signs with this key, or None."""
    found = await row(
        """select id, code, name, algorithm, key_id, key, by_account from channel
           where key_id = $1 and active""",
        key_id,
    )
    return Channel(**found) if found else None
