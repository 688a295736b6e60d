"""Carry facts outside: claim, start, and then done, retry, postpone, release or bury; or revive."""

from collections.abc import Sequence
from datetime import datetime

from domain import base

from ._fact import Claim, Fact

CLAIM = """
with due as (
  select id from outbox
  where not dead and (lease_until is null or lease_until <= clock_timestamp())
  order by id limit $1 for update skip locked
)
update outbox set lease_until = clock_timestamp() + make_interval(secs => $2)
from due where outbox.id = due.id
returning outbox.id, topic, lease_until
"""

START = """
update outbox set attempts = attempts + 1,
  lease_until = clock_timestamp() + make_interval(secs => $3)
where id = any($1::bigint[]) and lease_until = any($2::timestamptz[]) and not dead
returning id, topic, payload, attempts
"""

REVIVE = """
update outbox set dead = false, attempts = 0, lease_until = null, why = null
where dead and ($1::bigint[] is null or id = any($1)) and ($2::text is null or topic = $2)
returning id
"""

# `audit` stands above this room.
NOTED = """
insert into audit_entry (at, actor, action, subject, detail)
values ($1, $2, 'REVIVE_FACTS', 'outbox', $3)
"""
_WHY_MAX = 500


async def claim(limit: int, lease_s: float) -> tuple[Claim, ...]:
    """Lease up to `limit` due facts, oldest first; rival relays take others, never the same."""
    taken = await base.rows(CLAIM, limit, lease_s)
    claims = (Claim(row["id"], row["topic"], row["lease_until"]) for row in taken)
    return tuple(sorted(claims, key=lambda claim: claim.id))


async def start(
    ids: Sequence[int], *, leases: Sequence[datetime], lease_s: float
) -> tuple[Fact, ...]:
    """Begin work on the claimed facts that are still under one of these leases; prolong it.

    A fact that was handed out again meanwhile, or is done, is not returned: not ours any more.
    """
    taken = await base.rows(START, list(ids), list(leases), lease_s)
    facts = (
        Fact(row["id"], row["topic"], base.unpacked(row["payload"]), row["attempts"])
        for row in taken
    )
    return tuple(sorted(facts, key=lambda fact: fact.id))


async def done(ids: Sequence[int]) -> None:
    """Forget facts whose effect has happened."""
    await base.run("delete from outbox where id = any($1::bigint[])", list(ids))


async def retry(ids: Sequence[int], delay_s: float) -> None:
    """Make facts due again after `delay_s`: their effect failed in a way that may pass."""
    await base.run(
        "update outbox set lease_until = clock_timestamp() + make_interval(secs => $2)"
        " where id = any($1::bigint[]) and not dead",
        list(ids),
        delay_s,
    )


async def postpone(ids: Sequence[int], delay_s: float) -> None:
    """Make facts due again after `delay_s`: nothing failed, so what was begun is no attempt."""
    await base.run(
        "update outbox set lease_until = clock_timestamp() + make_interval(secs => $2),"
        " attempts = 0 where id = any($1::bigint[]) and not dead",
        list(ids),
        delay_s,
    )


async def release(ids: Sequence[int]) -> None:
    """Give claimed facts back at once: they could not be handed out."""
    await retry(ids, 0)


async def bury(ids: Sequence[int], *, why: str) -> None:
    """Put facts aside for a person, who reads `why`. They are kept, and not tried again."""
    await base.run(
        "update outbox set dead = true, lease_until = null, why = $2 where id = any($1::bigint[])",
        list(ids),
        why[:_WHY_MAX],
    )


async def revive(
    *, ids: Sequence[int] | None = None, topic: str | None = None, actor: base.Actor, now: datetime
) -> int:
    """Hand buried facts out again, these or all of a topic; return how many. Noted for the audit.

    Their jobs are idempotent: what has happened before is not repeated.
    """
    async with base.transaction():
        found = await base.rows(REVIVE, None if ids is None else list(ids), topic)
        if found:
            await base.run(NOTED, now, str(actor), base.packed({"ids": [r["id"] for r in found]}))
    return len(found)
