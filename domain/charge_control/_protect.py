"""保电: keep an account from being cut off, and give back what it has lost."""

from datetime import datetime

from domain import audit, command, customer
from domain.base import Actor, Refusal, transaction
from domain.command import Verb

from ._review import review


class AccountUnknown(Refusal):
    """There is no such account."""

    code = "ACCOUNT_UNKNOWN"


async def protect(account_id: int, *, why: str, actor: Actor, now: datetime) -> None:
    """Protect the account: unsent trips are cancelled, the meter is told to keep (3A).

    If supply is off, the review permits closing at once, whatever the balance.
    """
    async with transaction():
        await _change(account_id, why=why, actor=actor, now=now)
        await command.cancel_unsent(account_id, Verb.TRIP, now=now)
        await review(account_id, now=now)
        await command.issue(account_id, Verb.KEEP_ON, cause="PROTECTED", now=now)


async def unprotect(account_id: int, *, actor: Actor, now: datetime) -> None:
    """End the protection: the meter may be tripped again, by a new decision only."""
    async with transaction():
        await _change(account_id, why=None, actor=actor, now=now)
        await command.issue(account_id, Verb.KEEP_OFF, cause="UNPROTECTED", now=now)
        await review(account_id, now=now)


async def _change(account_id: int, *, why: str | None, actor: Actor, now: datetime) -> None:
    await customer.lock([account_id])
    account = await customer.account_of(account_id)
    if account is None:
        raise AccountUnknown(account=account_id)
    await customer.mark_protected(account_id, why=why)
    await audit.note(
        actor,
        "PROTECT" if why else "UNPROTECT",
        f"account:{account_id}",
        detail={"why": why},
        now=now,
    )
