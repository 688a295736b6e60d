"""The whole chain, all processes running: how long does one thing take, in wall time."""

import asyncio
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import orjson

from api import open_keys, ready_sign_in
from auth import signed_headers
from cli._house import House, house
from devices.simulator import Fleet
from domain import outbox
from domain.base import value
from runtime import clock, database
from runtime.settings import Settings

from ._chain_district import CHANNEL, CHANNEL_CODE, CUSTOMER, Home, found_district, plan
from ._quantiles import quantiles_ms

Told = Callable[[str, int], None]
"""Takes the name of what is measured and how many samples there are."""

_INSTALLED_AGO = timedelta(hours=1)
_TOKEN_LIVES = timedelta(hours=2)
_PATIENCE_S = 60.0
_LOOK_S = 0.001
_OFF, _READY = 0, 2
_NS_PER_US = 1_000
_BALANCE = "query ($number: String!) { account(number: $number) { balance { asOf } } }"
_TRIPPED = "select count(*) from supply where output_state = 0 and control_state = 0"


@dataclass(frozen=True, slots=True)
class _Stage:
    house: House
    fleet: Fleet
    client: httpx.AsyncClient
    readers: tuple[Home, ...]
    payers: tuple[Home, ...]


async def chain(given: Settings, *, samples: int, told: Told) -> dict[str, Any]:
    """Measure the chain; every sample has an account and a meter of its own."""
    readings: list[int] = []
    payments: list[int] = []
    async with _stage(given, samples) as stage:
        for home in stage.readers:
            readings.append(await _reading_to_balance_us(stage, home))
            told("reading_to_balance", len(readings))
        for home in stage.payers:
            await stage.fleet[home.serial].report()  # its trip comes along with the answer
        await _cut_off(samples)
        for home in stage.payers:
            payments.append(await _payment_to_permit_close_us(stage, home))
            told("payment_to_permit_close", len(payments))
    return {
        "name": "chain",
        "reading_to_balance_ms": quantiles_ms(readings),
        "payment_to_permit_close_ms": quantiles_ms(payments),
    }


@asynccontextmanager
async def _stage(given: Settings, samples: int) -> AsyncGenerator[_Stage]:
    logs = given.data_dir / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    installed_at = clock.now() - _INSTALLED_AGO
    async with house(given, logs=logs, anew=True) as live:
        assert live.settings.database_url
        await database.open_database(live.settings.database_url, name="bench")
        try:
            readers, payers = await found_district(samples, opened_at=installed_at)
            fleet = Fleet(
                [plan(home, installed_at=installed_at) for home in (*readers, *payers)],
                head_end=f"{live.settings.coap_host}:{live.settings.coap_port}",
                now=clock.now,
            )
            async with httpx.AsyncClient(
                base_url=live.api_url, timeout=_PATIENCE_S, headers=await _signed_in()
            ) as client:
                try:
                    welcomed = await fleet.start()
                    assert welcomed == len(fleet), f"{welcomed} of {len(fleet)} meters welcomed"
                    yield _Stage(live, fleet, client, readers, payers)
                finally:
                    await fleet.stop()
        finally:
            await database.close_database()


async def _signed_in() -> dict[str, str]:
    wall = clock.wall()
    keys = await open_keys(wall=wall)
    person = await ready_sign_in(keys, phone=CUSTOMER, wall=wall, life=_TOKEN_LIVES)
    return {"authorization": f"Bearer {person.access.text}"}


async def _reading_to_balance_us(stage: _Stage, home: Home) -> int:
    """Let the meter report and ask GraphQL until the balance stands on that report."""
    before = await _as_of(stage, home)
    measured_at = clock.now().replace(microsecond=0)
    started = time.perf_counter_ns()
    reported = asyncio.create_task(stage.fleet[home.serial].report(measured_at))
    async with asyncio.timeout(_PATIENCE_S):
        while await _as_of(stage, home) == before:  # ruff: ignore[async-busy-wait] -- as an app does
            await asyncio.sleep(_LOOK_S)
    waited = time.perf_counter_ns() - started
    assert await reported
    assert await _as_of(stage, home) == measured_at
    return waited // _NS_PER_US


async def _as_of(stage: _Stage, home: Home) -> datetime:
    question = {"query": _BALANCE, "variables": {"number": home.number}}
    answer = await stage.client.post("/graphql", json=question)
    answer.raise_for_status()
    return datetime.fromisoformat(answer.json()["data"]["account"]["balance"]["asOf"])


async def _payment_to_permit_close_us(stage: _Stage, home: Home) -> int:
    """Pay, and wait until the meter was told; counted from when the payment leaves the channel."""
    memory = stage.fleet[home.serial].memory
    assert memory.control_state == _OFF
    request = _payment(stage, home)
    started = time.perf_counter_ns()
    paid = asyncio.create_task(stage.client.send(request))
    async with asyncio.timeout(_PATIENCE_S):
        while memory.control_state != _READY:  # ruff: ignore[async-busy-wait] -- a relay has no event
            await asyncio.sleep(_LOOK_S)
    waited = time.perf_counter_ns() - started
    (await paid).raise_for_status()
    return waited // _NS_PER_US


def _payment(stage: _Stage, home: Home) -> httpx.Request:
    body = orjson.dumps({
        "reference": uuid4().hex,
        "account": home.number,
        "amount": "50.00",
        "currency": "CNY",
        "paid_at": clock.now(),
    })
    url = f"{stage.house.api_url}/channels/{CHANNEL_CODE}/payments"
    headers = signed_headers(CHANNEL, method="POST", url=url, body=body, nonce=uuid4().hex)
    return httpx.Request(
        "POST", url, content=body, headers={**headers, "content-type": "application/json"}
    )


async def _cut_off(count: int) -> None:
    """Wait until every payer's meter has confirmed its trip and nothing is on its way."""
    async with asyncio.timeout(_PATIENCE_S):
        while await value(_TRIPPED) != count or (await outbox.depth()).waiting:  # ruff: ignore[async-busy-wait] -- another process does it
            await asyncio.sleep(_LOOK_S)
