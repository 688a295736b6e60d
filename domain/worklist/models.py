from datetime import datetime
from typing import Any

from tortoise.fields.base import Field
from tortoise.models import Model

from domain.base import columns


class Task(Model):
    """One piece of human work: who should do what about which account, until when."""

    id: Field[int] = columns.key()
    kind: Field[str] = columns.text(40)
    district_id: Field[int] = columns.ref()
    account_id: Field[int | None] = columns.optional_ref()
    meter_id: Field[int | None] = columns.optional_ref()
    assignee_id: Field[int | None] = columns.optional_ref()
    state: Field[str] = columns.text(12, default="OPEN")
    key: Field[str] = columns.text(120, unique=True)
    detail: Field[Any] = columns.document()
    result: Field[Any] = columns.document()
    created_at: Field[datetime] = columns.moment()
    due_at: Field[datetime] = columns.moment()
    started_at: Field[datetime | None] = columns.optional_moment()
    completed_at: Field[datetime | None] = columns.optional_moment()

    class Meta:
        table = "task"
