from datetime import datetime
from typing import Any

from tortoise.fields.base import Field
from tortoise.models import Model

from domain.base import columns


class Meter(Model):
    """电能表: what measures a usage point.

    `rated_w` bounds what it may claim, on the primary side. Its registers have `digits` whole
    digits of a kWh and start again at zero; what they show times `ratio` (CT x PT) was used.
    """

    id: Field[int] = columns.key()
    serial: Field[str] = columns.text(20, unique=True)
    account_id: Field[int] = columns.ref()
    usage_point_id: Field[int] = columns.ref()
    rated_w: Field[int] = columns.whole()
    digits: Field[int] = columns.whole(default=6)
    ct: Field[str] = columns.text(20, default="1/1")
    pt: Field[str] = columns.text(20, default="1/1")
    ratio: Field[int] = columns.whole(default=1)
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
    resolved_by: Field[str | None] = columns.optional_text(80)
    resolution: Field[str | None] = columns.optional_text(20)
    reason: Field[str | None] = columns.optional_text(200)

    class Meta:
        table = "reading_exception"
