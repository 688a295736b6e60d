"""Want something of the meters of an account."""

from collections.abc import Mapping
from datetime import datetime

from domain import outbox
from domain.base import packed, rows, run, transaction

from ._life import OPEN_STATES, State
from ._verb import OPPOSES, RULES, Verb

_SUPERSEDE = """
update command set state = $3, closed_at = $4
where account_id = $1 and verb = any($2) and state = any($5)
"""

# Ids grow with time and carry 20 random bits: a restored database never reuses one that a meter
# remembers.
_INSERT = """
insert into command (id, account_id, meter_id, verb, args, state, priority, cause,
                     created_at, not_before, expires_at)
select ((extract(epoch from clock_timestamp()) * 1000)::bigint << 20)
         | floor(random() * 1048576)::bigint,
       account_id, id, $2, $3::jsonb, $4, $5, $6, $7, $7, $8
from meter where account_id = $1 and removed_at is null
on conflict do nothing
returning id, meter_id
"""


async def issue(
    account_id: int,
    verb: Verb,
    *,
    cause: str,
    now: datetime,
    args: Mapping[str, object] | None = None,
) -> list[int]:
    """Issue the command to each meter of the account and return the new ids.

    The caller holds the account's lock. The contrary intent that is still open is superseded,
    sent or not: the newer command carries the higher sequence, so an older one that arrives late
    is refused by the meter. A meter that has this intent open already gets no second command.
    """
    rule = RULES[verb]
    async with transaction():
        await run(
            _SUPERSEDE,
            account_id,
            [int(v) for v in OPPOSES[verb]],
            State.SUPERSEDED,
            now,
            list(OPEN_STATES),
        )
        issued = await rows(
            _INSERT,
            account_id,
            int(verb),
            packed(dict(args or {})),
            State.PENDING,
            rule.priority,
            cause,
            now,
            now + rule.lifetime,
        )
        for row in issued:
            await outbox.add("command.waiting", meter_id=row["meter_id"])
        return [row["id"] for row in issued]
