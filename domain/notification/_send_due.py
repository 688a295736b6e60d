"""Send what has waited for the morning."""

from datetime import datetime

from domain import base, outbox

DUE = """
update message set due_at = null where id in (
  select id from message where state = 'QUEUED' and due_at <= $1
  order by due_at limit $2 for update skip locked)
returning id
"""


async def send_due(*, limit: int, now: datetime) -> int:
    """Hand on the messages whose quiet hours are over; return how many."""
    async with base.transaction():
        found = await base.rows(DUE, now, limit)
        await outbox.add_many("message.queued", [{"message_id": each["id"]} for each in found])
    return len(found)
