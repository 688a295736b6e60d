"""Customers with one account each: a year of bills, payments, messages, and one open request."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from api import open_keys
from auth import KeySet, issue_access_token
from cli.bench._accounts import EVERY, OPENED_AT, open_accounts, settle
from domain.base import run, transaction
from domain.identity import Person, SignedIn
from runtime import clock

BILLS, LINES, PAGE = 12, 5, 5
_SOME = "from generate_series(1::bigint, $1::bigint) as k"
_LIFE = timedelta(hours=1)
_CHANNEL = """
insert into channel (id, code, name, algorithm, key_id, key)
values (1, 'bank', 'Bank', 'hmac-sha256', 'bank', 'secret')
"""
_PEOPLE = (
    f"""insert into person (id, phone, name, role)
        select k, '139' || lpad(k::text, 8, '0'), '王小明', 'CUSTOMER' {_SOME}""",
    f"insert into account_access (person_id, account_id) select k, k {_SOME}",
    f"insert into session (id, person_id, created_at) select k, k, now() {_SOME}",
    "update account set name = '王小明' where id <= $1",
    "update usage_point set address = '文三路 ' || id || ' 号' where id <= $1",
    "update supply set reported_at = now() where account_id <= $1",
)
_LINES = (
    f"""insert into payment (channel_id, reference, content_hash, receipt, account_id, amount_fen,
                             paid_at, settled_at, available_fen)
        select 1, k || '-' || n, '', 'R' || k || '-' || n, k, 10000 + n,
          now() - n * interval '30 days', now() - n * interval '30 days', 20000 + n
        {_SOME} cross join generate_series(1, {PAGE}) as n""",
    f"""insert into message (account_id, phone, kind, locale, key, text, state,
                             created_at)
        select k, '139', 'ALARM', 'zh-CN', k || '-' || n,
          '您的电费余额已不足，请及时充值。户号 B' || k, 'DELIVERED', now()
        {_SOME} cross join generate_series(1, {PAGE}) as n""",
    f"""insert into task (kind, district_id, account_id, state, key, detail, result, created_at,
                          due_at)
        select 'REPAIR', district_id, k, 'OPEN', k || '-' || n, '{{}}', '{{}}', now(), now()
        {_SOME} join account on account.id = k cross join generate_series(1, 2) as n""",
    f"""insert into repair_request (number, idempotency_key, account_id, person_id, kind,
                                    description, answer, created_at, task_id)
        select 'Q' || k || '-' || n, k || '-' || n, k, k, 'NO_POWER', '家中停电', 'DISPATCHED',
          now(), (select id from task where key = k || '-' || n)
        {_SOME} cross join generate_series(1, 2) as n""",
    f"""insert into bill (account_id, id, kind, state, first_day, until, total_fen, energy_wh,
                          basis, created_at, issued_at)
        select k, k * 100 + n, 'BILL', 'ISSUED', day, (day + interval '1 month')::date, 27245,
          512345, jsonb_build_array(jsonb_build_object('first_day', day, 'until',
          (day + interval '1 month')::date, 'tariff', 'zhejiang-residential-tou', 'version',
          '2026-01', 'before_wh', 0, 'holder', jsonb_build_object(), 'spans', '[]'::jsonb)), now(),
          now()
        {_SOME} cross join generate_series(1, {BILLS}) as n cross join lateral
          (select (date '2025-01-01' + n * interval '1 month')::date as day) as d""",
    f"""insert into bill_line (account_id, bill_id, n, part, line, kind, unit, quantity, price,
                               period, tier, share, amount_fen)
        select k, k * 100 + n, i, 0, 'energy', 'tou', 'kWh', 102469, 53830000,
          case when i % 2 = 0 then 'peak' else 'valley' end, 1 + i / 3, null, 5449 + i
        {_SOME} cross join generate_series(1, {BILLS}) as n
        cross join generate_series(0, {LINES - 1}) as i""",
)
_FILLED = (
    "person",
    "account_access",
    "payment",
    "message",
    "task",
    "repair_request",
    "bill",
    "bill_line",
)


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in customer and the number of the account."""

    token: str
    number: str


async def open_world(accounts: int) -> list[Caller]:
    """Fill an empty database; every account has a reading that it is charged for."""
    await open_accounts(accounts, told=lambda _: None)
    async with transaction():
        await run(_CHANNEL)
        for sql in (*_PEOPLE, *_LINES):
            await run(sql, accounts)
        await run(
            "update account_position set unbilled_fen = 1234, unbilled_wh = 2345, daily_fen = 321,"
            " available_fen = available_fen - 1234, as_of = $2 where account_id <= $1",
            accounts,
            OPENED_AT + EVERY,
        )
    await settle(*_FILLED, "account", "account_position", "supply", "usage_point")
    keys = await open_keys(wall=clock.wall())
    wall = clock.wall()
    return [_caller(keys, k, wall) for k in range(1, accounts + 1)]


def _caller(keys: KeySet, k: int, wall: datetime) -> Caller:
    signed_in = SignedIn(k, Person(k, "王小明", "CUSTOMER", "zh-CN", None), None)
    token = issue_access_token(keys, signed_in, wall=wall, life=_LIFE)
    return Caller(token.text, f"B{k:012d}")
