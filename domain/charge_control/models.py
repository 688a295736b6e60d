from datetime import date
from typing import Any

from tortoise.fields.base import Field
from tortoise.models import Model

from domain.base import columns


class Strategy(Model):
    """费控策略: thresholds, lead times and trip windows of a class of accounts, as data."""

    id: Field[int] = columns.key()
    code: Field[str] = columns.text(40, unique=True)
    document: Field[Any] = columns.document()

    class Meta:
        table = "strategy"


class CalendarDay(Model):
    """A day that is not what its weekday says: a holiday, or a weekend that is worked."""

    id: Field[int] = columns.key()
    country: Field[str] = columns.text(2)
    day: Field[date] = columns.day()
    working: Field[bool] = columns.flag()
    name: Field[str] = columns.text(60, default="")

    class Meta:
        table = "calendar_day"
        unique_together = (("country", "day"),)
