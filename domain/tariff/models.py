from datetime import date, datetime
from typing import Any

from tortoise.fields.base import Field
from tortoise.models import Model

from domain.base import columns


class TariffVersion(Model):
    """A published tariff document; it never changes, a new price is a new version."""

    id: Field[int] = columns.key()
    code: Field[str] = columns.text(60)
    version: Field[str] = columns.text(20)
    valid_from: Field[date] = columns.day()
    valid_to: Field[date | None] = columns.optional_day()
    document: Field[Any] = columns.document()
    published_at: Field[datetime] = columns.moment()

    class Meta:
        table = "tariff_version"
        unique_together = (("code", "version"),)


class TariffDraft(Model):
    """A document that somebody has proposed and somebody else publishes; it never changes."""

    id: Field[int] = columns.key()
    code: Field[str] = columns.text(60)
    version: Field[str] = columns.text(20)
    document: Field[Any] = columns.document()
    state: Field[str] = columns.text(12, default="OPEN")
    proposed_by: Field[str] = columns.text(80)
    proposed_at: Field[datetime] = columns.moment()
    decided_by: Field[str | None] = columns.optional_text(80)
    decided_at: Field[datetime | None] = columns.optional_moment()

    class Meta:
        table = "tariff_draft"
