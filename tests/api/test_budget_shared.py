"""Budgets over several API processes: real ones, started as in a deployment."""

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from structlog.testing import capture_logs

from api import open_keys, ready_sign_in
from api._shared_budget import shared_budgets
from api.graphql import Budget
from domain import identity
from runtime import clock as runtime_clock
from runtime import settings as runtime_settings
from tests.api.conftest import DOCUMENTS
from tests.api.test_budget import DEAR, LEFT

WITHIN_S = 30
ROOT = Path(__file__).parents[2]
SERVE = (
    "import asyncio, uvicorn; from api import create_app;"
    "s = uvicorn.Server(uvicorn.Config(create_app(), port=0, log_config=None));"
    "serve = s.serve;"
    "exec('async def main():\\n t = asyncio.create_task(serve())\\n"
    " while not s.started: await asyncio.sleep(0.02)\\n"
    " print(s.servers[0].sockets[0].getsockname()[1], flush=True)\\n await t');"
    "asyncio.run(main())"
)


@asynccontextmanager
async def api_process(**changes) -> AsyncGenerator[str]:
    given = runtime_settings.settings().model_copy(update=changes)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        SERVE,
        cwd=ROOT,
        env=given.environment(),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(WITHIN_S):
            port = int(await process.stdout.readline())
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        await process.wait()


@pytest.fixture
async def token(database) -> str:
    keys = await open_keys(wall=runtime_clock.wall())
    await identity.enrol("13900000009", role="OPERATOR")
    life = timedelta(minutes=5)
    signed = await ready_sign_in(keys, phone="13900000009", wall=runtime_clock.wall(), life=life)
    return signed.access.text


async def test_a_budget_holds_over_two_processes_and_signing_in_is_apart(
    database, redis_url, token
):
    given = {
        "database_url": database,
        "redis_url": redis_url,
        "budget": 5_000,
        "sign_in_budget": 2,
    }
    bearer = {"authorization": f"Bearer {token}"}
    code = {"query": DOCUMENTS["RequestCode"], "variables": {"phone": "13900000008"}}
    code["operationName"] = "RequestCode"
    async with AsyncExitStack() as stack:
        one, other = [await stack.enter_async_context(api_process(**given)) for _ in range(2)]
        http = await stack.enter_async_context(httpx.AsyncClient())

        async def ask(where, query, **headers):
            body = query if isinstance(query, dict) else {"query": query}
            return await http.post(f"{where}/graphql", json=body, headers=headers)

        async def known(where, most):
            """Tell whether the process knows that no more than so much is left."""
            told = (await ask(where, LEFT, **bearer)).json()["data"]["rateLimit"]
            return told["remaining"] < most

        assert (await ask(one, DEAR, **bearer)).status_code == 200
        await until(lambda: known(other, 1_000))
        refused = await ask(other, DEAR, **bearer)
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 0
        assert refused.json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
        # Whoever is out of budget can still sign in.
        for where in (one, other):
            assert (await ask(where, code, **bearer)).status_code == 200


@asynccontextmanager
async def sharing(url: str, budget: Budget) -> AsyncGenerator[Budget]:
    async with shared_budgets(url, {"all": budget}, wall=lambda: datetime.now(UTC)):
        yield budget


async def told(logs, event) -> bool:
    return event in [each["event"] for each in logs]


async def test_who_has_spent_elsewhere_is_heard_of_without_asking(redis_url):
    async with sharing(redis_url, Budget(600)) as here, sharing(redis_url, Budget(600)) as there:
        now = datetime.now(UTC)
        here.spend("a", 100, at=now)
        there.spend("a", 400, at=now)
        both = now + timedelta(seconds=50)
        await until(lambda: heard(here, both))
        assert not here.spend("a", 200, at=now).allowed


async def heard(budget: Budget, whole_at: datetime) -> bool:
    return budget._whole_at["a"] >= whole_at


async def until(true) -> None:
    async with asyncio.timeout(WITHIN_S):
        while not await true():
            await asyncio.sleep(0.02)


async def test_a_budget_outlives_a_flush_and_a_valkey_that_is_away(redis_url):
    redis = Redis.from_url(redis_url)
    key = "feikong:{budget}:all:a"
    async with sharing(redis_url, Budget(600)) as budget:
        now = datetime.now(UTC)
        budget.spend("a", 500, at=now)
        await until(lambda: redis.exists(key))
        await redis.flushall()
        # Here it is known all the same, and what comes on top is shared again.
        assert not budget.spend("a", 200, at=now).allowed
        assert budget.spend("a", 50, at=now).allowed
        await until(lambda: redis.exists(key))
        assert not budget.spend("a", 100, at=now).allowed
    await redis.aclose()


async def test_without_valkey_a_process_counts_for_itself(redis_url):
    nowhere = "redis://127.0.0.1:1/0"
    redis = Redis.from_url(nowhere)
    with pytest.raises(RedisConnectionError):
        await redis.ping()
    with capture_logs() as logs:
        async with sharing(nowhere, Budget(600)) as budget:
            now = datetime.now(UTC)
            budget.spend("a", 500, at=now)
            await until(lambda: told(logs, "budget.away"))
            assert not budget.spend("a", 200, at=now).allowed
            assert budget.spend("a", 50, at=now).allowed
    await redis.aclose()
