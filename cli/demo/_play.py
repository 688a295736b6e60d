"""The play from the first curtain to the last."""

import asyncio
import json
import signal
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.live import Live
from rich.text import Text

from api import open_keys, ready_sign_in
from cli._house import House, house
from devices.simulator import Fleet
from domain.reporting import verify
from runtime import clock, database
from runtime.clock import DrivenClock
from runtime.process import ProcessFailed
from runtime.settings import Settings

from ._conductor import Conductor
from ._customers import Customers
from ._district import CUSTOMER, INSPECTOR, OPERATOR, STARTS_AT, found_district, plans
from ._patience import patiently
from ._screen import Screen
from ._summary import summary, whole_ways
from ._words import words

_WHOLE_WAYS = 3  # of five accounts three belong to people who pay when the lights are out
_ONCE_WITHIN_S = 120
_TOKENS_LIVE = timedelta(hours=12)
_AFTERWARDS = timedelta(minutes=30)  # business time a second
_LOOKS_EVERY_S = 0.25
_PHONES = {"customer": CUSTOMER, "inspector": INSPECTOR, "operator": OPERATOR}


@dataclass(frozen=True, slots=True)
class Play:
    """What is played."""

    settings: Settings
    console: Console
    accounts: int
    days: int
    once: bool


@dataclass(slots=True)
class Stage:
    """Everything that moves: the house, its meters, its people, its clock and its picture."""

    house: House
    fleet: Fleet
    customers: Customers
    conductor: Conductor
    screen: Screen

    async def look(self) -> list[Text]:
        """Bring the picture up to now; return what is new."""
        return await self.screen.look(self.conductor.clock.now())


async def play(given: Play) -> int:
    """Play it; return the exit code. Ctrl-C and SIGTERM cancel it: everything is stopped then."""
    started = time.monotonic()
    task = asyncio.current_task()
    assert task is not None
    for told in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(told, task.cancel)
    async with _stage(given) as stage:
        if given.once:
            return await _once(stage, given, started)
        await _on_and_on(stage, given)
    return 0


@asynccontextmanager
async def _stage(given: Play) -> AsyncGenerator[Stage]:
    assert given.settings.clock_file
    business = DrivenClock(given.settings.clock_file)
    clock.use(business)
    logs = given.settings.data_dir / "logs"
    logs.mkdir(exist_ok=True)
    async with house(given.settings, logs=logs, anew=True) as live:
        assert live.settings.database_url
        await database.open_database(live.settings.database_url, name="demo")
        try:
            accounts = await found_district(given.accounts, locale=given.settings.locale)
            head_end = f"{live.settings.coap_host}:{live.settings.coap_port}"
            fleet = Fleet(plans(accounts), head_end=head_end, now=business.now)
            customers = Customers(accounts, fleet, live.api_url)
            screen = Screen(given.console, locale=given.settings.locale)
            await _switch_on(fleet, logs)
            conductor = Conductor(business, fleet, customers)
            yield Stage(live, fleet, customers, conductor, screen)
            await fleet.stop()
            await customers.close()
        finally:
            await database.close_database()


async def _switch_on(fleet: Fleet, logs: Path) -> None:
    meters = tuple(fleet)
    answers = await asyncio.gather(*(meter.start() for meter in meters))
    unheard = [meter for meter, welcome in zip(meters, answers, strict=True) if not welcome]

    async def again() -> None:
        unheard[:] = [meter for meter in unheard if not await meter.register()]
        if unheard:
            said = f"{len(unheard)} of {len(meters)} meters are not heard"
            raise ProcessFailed(f"{said}: {logs / 'headend.log'} may tell why")

    await patiently(again)


async def _once(stage: Stage, given: Play, started: float) -> int:
    await _sign_ins(stage, given)
    reason = None
    while await patiently(whole_ways) < _WHOLE_WAYS:
        if time.monotonic() - started > _ONCE_WITHIN_S:
            reason = f"fewer than {_WHOLE_WAYS} accounts went all the way in {_ONCE_WITHIN_S} s"
            break
        await patiently(stage.conductor.step)
        for line in await patiently(stage.look):
            given.console.print(line, highlight=False, soft_wrap=True)
    breaches = [found for found in await verify() if found.breaches]
    if breaches and reason is None:
        reason = "; ".join(f"{found.code}: {found.breaches}" for found in breaches)
    end = {
        "ok": reason is None,
        **await summary(stage.customers.payment_to_permit_close_ms),
        "business_days": (stage.conductor.clock.now() - STARTS_AT).days,
        "steps": stage.conductor.steps,
        "seconds": round(time.monotonic() - started),
        "breaches": len(breaches),
        "reason": reason,
    }
    print(json.dumps(end, ensure_ascii=False), flush=True)
    return 0 if reason is None else 1


async def _on_and_on(stage: Stage, given: Play) -> None:
    screen, conductor = stage.screen, stage.conductor
    screen.header = tuple(await _sign_ins(stage, given))
    end = conductor.clock.now() + timedelta(days=given.days)

    async def drive() -> None:
        await conductor.until(end)
        screen.header = (*screen.header, words(given.settings.locale)["serving"])
        while True:
            await conductor.until(conductor.clock.now() + timedelta(days=1), pace=_AFTERWARDS)

    is_watched = given.console.is_terminal
    picture = Live(screen, console=given.console, screen=True) if is_watched else nullcontext()
    with picture as live:
        driving = asyncio.create_task(drive())
        try:
            while not driving.done():
                fresh = await patiently(stage.look)
                if live is not None:
                    live.refresh()
                else:
                    for line in fresh:
                        given.console.print(line, highlight=False, soft_wrap=True)
                await asyncio.sleep(_LOOKS_EVERY_S)
            await driving
        finally:
            driving.cancel()
            await asyncio.gather(driving, return_exceptions=True)


async def _sign_ins(stage: Stage, given: Play) -> list[str]:
    """Print and keep whole tokens; return lines short enough for the picture."""
    w = words(given.settings.locale)
    keys = await open_keys(wall=clock.wall())
    urls = [
        f"GraphQL  {stage.house.api_url}/graphql",
        f"CoAP     coap://{stage.house.settings.coap_host}:{stage.house.settings.coap_port}",
    ]
    tokens = []
    for who, phone in _PHONES.items():
        found = await ready_sign_in(keys, phone=phone, wall=clock.wall(), life=_TOKENS_LIVE)
        tokens.append(f"{w[who]}  {phone}  Authorization: Bearer {found.access.text}")
    for line in (*urls, *tokens):
        given.console.print(line, highlight=False, soft_wrap=True)
    kept = given.settings.data_dir / "sign-ins.txt"
    kept.write_text("\n".join((*urls, *tokens, "")), encoding="utf-8")
    people = " · ".join(f"{w[who]} {phone}" for who, phone in _PHONES.items())
    return [*urls, f"{w['sign_in']}  {people}  ({kept})"]
