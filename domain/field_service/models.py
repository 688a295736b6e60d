from datetime import datetime

from tortoise.fields.base import Field
from tortoise.models import Model

from domain.base import columns


class RepairRequest(Model):
    """报修: a customer says that something is broken."""

    id: Field[int] = columns.key()
    number: Field[str] = columns.text(40, unique=True)
    idempotency_key: Field[str] = columns.text(60, unique=True)
    account_id: Field[int] = columns.ref()
    person_id: Field[int] = columns.ref()
    task_id: Field[int | None] = columns.optional_ref()
    kind: Field[str] = columns.text(20)
    description: Field[str] = columns.text(500, default="")
    answer: Field[str] = columns.text(40)
    created_at: Field[datetime] = columns.moment()

    class Meta:
        table = "repair_request"
