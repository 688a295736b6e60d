"""Shared budgets: what a principal spends at one process is missing at all others.

Ten times a second a process tells Valkey what was spent, and hears what is left: one call for
everybody, none where nobody asked for anything, and no request waits for it. Once a second it hears
it of everybody who has spent here lately. Without Valkey each process counts for itself until it is
back.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import count

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from .graphql import Budget

__all__ = ["shared_budgets"]

_BEAT_S = 0.1
_BEATS_PER_REVIEW = 10
_REVIEWED = 2_000
_AT_ONCE = 500
_US = timedelta(microseconds=1)
_log = structlog.get_logger(__name__)

# Valkey's own clock counts: those of the processes may differ.
_SPEND = """
local told = {}
local time = redis.call("TIME")
local now = time[1] * 1000000 + time[2]
for i, key in ipairs(KEYS) do
  local held = math.max(tonumber(redis.call("GET", key) or "0"), now)
  local whole = math.min(held + tonumber(ARGV[i + 1]), now + tonumber(ARGV[1]))
  local life = math.ceil((whole - now) / 1000)
  if life > 0 then redis.call("SET", key, string.format("%.0f", whole), "PX", life) end
  told[i] = string.format("%.0f", whole - now)
end
return told
"""


@asynccontextmanager
async def shared_budgets(
    url: str, budgets: Mapping[str, Budget], *, wall: Callable[[], datetime]
) -> AsyncGenerator[None]:
    """Share the budgets, each under its name, with all other processes while the block lasts."""
    redis = Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1)
    sharing = asyncio.create_task(_Sharing(redis, budgets, wall=wall).run())
    try:
        yield
    finally:
        sharing.cancel()
        await asyncio.gather(sharing, return_exceptions=True)
        await redis.aclose()


class _Sharing:
    def __init__(
        self, redis: Redis, budgets: Mapping[str, Budget], *, wall: Callable[[], datetime]
    ) -> None:
        self._spend = redis.register_script(_SPEND)
        self._budgets = budgets
        self._wall = wall
        self._away = False

    async def run(self) -> None:
        """Share until cancelled."""
        for beat in count():
            await asyncio.sleep(_BEAT_S)
            reviewed = 0 if beat % _BEATS_PER_REVIEW else _REVIEWED
            try:
                for name, budget in self._budgets.items():
                    await self._shared(name, budget, reviewed=reviewed)
                self._away = False
            except (RedisError, OSError) as error:
                if not self._away:
                    _log.warning("budget.away", error=type(error).__name__)
                self._away = True

    async def _shared(self, name: str, budget: Budget, *, reviewed: int) -> None:
        spent = budget.take_unshared()
        for who in budget.spending(reviewed, at=self._wall()):
            spent.setdefault(who, timedelta())
        while spent:
            some = {who: spent[who] for who in list(spent)[:_AT_ONCE]}
            try:
                told = await self._spend(
                    keys=[f"feikong:{{budget}}:{name}:{who}" for who in some],
                    args=[Budget.debt_max // _US, *(span // _US for span in some.values())],
                )
            except BaseException:
                budget.keep_unshared(spent, at=self._wall())
                raise
            for who, whole_in in zip(some, told, strict=True):
                budget.learn(who, int(whole_in) * _US, at=self._wall())
                del spent[who]
