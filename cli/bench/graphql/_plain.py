"""The plain endpoints: what a good engineer writes by hand for two screens, and nothing else.

Starlette, asyncpg and orjson; the same tokens, the same row-level security, the same bytes.
"""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from api import Credentials, Trust, open_keys
from auth import TokenRejected
from runtime import clock, database
from runtime.settings import settings

from ._written import decimal, opaque

_SUPPLY = """case when s.reported_at is null then 'UNKNOWN' when s.output_state = 1 then 'ON'
  when s.control_state = 2 then 'READY_TO_CLOSE' else 'OFF' end"""

_ACCOUNTS = f"""
select e.name, a.id, a.number, a.name, p.available_fen, p.prepaid_fen, p.receivable_fen,
  p.late_fee_fen, p.unbilled_fen, p.unbilled_wh, p.as_of, p.daily_fen, {_SUPPLY}, s.reported_at,
  (select count(*) from (select from message x where x.account_id = a.id
    and x.id > coalesce((select through_id from message_mark
      where account_id = a.id and person_id = $1), 0) limit 100) unread)
from person e
join account_access g on g.person_id = e.id
join account a on a.id = g.account_id
left join account_position p on p.account_id = a.id
left join lateral (select id from meter
  where account_id = a.id and removed_at is null order by id limit 1) m on true
left join supply s on s.meter_id = m.id
where e.id = $1 order by a.id limit 5
"""

_LINES = """
select
  array(select row(x.id, x.state, x.first_day, x.until, x.total_fen, x.issued_at) from bill x
    where x.account_id = w.id and x.state in ('ISSUED', 'REVERSED') order by x.id desc limit 1),
  array(select row(x.id, x.kind, x.text, x.state, x.created_at) from message x
    where x.account_id = w.id order by x.id desc limit 3),
  array(select row(x.id, x.receipt, x.amount_fen, x.paid_at) from payment x
    where x.account_id = w.id order by x.id desc limit 3),
  array(select row(x.id, x.number, x.kind, x.answer, t.state, x.created_at)
    from repair_request x join task t on t.id = x.task_id and t.state <> 'DONE'
    where x.account_id = w.id order by x.id desc limit 3)
from unnest($1::bigint[]) with ordinality as w (id, n) order by w.n
"""

_ACCOUNT = """
select a.id, a.number, a.name from account a
join account_access g on g.account_id = a.id where g.person_id = $1 and a.number = $2
"""

_BILLS = """
select b.id, b.state, b.first_day, b.until, b.total_fen, b.energy_wh, b.issued_at,
  array(select row(l.line, l.period, l.tier, l.quantity, l.unit, l.price, l.amount_fen)
    from bill_line l where l.account_id = b.account_id and l.bill_id = b.id order by l.n)
from bill b where b.account_id = $1 and b.state in ('ISSUED', 'REVERSED')
order by b.id desc limit 12
"""


class Plain:
    """The application and what it holds open."""

    def __init__(self) -> None:
        self.app = Starlette(
            routes=[Route("/home", self.home), Route("/account/{number}", self.account)],
            lifespan=self.lifespan,
        )

    @asynccontextmanager
    async def lifespan(self, _: Starlette) -> AsyncGenerator[None, None]:
        given = settings()
        assert given.database_url
        await database.open_database(given.database_url, pool_max=1, name="plain-keys")
        self.trust = Trust(await open_keys(wall=clock.wall()), wall=clock.wall)
        await database.close_database()
        self.pool = await asyncpg.create_pool(
            given.database_url,
            min_size=given.pool_min,
            max_size=given.pool_max,
            reset=_keep,
            server_settings={"timezone": "UTC", "jit": "off", "application_name": "plain"},
        )
        try:
            yield
        finally:
            await self.pool.close()

    async def home(self, request: Request) -> Response:
        who = self.who(request)
        if who is None:
            return Response(status_code=401)
        async with self.reading(who) as connection:
            accounts = await connection.fetch(_ACCOUNTS, who)
            lines = await connection.fetch(_LINES, [each[1] for each in accounts])
        viewer = {
            "name": accounts[0][0],
            "serverTime": clock.now(),
            "accounts": {
                "edges": [
                    {"node": _home(each, more)} for each, more in zip(accounts, lines, strict=True)
                ]
            },
        }
        return _json({"viewer": viewer})

    async def account(self, request: Request) -> Response:
        who = self.who(request)
        if who is None:
            return Response(status_code=401)
        async with self.reading(who) as connection:
            found = await connection.fetchrow(_ACCOUNT, who, request.path_params["number"])
            bills = await connection.fetch(_BILLS, found[0]) if found else []
        if found is None:
            return _json({"account": None})
        account_id, number, name = found
        return _json({
            "account": {
                "id": opaque("Account", account_id),
                "number": number,
                "name": name,
                "bills": {"edges": [{"node": _bill(each)} for each in bills]},
            }
        })

    def who(self, request: Request) -> int | None:
        try:
            asks = self.trust.principal(Credentials(request.headers.get("authorization")))
        except TokenRejected:
            return None
        return asks.person_id if asks else None

    @asynccontextmanager
    async def reading(self, who: int) -> AsyncGenerator[Any, None]:
        async with self.pool.acquire() as connection:
            await connection.execute(
                "begin isolation level repeatable read read only;"
                " set local plan_cache_mode = force_generic_plan;"
                " set local role feikong_customer;"
                f" select look_as(current_user, 'CUSTOMER', {int(who)}, null)"
            )
            try:
                yield connection
            finally:
                await connection.execute("commit")


