"""What was said to whom, and did it arrive."""

from dataclasses import dataclass
from datetime import datetime

from domain import base

from ._record import RECEIPT_WITHIN

SELECT = """
select id, account_id, kind, text, state, created_at, sent_at, delivered_at, failed_at, reason
from message
"""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as its account sees it."""

    id: int
    account_id: int | None
    kind: str
    text: str
    state: str
    created_at: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    failed_at: datetime | None
    reason: str | None


async def messages_of(
    account_id: int, *, limit: int = 20, before: int | None = None
) -> tuple[Message, ...]:
    """Return the account's messages, newest first; `before` is the id where the last page ended."""
    found = await base.rows(
        SELECT + "where account_id = $1 and ($2::bigint is null or id < $2)"
        " order by id desc limit $3",
        account_id,
        before,
        limit,
    )
    return tuple(Message(**row) for row in found)


async def message_of(message_id: int) -> Message | None:
    """Return one message."""
    found = await base.row(SELECT + "where id = $1", message_id)
    return None if found is None else Message(**found)


async def expects_receipt_until() -> datetime | None:
    """Return when the longest-waiting unconfirmed message is given up."""
    oldest: datetime | None = await base.value(
        "select min(sent_at) from message where state = 'SENT'"
    )
    return None if oldest is None else oldest + RECEIPT_WITHIN
