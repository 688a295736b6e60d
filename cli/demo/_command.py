"""`feikong demo`."""

import asyncio
from typing import Annotated, Literal

import typer
from rich.console import Console

from cli._servers import demand_play
from runtime import logs
from runtime.clock import DrivenClock
from runtime.embedded import demand_free, make_folder
from runtime.settings import Settings, load, settings

from ._district import STARTS_AT
from ._play import Play, play
from ._words import words


def demo(
    once: Annotated[bool, typer.Option(help="End by itself and print a summary.")] = False,
    english: Annotated[bool, typer.Option(help="Messages and screen in English.")] = False,
    accounts: Annotated[int, typer.Option(min=5, max=200, help="How many accounts.")] = 20,
    days: Annotated[int, typer.Option(min=5, max=300, help="Days that pass at full speed.")] = 31,
) -> None:
    """Run a prepaid district: real loads, balances, messages, trips, payments, power back."""
    locale: Literal["zh-CN", "en"] = "en" if english else "zh-CN"
    given = _settings(locale)
    logs.configure(level="error", form=given.log_format, process="demo")
    console = Console()
    try:
        code = asyncio.run(play(Play(given, console, accounts, days, once=once)))
    except asyncio.CancelledError:
        console.print(words(locale)["stopped"])
        code = 0
    raise typer.Exit(code)


def _settings(locale: Literal["zh-CN", "en"]) -> Settings:
    own = settings()
    demand_play(own)
    folder = own.data_dir / "demo"
    clock_file = folder / "clock"
    make_folder(folder)
    demand_free(folder)  # the clock of a play that goes on is not to be set back
    DrivenClock.create(clock_file, STARTS_AT).close()
    return load({
        "profile": "demo",
        "plain_coap": True,
        "data_dir": folder,
        "clock_file": clock_file,
        "locale": locale,
        "log_level": "warning",
        "database_url": own.database_url,
        "redis_url": own.redis_url,
    })
