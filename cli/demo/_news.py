"""What happened since the last look, oldest first: messages, commands, payments, supply."""

from dataclasses import dataclass
from datetime import datetime

from domain.base import rows

_NEWS = """
select * from (
  select 'sms' as kind, id, created_at as at, account_id, kind as name, text from message
  where id > $1 and state <> 'QUEUED' and account_id is not null
  union all
  select 'payment', id, settled_at, account_id, amount_fen::text, '' from payment where id > $2
  union all
  select 'supply', id, at, account_id, output_state || '/' || control_state, '' from supply_change
  where id > $3
  union all
  select 'command', id, sent_at, account_id, verb::text, '' from command
  where id > $4 and sent_at is not null
) as news order by at, kind, id
"""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that happened to an account."""

    kind: str
    id: int
    at: datetime
    account_id: int
    name: str
    text: str


class News:
    """A reader that remembers how far it has read."""

    def __init__(self) -> None:
        self._seen = {"sms": 0, "payment": 0, "supply": 0, "command": 0}

    async def read(self) -> list[Item]:
        """Return what is new."""
        items = [Item(**row) for row in await rows(_NEWS, *self._seen.values())]
        for item in items:
            self._seen[item.kind] = max(self._seen[item.kind], item.id)
        return items
