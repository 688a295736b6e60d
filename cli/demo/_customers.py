"""The people of the demo: they read their messages, pay, and press the button of their meter."""

import asyncio
import heapq
import json
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from itertools import count
from uuid import uuid4

import httpx

from auth import signed_headers
from devices.simulator import Fleet
from domain.base import rows

from ._district import CHANNEL, CHANNEL_CODE, DemoAccount, Temper

_SINCE = (
    "select id, account_id, kind from message where id > $1 and account_id is not null order by id"
)

_PAYS_AFTER = {
    (Temper.PROMPT, "ALARM"): timedelta(hours=12),
    (Temper.LATE, "NOTICE"): timedelta(hours=5),
    (Temper.FORGETFUL, "TRIPPED"): timedelta(hours=2),
    # Whoever did not manage before is woken by the dark.
    (Temper.LATE, "TRIPPED"): timedelta(hours=1),
    (Temper.PROMPT, "TRIPPED"): timedelta(hours=1),
}
_PRESSES_AFTER = timedelta(minutes=20)
_PATIENCE_S = 10.0

Act = Callable[[datetime], Awaitable[None]]


class Customers:
    """Plans what people do next; `next_at` is the moment of the first plan."""

    def __init__(self, accounts: list[DemoAccount], fleet: Fleet, api_url: str) -> None:
        self._accounts = {account.account_id: account for account in accounts}
        self._fleet = fleet
        self._api_url = api_url
        self._client = httpx.AsyncClient(timeout=_PATIENCE_S, trust_env=False)
        self._plans: list[tuple[datetime, int, Act]] = []
        self._order = count()
        self._last_message = 0
        self.payment_to_permit_close_ms: list[float] = []

    async def close(self) -> None:
        """Hang up."""
        await self._client.aclose()

    @property
    def next_at(self) -> datetime | None:
        """When somebody acts next."""
        return self._plans[0][0] if self._plans else None

    async def read_messages(self, *, now: datetime) -> None:
        """Read what came in, and plan."""
        for message in await rows(_SINCE, self._last_message):
            self._last_message = message["id"]
            account = self._accounts[message["account_id"]]
            if message["kind"] == "PERMIT_READY":
                self._plan(now + _PRESSES_AFTER, self._pressing(account))
            elif pays_after := _PAYS_AFTER.get((account.temper, message["kind"])):
                self._plan(now + pays_after, self._paying(account))

    async def act(self, *, now: datetime) -> None:
        """Do what was planned up to now."""
        while self._plans and self._plans[0][0] <= now:
            _, _, planned = heapq.heappop(self._plans)
            await planned(now)

    def _plan(self, at: datetime, planned: Act) -> None:
        heapq.heappush(self._plans, (at, next(self._order), planned))

    def _pressing(self, account: DemoAccount) -> Act:
        async def press(_: datetime) -> None:
            await self._fleet[account.serial].press_button()

        return press

    def _paying(self, account: DemoAccount) -> Act:
        async def pay(now: datetime) -> None:
            yuan = 60 + 20 * (account.account_id % 4)
            is_off = self._fleet[account.serial].memory.output_state == 0
            paid_at = await self._pay(account.number, f"{yuan}.00", now=now)
            if is_off and account.awake:
                await self._permitted(account, paid_at)

        return pay

    async def _pay(self, number: str, amount: str, *, now: datetime) -> float:
        url = f"{self._api_url}/channels/{CHANNEL_CODE}/payments"
        body = json.dumps({
            "reference": uuid4().hex,
            "account": number,
            "amount": amount,
            "currency": "CNY",
            "paid_at": now.isoformat(),
        }).encode()
        headers = signed_headers(CHANNEL, method="POST", url=url, body=body, nonce=uuid4().hex)
        answer = await self._client.post(
            url, content=body, headers={**headers, "content-type": "application/json"}
        )
        answer.raise_for_status()
        return time.perf_counter()

    async def _permitted(self, account: DemoAccount, paid_at: float) -> None:
        """Note how long the meter waited, from the receipt to the command at the meter."""
        memory = self._fleet[account.serial].memory
        async with asyncio.timeout(_PATIENCE_S):
            while memory.control_state == 0:  # ruff: ignore[async-busy-wait] -- a relay has no event
                await asyncio.sleep(0.001)
        self.payment_to_permit_close_ms.append((time.perf_counter() - paid_at) * 1000)
