"""Take a message to send it."""

from dataclasses import dataclass, field
from datetime import datetime

from domain import base

TAKE = """
update message set state = 'SENDING', attempts = attempts + 1
where id = $1 and state in ('QUEUED', 'SENDING') and due_at is null
returning id, account_id, phone, text, kind, locale, attempts
"""


@dataclass(frozen=True, slots=True)
class Sms:
    """What a gateway needs to send a message; phone and text stay out of every log."""

    id: int
    phone: str = field(repr=False)
    text: str = field(repr=False)
    kind: str
    locale: str
    account_id: int | None = None
    attempts: int = 1


async def take(message_id: int, *, now: datetime) -> Sms | None:  # ruff: ignore[unused-function-argument]
    """Mark a message as being sent and return it; None if there is nothing to send any more.

    One whose sending was cut off is taken again: the gateway is asked with the same id.
    """
    found = await base.row(TAKE, message_id)
    return None if found is None else Sms(**found)
