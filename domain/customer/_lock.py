"""The account row is the lock of everything that moves money or supply.

Accounts lie in ranges of neighbours, and each range has a lock of its own above those of its rows:
who wants some rows shares it, who wants them all takes it whole. So a night's accrual locks
thousands of accounts without writing to one of their rows.
"""

from collections.abc import Collection

from domain.base import LISTED, listed, run

_RANGE_BITS = 10
_RANGES = 1_024  # more accounts than a million share them: a server has room for so many locks only
_KEY = 0x6163  # "ac"

_RANGE_OF = f"(({{}} >> {_RANGE_BITS}) & {_RANGES - 1})::int"

_LOCK = f"""
with shared as materialized (
  select count(pg_advisory_xact_lock_shared({_KEY}, range)) as ranges from (
    select distinct {_RANGE_OF.format("id")} as range
    from unnest($1::text::bigint[]) as id order by range) as theirs
)
select count(*) from (
  select id from account where id = {LISTED} and (select ranges from shared) > 0
  order by id for no key update) as locked
"""

_LOCK_RANGE = f"""
select count(pg_advisory_xact_lock({_KEY}, range)) from (
  select distinct (high & {_RANGES - 1})::int as range from generate_series(
    $1::bigint >> {_RANGE_BITS},
    least($2::bigint >> {_RANGE_BITS}, ($1::bigint >> {_RANGE_BITS}) + {_RANGES})
  ) as high order by range) as theirs
"""

REACHABLE = f"pg_try_advisory_xact_lock_shared({_KEY}, {_RANGE_OF.format('a.id')})"
"""SQL: nobody holds the range of account `a` whole; for who locks a row and skips locked ones."""


async def lock(account_ids: Collection[int]) -> None:
    """Lock these account rows until the transaction ends, in one order for everybody.

    Every balance change, trip decision and protection change takes this lock first; callers that
    need several accounts take them in one call, so that two of them can never wait in a circle.
    """
    await run(_LOCK, listed(account_ids))


async def lock_range(first_id: int, last_id: int) -> None:
    """Lock all accounts from `first_id` to `last_id`, and some of their neighbours.

    It holds out everybody who wants to `lock` one of them, and waits for whoever holds one.
    """
    await run(_LOCK_RANGE, first_id, last_id)
