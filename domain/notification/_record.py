"""Record what the gateway says about a message."""

from datetime import datetime, timedelta
from typing import Any

from domain import base

from ._settle import settle

MAX_ATTEMPTS = 5
RECEIPT_WITHIN = timedelta(days=3)

SENT = """
update message set state = 'SENT', provider_id = $2, sent_at = $3,
  text = case when kind in ('SIGN_IN_CODE', 'ACCESS_CODE')
    then regexp_replace(text, '[0-9]{4,}', '******', 'g') else text end
where id = $1 and state = 'SENDING' returning id
"""

PUSHED = "update message set pushed_at = $2 where id = $1 and state = 'SENDING' returning id"


async def record_sent(
    message_id: int, *, provider_id: str, now: datetime, delivered: bool = False
) -> None:
    """Record that the gateway took the message, and that it arrived where the gateway knows."""
    async with base.transaction():
        sent = await base.row(SENT, message_id, provider_id, now)
        if sent is not None and delivered:
            await settle(message_id, "DELIVERED", now=now)


async def record_pushed(message_id: int, *, enough: bool, now: datetime) -> None:
    """Record that a push service took the message; `enough`: no SMS follows.

    PUSHED is an end: whether anybody has seen it, no push service tells.
    """
    async with base.transaction():
        pushed = await base.row(PUSHED, message_id, now)
        if pushed is not None and enough:
            await settle(message_id, "PUSHED", now=now)


async def record_failed(message_id: int, *, reason: str, now: datetime) -> bool:
    """Record that the gateway did not take it; True: try again. The last attempt settles it."""
    async with base.transaction():
        message = await _locked("id = $1 and state = 'SENDING'", message_id)
        if message is None:
            return False
        if message["attempts"] >= MAX_ATTEMPTS:
            await settle(message_id, "UNDELIVERABLE", reason=reason, now=now)
            return False
        await base.run(
            "update message set state = 'QUEUED', reason = $2 where id = $1", message_id, reason
        )
        return True


async def record_receipt(provider_id: str, *, delivered: bool, at: datetime, now: datetime) -> bool:
    """Record a delivery receipt; False: no such message. A repeated receipt changes nothing.

    A late "delivered" corrects what was given up; a late "failed" never undoes a delivery. The
    message arrived at `at`, after it was sent and not after `now`: a gateway's clock may be wrong.
    """
    async with base.transaction():
        message = await _locked("provider_id = $1", provider_id)
        if message is None:
            return False
        if delivered and message["state"] in {"SENT", "UNDELIVERABLE"}:
            await settle(message["id"], "DELIVERED", now=max(message["sent_at"], min(at, now)))
        elif not delivered and message["state"] == "SENT":
            await settle(message["id"], "UNDELIVERABLE", reason="RECEIPT", now=now)
        return True


async def give_up(*, limit: int, now: datetime) -> int:
    """Settle messages that the gateway took and never confirmed: unknown is not delivered."""
    async with base.transaction():
        silent = await base.rows(
            "select id from message where state = 'SENT' and sent_at <= $1"
            " order by id limit $2 for update skip locked",
            now - RECEIPT_WITHIN,
            limit,
        )
        for message in silent:
            await settle(message["id"], "UNDELIVERABLE", reason="NO_RECEIPT", now=now)
    return len(silent)


async def _locked(which: str, value: object) -> dict[str, Any] | None:
    return await base.row(
        f"select id, state, attempts, sent_at from message where {which} for update", value
    )
