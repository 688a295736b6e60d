from datetime import datetime
from typing import Any

from tortoise.fields.base import Field
from tortoise.models import Model

from domain.base import columns


class Entry(Model):
    """Who did what, when; no personal data in `detail`."""

    id: Field[int] = columns.key()
    at: Field[datetime] = columns.moment()
    actor: Field[str] = columns.text(80)
    action: Field[str] = columns.text(60)
    subject: Field[str] = columns.text(80)
    detail: Field[Any] = columns.document()

    class Meta:
        table = "audit_entry"
