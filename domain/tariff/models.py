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
