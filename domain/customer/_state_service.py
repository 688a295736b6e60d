"""State what an account has contracted."""

from datetime import date, datetime

from domain import audit
from domain.base import Actor, run, transaction

from ._lock import lock
from ._mark_changed import mark_changed
from ._service_facts import LARGEST, ServiceFacts, ServiceFactsRefused

_STATE = """
insert into service_fact (account_id, since, capacity_va, declared_w) values ($1, $2, $3, $4)
on conflict (account_id, since) do update
set capacity_va = excluded.capacity_va, declared_w = excluded.declared_w
"""


async def state_service(
    account_id: int, facts: ServiceFacts, *, since: date, actor: Actor, now: datetime
) -> None:
    """State capacity and declared demand from a day on, until others are stated.

    Where the tariff asks for what changes, the part of the period ends on that day. Refusals:
    ServiceFactsRefused.
    """
    if not (0 <= facts.capacity_va <= LARGEST and 0 <= facts.declared_w <= LARGEST):
        raise ServiceFactsRefused(capacity_va=facts.capacity_va, declared_w=facts.declared_w)
    async with transaction():
        await lock([account_id])
        await run(_STATE, account_id, since, facts.capacity_va, facts.declared_w)
        detail = {
            "since": since,
            "capacity_va": facts.capacity_va,
            "declared_w": facts.declared_w,
        }
        subject = f"account:{account_id}"
        await audit.note(actor, "STATE_SERVICE", subject, detail=detail, now=now)
        await mark_changed(account_id)
