"""Ask for many messages of one kind to be sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any

from domain import base, outbox

from ._queue import addressees, composed, due_at_of
from ._settle import settle_many
from ._texts import Kind

_INSERT = """
insert into message
  (account_id, phone, kind, locale, key, text, translations, state, created_at, due_at)
select account_id, phone, $1, locale, key, text, others::jsonb, 'QUEUED', $2, due_at
from unnest($3::bigint[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
  $9::timestamptz[]) as w (account_id, phone, locale, key, text, others, due_at)
on conflict (key) do nothing returning id, phone, due_at
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A message that an account is to have: what its text wants, and the key that makes it one."""

    account_id: int
    params: Mapping[str, object]
    key: str


async def queue_many(
    kind: str, wanted: Sequence[Wanted], *, now: datetime, shadow: bool = False
) -> int:
    """Do for each account what `queue` does for one, by a few statements; return how many are new.

    Not for payments, each of which overtakes what waits.
    """
    assert kind != Kind.PAYMENT_RECEIVED, "a payment is told by queue"
    if not wanted:
        return 0
    async with base.transaction():
        fresh = await _written(kind, wanted, now=now, shadow=shadow)
        if shadow:
            await settle_many([each["id"] for each in fresh], "SHADOW", now=now)
            return len(fresh)
        unreached = [each["id"] for each in fresh if not each["phone"]]
        await settle_many(unreached, "UNDELIVERABLE", reason="NO_PHONE", now=now)
        going = [each for each in fresh if each["phone"] and each["due_at"] is None]
        await outbox.add_many("message.queued", [{"message_id": each["id"]} for each in going])
        return len(fresh)


async def _written(
    kind: str, wanted: Sequence[Wanted], *, now: datetime, shadow: bool
) -> list[dict[str, Any]]:
    known = await addressees({each.account_id for each in wanted})
    found = []
    # In the order of keys: two that write the same messages wait for each other one way only.
    for each in sorted(wanted, key=attrgetter("key")):
        to = known[each.account_id]
        said = composed(kind, to, each.params)
        due_at = None if shadow else due_at_of(kind, to, now)
        found.append((each.account_id, to["phone"] or "", to["locale"], each.key, *said, due_at))
    return await base.rows(_INSERT, Kind(kind).value, now, *map(list, zip(*found, strict=True)))
