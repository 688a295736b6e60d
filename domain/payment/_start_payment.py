"""A customer means to pay."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.base import row, transaction

from ._refusals import AmountTooSmall, IdempotencyKeyReused, UnknownChannel

LIFETIME = timedelta(hours=2)

_INSERT = """
insert into payment_order (number, idempotency_key, account_id, channel_id, person_id, amount_fen,
                           created_at, expires_at)
select $1, $2, $3, c.id, $5, $6, $7, $8 from channel c where c.code = $4 and c.active
on conflict (idempotency_key) do nothing returning id
"""

_FOUND = """
select o.number, o.account_id, o.person_id, o.amount_fen, o.expires_at, c.code as channel
from payment_order o join channel c on c.id = o.channel_id where o.idempotency_key = $1
"""


@dataclass(frozen=True, slots=True)
class Order:
    """An order to pay: the number goes to the channel, which names it in its notice."""

    number: str
    account_id: int
    channel: str
    amount_fen: int
    expires_at: datetime
    replayed: bool


async def start_payment(
    account_id: int,
    *,
    person_id: int,
    channel: str,
    amount_fen: int,
    idempotency_key: str,
    now: datetime,
) -> Order:
    """Open an order for the account; the same key returns the first order.

    Refusals: AmountTooSmall, UnknownChannel, IdempotencyKeyReused (same key, other content).
    """
    if amount_fen <= 0:
        raise AmountTooSmall(amount_fen=amount_fen)
    async with transaction():
        number = f"P{now:%Y%m%d}{secrets.token_hex(6).upper()}"
        fresh = await row(
            _INSERT,
            number,
            idempotency_key,
            account_id,
            channel,
            person_id,
            amount_fen,
            now,
            now + LIFETIME,
        )
        found = await row(_FOUND, idempotency_key)
        if found is None:
            raise UnknownChannel(channel=channel)
        asked = (account_id, person_id, amount_fen, channel)
        if asked != tuple(found[k] for k in ("account_id", "person_id", "amount_fen", "channel")):
            raise IdempotencyKeyReused
        del found["person_id"]
        return Order(**found, replayed=fresh is None)
