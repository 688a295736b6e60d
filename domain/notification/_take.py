"""Take a message to send it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from domain import base

from ._texts import language_of

TAKE = """
update message set state = 'SENDING', attempts = attempts + 1
where id = $1 and state in ('QUEUED', 'SENDING') and due_at is null
returning id, account_id, phone, text, translations, kind, locale, attempts
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
    translations: Mapping[str, str] = field(default_factory=dict, repr=False)

    def said(self, locale: str) -> str:
        """Return the text in the language of whoever is told beside the SMS, if it was composed."""
        return self.translations.get(language_of(locale), self.text)


async def take(message_id: int, *, now: datetime) -> Sms | None:  # ruff: ignore[unused-function-argument]
    """Mark a message as being sent and return it; None if there is nothing to send any more.

    One whose sending was cut off is taken again: the gateway is asked with the same id.
    """
    found = await base.row(TAKE, message_id)
    if found is None:
        return None
    return Sms(**found | {"translations": base.unpacked(found["translations"]) or {}})
