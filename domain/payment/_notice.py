"""What a channel tells us, and what it is answered."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from domain.base import packed


@dataclass(frozen=True, slots=True)
class Notice:
    """A channel says that money was paid: for one of our orders, or for an account number.

    `reference` is the channel's own transaction number; with the channel it is unique for ever.
    """

    channel: str
    reference: str
    amount_fen: int
    currency: str
    paid_at: datetime
    order: str | None = None
    account: str | None = None

    @property
    def content_hash(self) -> str:
        """Tell two notices of one reference apart."""
        paid_at = self.paid_at.astimezone(UTC)
        content = (self.amount_fen, self.currency, paid_at, self.order, self.account)
        return hashlib.sha256(packed(content).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Receipt:
    """The first and only answer to a reference; `replayed` where it had been given before."""

    number: str
    channel: str
    reference: str
    account: str
    amount_fen: int
    currency: str
    settled_at: datetime
    available_fen: int
    replayed: bool