async def _keep(_connection: object) -> None:
    """Sessions hold no state."""


def _json(data: object) -> Response:
    return Response(orjson.dumps({"data": data}), media_type="application/json")


def _money(fen: int) -> dict[str, str]:
    return {"amount": decimal(fen, 2), "currency": "CNY"}


def _home(found: Any, more: Any) -> dict[str, Any]:  # ruff: ignore[too-many-locals] -- its columns
    _, account_id, number, name, available, prepaid, receivable, late, unbilled, wh, *rest = found
    as_of, daily, supply, reported_at, unread = rest
    bills, messages, payments, repairs = more
    days = 0 if available <= 0 else available // daily if daily > 0 else None
    return {
        "id": opaque("Account", account_id),
        "number": number,
        "name": name,
        "balance": {
            "available": _money(available),
            "prepaid": _money(prepaid),
            "receivable": _money(receivable),
            "lateFee": _money(late),
            "unbilled": _money(unbilled),
            "unbilledEnergy": decimal(wh, 3),
            "asOf": as_of,
            "daysLeft": days,
        },
        "supply": {"state": supply, "reportedAt": reported_at},
        "bills": {"edges": [{"node": _last_bill(each)} for each in bills]},
        "unreadMessages": unread,
        "messages": {"edges": [{"node": _message(each)} for each in messages]},
        "payments": {"edges": [{"node": _payment(each)} for each in payments]},
        "openRepairRequests": {"edges": [{"node": _repair(each)} for each in repairs]},
    }


def _last_bill(found: Any) -> dict[str, Any]:
    bill_id, state, first_day, until, total, issued_at = found
    return {
        "id": opaque("Bill", bill_id),
        "number": str(bill_id),
        "state": state,
        "firstDay": first_day,
        "until": until,
        "total": None if total is None else _money(total),
        "issuedAt": issued_at,
    }


def _message(found: Any) -> dict[str, Any]:
    message_id, kind, text, state, created_at = found
    return {
        "id": opaque("Message", message_id),
        "kind": kind,
        "text": text,
        "state": state,
        "createdAt": created_at,
    }


def _payment(found: Any) -> dict[str, Any]:
    payment_id, receipt, amount, paid_at = found
    return {
        "id": opaque("Payment", payment_id),
        "receipt": receipt,
        "amount": _money(amount),
        "paidAt": paid_at,
    }


def _repair(found: Any) -> dict[str, Any]:
    repair_id, number, kind, answer, task_state, created_at = found
    return {
        "id": opaque("RepairRequest", repair_id),
        "number": number,
        "kind": kind,
        "answer": answer,
        "open": task_state != "DONE",
        "createdAt": created_at,
    }


def _bill(found: Any) -> dict[str, Any]:
    bill_id, state, first_day, until, total, energy, issued_at, lines = found
    return {
        "id": opaque("Bill", bill_id),
        "number": str(bill_id),
        "state": state,
        "firstDay": first_day,
        "until": until,
        "total": None if total is None else _money(total),
        "energy": decimal(energy, 3),
        "issuedAt": issued_at,
        "lines": [
            {
                "line": line,
                "period": period,
                "tier": tier,
                "quantity": decimal(quantity, 2 if unit == "%" else 3),
                "unit": unit,
                "unitPrice": decimal(price, 6 if unit == "%" else 8),
                "amount": _money(amount),
            }
            for line, period, tier, quantity, unit, price, amount in lines
        ],
    }
