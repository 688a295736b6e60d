"""Why a payment is not taken."""

from domain.base import Refusal


class UnknownChannel(Refusal):
    """There is no such active channel."""

    code = "UNKNOWN_CHANNEL"


class UnknownAccount(Refusal):
    """There is no such account, it is closed, or the channel does not collect for it."""

    code = "UNKNOWN_ACCOUNT"


class UnknownOrder(Refusal):
    """There is no such order of this channel."""

    code = "UNKNOWN_ORDER"


class OrderMismatch(Refusal):
    """The notice contradicts our order: another account, another amount, or it is paid already."""

    code = "ORDER_MISMATCH"


class ChannelNotContracted(Refusal):
    """The channel may not credit accounts by their number at all."""

    code = "CHANNEL_NOT_CONTRACTED"


class AmountTooSmall(Refusal):
    """The amount is not positive."""

    code = "AMOUNT_TOO_SMALL"


class CurrencyMismatch(Refusal):
    """We keep our books in another currency."""

    code = "CURRENCY_MISMATCH"


class ReferenceReused(Refusal):
    """The channel used this reference before, with other content."""

    code = "REFERENCE_REUSED"


class IdempotencyKeyReused(Refusal):
    """The idempotency key was used before, with other content."""

    code = "IDEMPOTENCY_KEY_REUSED"
