"""Payment (缴费): orders of our customers, and notices of channels that money was paid.

A notice counts once per channel and reference. Credit, cancelled trips and permit-close are one
transaction: an acknowledged payment is never lost, doubled or without its effect on supply.
"""

from ._notice import Notice, Receipt
from ._open_channel import Channel, channel_by_key, open_channel
from ._queries import OpenChannel, open_channels
from ._refusals import (
    AmountTooSmall,
    ChannelNotContracted,
    CurrencyMismatch,
    IdempotencyKeyReused,
    OrderMismatch,
    ReferenceReused,
    UnknownAccount,
    UnknownChannel,
    UnknownOrder,
)
from ._reseal import kept_secrets, reseal
from ._settle import settle
from ._start_payment import Order, start_payment
from ._use_nonce import forget_nonces, use_nonce

__all__ = [
    "AmountTooSmall",
    "Channel",
    "ChannelNotContracted",
    "CurrencyMismatch",
    "IdempotencyKeyReused",
    "Notice",
    "OpenChannel",
    "Order",
    "OrderMismatch",
    "Receipt",
    "ReferenceReused",
    "UnknownAccount",
    "UnknownChannel",
    "UnknownOrder",
    "channel_by_key",
    "forget_nonces",
    "kept_secrets",
    "open_channel",
    "open_channels",
    "reseal",
    "settle",
    "start_payment",
    "use_nonce",
]
