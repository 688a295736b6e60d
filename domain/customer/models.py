from datetime import date, datetime

from tortoise.fields.base import Field
from tortoise.models import Model

from domain.base import columns


class District(Model):
    """A supply district: accounts, staff and statistics hang on it."""

    id: Field[int] = columns.key()
    code: Field[str] = columns.text(20, unique=True)
    name: Field[str] = columns.text(80)
    timezone: Field[str] = columns.text(40, default="Asia/Shanghai")

    class Meta:
        table = "district"


class Account(Model):
    """户号: whose money and whose supply; its row is the lock of everything that changes them."""

    id: Field[int] = columns.key()
    number: Field[str] = columns.text(20, unique=True)
    district_id: Field[int] = columns.ref()
    name: Field[str] = columns.text(80)
    locale: Field[str] = columns.text(10, default="zh-CN")
    strategy: Field[str] = columns.text(40)
    protected: Field[bool] = columns.flag()
    protected_why: Field[str | None] = columns.optional_text(80)
    opened_at: Field[datetime] = columns.moment()
    closed_at: Field[datetime | None] = columns.optional_moment()

    class Meta:
        table = "account"


class Agreement(Model):
    """Which tariff an account stands under, and when."""

    id: Field[int] = columns.key()
    account_id: Field[int] = columns.ref()
    tariff_code: Field[str] = columns.text(60)
    valid_from: Field[date] = columns.day()
    valid_to: Field[date | None] = columns.optional_day()

    class Meta:
        table = "agreement"


class Contact(Model):
    """A phone that is told about the account."""

    id: Field[int] = columns.key()
    account_id: Field[int] = columns.ref()
    phone: Field[str] = columns.text(20)
    active: Field[bool] = columns.flag(default=True)

    class Meta:
        table = "contact"


class UsagePoint(Model):
    """计量点: the place that is metered."""

    id: Field[int] = columns.key()
    account_id: Field[int] = columns.ref()
    address: Field[str] = columns.text(200)

    class Meta:
        table = "usage_point"
