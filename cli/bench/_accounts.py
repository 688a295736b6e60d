"""Accounts by the hundred thousand, loaded set-based as if they had been opened one by one."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from domain import charge_control, customer, metering, tariff
from domain.base import run, transaction, value

TARIFF, STRATEGY = "zhejiang-residential-tou", "residential-prepaid"
OPENED_AT = datetime(2026, 3, 1, 16, tzinfo=UTC)  # midnight in Shanghai
EVERY = timedelta(hours=1)
_AT_ONCE = 50_000
_ZERO = ", ".join("0" for _ in metering.REGISTERS)
_REGISTERS = ", ".join(metering.REGISTERS)
_SOME = "from generate_series($1::bigint, $2::bigint) as k"
_TABLES = (
    *("account", "agreement", "usage_point", "meter", "meter_register", "reading"),
    *("ledger_account", "charge_segment", "charge_basis", "account_position", "supply", "control"),
    "usage_changed",
)

Told = Callable[[int], None]
"""Takes the number of accounts that are done."""

# Foreign keys hold by construction; checking them row by row would take most of the time.
UNCHECKED = """
select set_config('session_replication_role', 'replica', true) from pg_roles
where rolname = current_user and rolsuper
"""

_ACCOUNT = f"""
insert into account (id, number, district_id, name, strategy, opened_at)
select k, 'B' || lpad(k::text, 12, '0'), $3::bigint, '', $4::text, $5::timestamptz {_SOME}
"""

# One account in a hundred stands a little above its watch line of 30 yuan, and will cross it.
_OTHERS = (
    f"""insert into agreement (account_id, tariff_code, valid_from)
        select k, '{TARIFF}', '{OPENED_AT.date()}'::date {_SOME}""",
    f"insert into usage_point (id, account_id, address) select k, k, '' {_SOME}",
    f"""insert into meter (id, serial, account_id, usage_point_id, rated_w, installed_at)
        select k, 'B' || k, k, k, 13200, '{OPENED_AT}'::timestamptz {_SOME}""",
    f"""insert into meter_register (meter_id, account_id, last_n, seen, measured_at, {_REGISTERS})
        select k, k, 0, 1, '{OPENED_AT}'::timestamptz, {_ZERO} {_SOME}""",
    f"""insert into ledger_account (account_id, kind, balance_fen)
        select k, kind, case when kind = 'RECEIVABLE' then 0
                             when k % 100 = 0 then 3001 else 50000 end
        {_SOME} cross join (values ('PREPAID'), ('RECEIVABLE')) as kinds (kind)""",
    f"""insert into charge_segment (account_id, meter_id, since, {_REGISTERS})
        select k, k, '{OPENED_AT}'::timestamptz, {_ZERO} {_SOME}""",
    f"""insert into account_position (account_id, prepaid_fen, available_fen, as_of, window_at,
                                      before_at, watch_below_fen, watch_below_days)
        select k, fen, fen, at, at, at, 3000, 0
        {_SOME} cross join (values ('{OPENED_AT}'::timestamptz)) as opened (at)
        cross join lateral (values (case when k % 100 = 0 then 3001 else 50000 end)) as m (fen)""",
    f"insert into charge_basis (account_id) select k {_SOME}",
    f"insert into supply (meter_id, account_id) select k, k {_SOME}",
    f"insert into control (account_id) select k {_SOME}",
)

_READ = f"""
with used as (
  update meter_register r set last_n = last_n + 1, measured_at = $4::timestamptz,
    total_wh = total_wh + u.wh, peak_wh = peak_wh + u.wh * 3 / 5,
    valley_wh = valley_wh + u.wh - u.wh * 3 / 5
  from (select k, $5::bigint * (200 + (k * 7919 + $3::bigint * 104729) % 2000) as wh {_SOME}) u
  where r.meter_id = u.k returning r.*
), read as (
  insert into reading (meter_id, measured_at, n, {_REGISTERS})
  select meter_id, measured_at, last_n, {_REGISTERS} from used where $6::boolean
)
insert into usage_changed (size, first_id, last_id)
select count(*), min(account_id), max(account_id) from used group by (account_id - 1) / 5000
"""


async def open_accounts(count: int, *, told: Told, after: int = 0) -> None:
    """Open accounts up to `count` with a meter each: from 1 on in an empty database, or `after`."""
    async with transaction():
        if not after:
            await tariff.publish(tariff.catalogued(TARIFF), now=OPENED_AT)
            await charge_control.publish_strategy(STRATEGY, charge_control.catalogued(STRATEGY))
            await customer.open_district("B1", name="Bench")
        district_id = await value("select id from district where code = 'B1'")
    for first, last in _spans(count, after):
        async with transaction():
            await run(UNCHECKED)
            await run(_ACCOUNT, first, last, district_id, STRATEGY, OPENED_AT)
            for sql in _OTHERS:
                await run(sql, first, last)
        told(last)
    await settle(*_TABLES)


async def new_readings(
    count: int, *, n: int, told: Told, times: int = 1, archived: bool = True
) -> None:
    """Let every meter report after n hours, set-based; each hour's use is taken `times` over.

    Readings that are not `archived` move the registers only: accrual reads nothing else.
    """
    at = OPENED_AT + n * EVERY
    await metering.ensure_partitions({at.date()})
    for first, last in _spans(count):
        async with transaction():
            await run(UNCHECKED)
            await run(_READ, first, last, n, at, times, archived)
        told(last)
    await settle("meter_register", "usage_changed", *(["reading"] if archived else []))


async def settle(*tables: str) -> None:
    """Do what autovacuum and the checkpointer would do in time, so that neither interrupts."""
    for table in tables:
        await run(f"vacuum (analyze) {table}")
    await run("checkpoint")


def _spans(count: int, after: int = 0) -> list[tuple[int, int]]:
    return [(k + 1, min(k + _AT_ONCE, count)) for k in range(after, count, _AT_ONCE)]
