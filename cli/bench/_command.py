"""`feikong bench`."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import ExitStack
from typing import Annotated, Any

import orjson
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli._servers import demand_play
from runtime import database, embedded, logs
from runtime.settings import Settings, load, settings, use

from ._accrual import accrual_bench
from ._bill_run import bill_run_bench
from ._chain import chain
from ._hostile import HOSTILE, hostile
from ._ingest import ingest
from ._table import table
from .graphql import STEPS, graphql_bench

bench = typer.Typer(help="Measure speed, next to the floor that this machine allows.")

Answer = dict[str, Any]
Told = Callable[[str, int], None]
Work = Callable[[Told], Coroutine[Any, Any, Answer]]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Accounts = Annotated[int, typer.Option(min=1_000, max=10_000_000, help="How many accounts.")]
Samples = Annotated[int, typer.Option(min=100, max=2_000, help="How many of each kind.")]
Users = Annotated[int, typer.Option(min=10, max=2_000, help="How many at once.")]
Seconds = Annotated[int, typer.Option(min=1, max=60, help="How long they ask.")]

_ACCOUNTS, _SAMPLES = 100_000, 120
_USERS = 500


@bench.callback(invoke_without_command=True)
def everything(context: typer.Context) -> None:
    """Run every bench, or the one that is named."""
    if context.invoked_subcommand is None:
        chain_command()
        accrual_command()
        ingest_command()
        bill_run_command()


@bench.command("chain")
def chain_command(samples: Samples = _SAMPLES, as_json: Json = False) -> None:
    """Report to visible balance, and payment to permit-close, with all processes running."""

    async def work(told: Told) -> Answer:
        return await chain(_settings(), samples=samples, told=told)

    _run(work, samples, as_json=as_json)


@bench.command("accrual")
def accrual_command(accounts: Accounts = _ACCOUNTS, as_json: Json = False) -> None:
    """New readings of every account to every balance, and its ratio to the floors."""
    _run(_on_database(lambda told: accrual_bench(accounts, told=told)), accounts, as_json=as_json)


@bench.command("ingest")
def ingest_command(accounts: Accounts = _ACCOUNTS, as_json: Json = False) -> None:
    """One reading of every meter made durable, and its ratio to a bare COPY."""
    _run(_on_database(lambda told: ingest(accounts, told=told)), accounts, as_json=as_json)


@bench.command("bill-run")
def bill_run_command(accounts: Accounts = _ACCOUNTS, as_json: Json = False) -> None:
    """A bill for everybody with its postings, and its ratio to bare inserts of the same rows."""
    _run(_on_database(lambda told: bill_run_bench(accounts, told=told)), accounts, as_json=as_json)


@bench.command("graphql")
def graphql_command(users: Users = _USERS, seconds: Seconds = 8, as_json: Json = False) -> None:
    """CPU and latency of the hot documents, next to plain endpoints; then many users at once."""

    async def work(told: Told) -> Answer:
        return await graphql_bench(settings(), users=users, seconds=seconds, told=told)

    _run(_on_database(work), STEPS, as_json=as_json)


@bench.command("hostile")
def hostile_command(as_json: Json = False) -> None:
    """What hostile requests cost before they are refused, and whether memory comes back."""
    _run(_on_database(lambda told: hostile(told=told)), len(HOSTILE), as_json=as_json)


def _on_database(work: Work) -> Work:
    """Give the work an empty database with one session."""

    async def on_database(told: Told) -> Answer:
        given = _settings()
        with ExitStack() as stack:
            url = (
                given.database_url
                or stack.enter_context(embedded.running(given.data_dir, redis=False)).database_url
            )
            use(given.model_copy(update={"database_url": url}))
            await database.wipe(url)
            await database.migrate(url)
            await database.open_database(url, pool_max=1, name="bench")
            try:
                return await work(told)
            finally:
                await database.close_database()

    return on_database


def _run(work: Work, total: int, *, as_json: bool) -> None:
    """Do the work under a progress bar and print its answer."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        transient=True,
    ) as progress:
        task = progress.add_task("start", total=total)

        def told(what: str, done: int) -> None:
            progress.update(task, description=what.replace("_", " "), completed=done)

        answer = asyncio.run(work(told))
    if as_json:
        print(orjson.dumps(answer).decode())
    else:
        Console().print(table(answer))


def _settings() -> Settings:
    own = load()  # not the last bench's, whose servers are gone
    demand_play(own)
    given = load({
        "profile": "demo",
        "plain_coap": True,
        "data_dir": own.data_dir / "bench",
        "sms_gateway": "record",
        "log_level": "warning",
        "database_url": own.database_url,
        "redis_url": own.redis_url,
    })
    use(given)
    logs.configure(level="error", form=given.log_format, process="bench")
    return given
