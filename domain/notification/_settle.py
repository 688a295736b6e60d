"""Settle what became of a message, and tell whoever waits for it."""

from collections.abc import Collection
from datetime import datetime, timedelta

from domain import base, outbox, worklist

from ._way import MUST_ARRIVE

ANSWER_BY = timedelta(days=1)

SETTLE = """
update message set state = $2, reason = $3,
  delivered_at = case when $2 in ('DELIVERED', 'SHADOW') then $4::timestamptz end,
  failed_at = case when $2 = 'UNDELIVERABLE' then $4::timestamptz end,
  text = case when kind in ('SIGN_IN_CODE', 'ACCESS_CODE')
    then regexp_replace(text, '[0-9]{4,}', '******', 'g') else text end
where id = any($1) returning id as message_id, account_id, kind
"""


async def settle(message_id: int, state: str, *, now: datetime, reason: str | None = None) -> None:
    """Record the end of a message inside the caller's transaction."""
    await settle_many([message_id], state, now=now, reason=reason)


async def settle_many(
    message_ids: Collection[int], state: str, *, now: datetime, reason: str | None = None
) -> None:
    """Record that these messages have come to the same end."""
    if not message_ids:
        return
    settled = await base.rows(SETTLE, sorted(message_ids), state, reason, now)
    of_accounts = [each for each in settled if each["account_id"] is not None]
    await outbox.add_many("message.settled", of_accounts)
    for each in of_accounts:
        if state == "UNDELIVERABLE" and each["kind"] in MUST_ARRIVE:
            await _ask_a_person(each["message_id"], each["account_id"], each["kind"], now)


async def _ask_a_person(message_id: int, account_id: int, kind: str, now: datetime) -> None:
    district_id: int = await base.value("select district_id from account where id = $1", account_id)
    await worklist.open_task(
        "DELIVER_NOTICE",
        district_id=district_id,
        account_id=account_id,
        meter_id=None,
        key=f"message:{message_id}",
        detail={"kind": kind},
        due_at=now + ANSWER_BY,
        now=now,
    )
