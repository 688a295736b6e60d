from datetime import datetime
from typing import Any

from tortoise.fields.base import Field
from tortoise.models import Model

from domain.base import columns


class Meter(Model):
    """电能表: what measures a usage point, with the rating that bounds what it may claim."""

    id: Field[int] = columns.key()
    serial: Field[str] = columns.text(20, unique=True)
    account_id: Field[int] = columns.ref()
    usage_point_id: Field[int] = columns.ref()
    rated_w: Field[int] = columns.whole()
    installed_at: Field[datetime] = columns.moment()
    removed_at: Field[datetime | None] = columns.optional_moment()

    class Meta:
        table = "meter"


class ReadingException(Model):
    """A report that was kept apart: not charged, not used to trip, never dropped."""

    id: Field[int] = columns.key()
    meter_id: Field[int] = columns.ref()
    account_id: Field[int] = columns.ref()
    rule: Field[str] = columns.text(40)
    measured_at: Field[datetime] = columns.moment()
    content: Field[Any] = columns.document()
    created_at: Field[datetime] = columns.moment()
    resolved_at: Field[datetime | None] = columns.optional_moment()

    class Meta:
        table = "reading_exception"
