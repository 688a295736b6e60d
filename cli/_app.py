"""The commands of `feikong`."""

import asyncio
import errno
import os
import signal
import sys
from importlib import import_module
from importlib.util import find_spec
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from runtime import logs
from runtime.database import NotOurs, UnfitServer, UnfitValue, migrate, write_migration
from runtime.embedded import FolderTaken, FolderUnfit
from runtime.process import ProcessFailed
from runtime.settings import Settings, WrongSettings, settings

from ._house import PLAIN_COAP, up
from ._servers import servers

app = typer.Typer(
    help="费控 Feikong runs prepaid electricity.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # logs hold plain tracebacks, and no locals
    add_completion=False,
)


_PARTS = {
    "account": "cli._account",
    "demo": "cli.demo",
    "bench": "cli.bench",
    "bill": "cli._bill",
    "contract": "cli._contract",
    "keys": "cli._keys",
    "meter": "cli._meter",
    "open": "cli._open",
    "outbox": "cli._outbox",
    "rate": "cli._rate",
    "staff": "cli._staff",
    "tariff": "cli._tariff",
}
_NAMED = {"open": "opened"}  # `open` is Python's

_INTERRUPTED = 128 + signal.SIGINT
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)
_ONE_LINE = (
    FolderTaken,
    FolderUnfit,
    NotOurs,
    ProcessFailed,
    UnfitServer,
    UnfitValue,
    WrongSettings,
)


def main() -> None:
    """Run `feikong`; what is wrong outside of it, and Ctrl-C, end it with one line at most."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without Chinese shows marks instead
    try:
        _run()
    except KeyboardInterrupt:
        print("Stopped.", file=sys.stderr)
        sys.exit(_INTERRUPTED)
    except _ONE_LINE as wrong:
        print(f"feikong: {wrong}", file=sys.stderr)
        sys.exit(2)
    except OSError as refused:
        _leave(refused)


def _run() -> None:
    try:
        _add_asked_parts(sys.argv[1:2])
        app()
    finally:
        if sys.stdout is not None:
            sys.stdout.flush()  # later it could not be told that nobody takes it


def _leave(refused: OSError) -> NoReturn:
    """End where nobody reads on, or no disk takes more; raise what is neither."""
    if refused.errno not in {errno.EPIPE, *_NO_ROOM}:
        raise refused
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is left is not tried again
    if refused.errno == errno.EPIPE:
        sys.exit(1)
    where = refused.filename or "the output"
    print(f"feikong: {where} cannot be written: {refused.strerror}", file=sys.stderr)
    sys.exit(2)


def _add_asked_parts(asked: list[str]) -> None:
    for name, module in _PARTS.items():
        # Loaded only when asked for: every process of the house starts through here.
        if find_spec(module) and (not asked or asked[0] in {name, "--help"}):
            part = getattr(import_module(module), _NAMED.get(name, name))
            if isinstance(part, typer.Typer):
                app.add_typer(part, name=name)
            else:
                app.command(name)(part)


def _prepared(process: str) -> Settings:
    given = settings()
    logs.configure(level=given.log_level, form=given.log_format, process=process)
    return given


@app.command("up")
def up_command() -> None:
    """Run everything on this machine until Ctrl-C: servers, migrations, api, worker, head end."""
    raise typer.Exit(asyncio.run(up(_prepared("up"))))


@app.command("migrate")
def migrate_command() -> None:
    """Create the database if it is missing and bring its schema up to date."""
    with servers(_prepared("migrate")) as given:
        assert given.database_url
        asyncio.run(migrate(given.database_url, progress=_told))


def _told(event: str, _app: str, name: str) -> None:
    if event.endswith("done"):
        print(name)


@app.command("api")
def api_command() -> None:
    """Serve GraphQL and the payment channels; needs DATABASE_URL and REDIS_URL."""
    given = _own(_prepared("api"))
    from ._run import run_api  # ruff: ignore[import-outside-top-level] -- each process loads only its own part
    from ._wall import demand_wall  # ruff: ignore[import-outside-top-level] -- each process loads only its own part

    asyncio.run(demand_wall(given))
    run_api(given)


@app.command("worker")
def worker_command() -> None:
    """Run jobs, relay and schedule; needs DATABASE_URL and REDIS_URL."""
    given = _own(_prepared("worker"))
    from workers import run_worker  # ruff: ignore[import-outside-top-level] -- each process loads only its own part

    from ._run import run_until_stopped  # ruff: ignore[import-outside-top-level] -- each process loads only its own part
    from ._tables import demand_tables  # ruff: ignore[import-outside-top-level] -- each process loads only its own part

    asyncio.run(demand_tables(given))
    run_until_stopped(run_worker(), given.health_host, given.worker_health_port)


@app.command("headend")
def headend_command() -> None:
    """Own the meters' CoAP socket; needs DATABASE_URL and REDIS_URL."""
    given = _own(_prepared("headend"))
    if not given.plain_coap:
        raise WrongSettings(f"the head end does not start: {PLAIN_COAP}")
    from workers import run_headend  # ruff: ignore[import-outside-top-level] -- each process loads only its own part

    from ._run import run_until_stopped  # ruff: ignore[import-outside-top-level] -- each process loads only its own part
    from ._tables import demand_tables  # ruff: ignore[import-outside-top-level] -- each process loads only its own part

    asyncio.run(demand_tables(given))
    opened, where = asyncio.Event(), (given.health_host, given.headend_health_port)
    run_until_stopped(run_headend(opened=opened), *where, opened=opened)


def _own(given: Settings) -> Settings:
    if given.database_url is None or given.redis_url is None:
        msg = "set DATABASE_URL and REDIS_URL, or run `feikong up`, which brings its own servers"
        raise WrongSettings(msg)
    return given


@app.command("doctor")
def doctor_command() -> None:
    """Say what is wrong with this installation and how to mend it."""
    from ._doctor import doctor  # ruff: ignore[import-outside-top-level] -- each process loads only its own part

    raise typer.Exit(doctor())


@app.command("verify")
def verify_command(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Check the invariants of ledger and control on the live data; 1 on a breach."""
    from ._verify import verify  # ruff: ignore[import-outside-top-level] -- each process loads only its own part

    raise typer.Exit(verify(as_json=as_json))


@app.command("schema")
def schema_command(
    path: Annotated[Path, typer.Argument()] = Path("schema.graphql"),
) -> None:
    """Write the GraphQL schema, its reference, and the manifest of the documents in `examples/`."""
    from api import manifest_text, reference_text, schema_text  # ruff: ignore[import-outside-top-level] -- slow to load, wanted here only

    path.write_text(schema_text(), encoding="utf-8")
    Path("docs/api.md").write_text(reference_text(), encoding="utf-8")
    texts = [each.read_text("utf-8") for each in sorted(Path("examples").glob("*.graphql"))]
    Path("api/trusted_documents.json").write_text(manifest_text(texts), encoding="utf-8")


@app.command("migration")
def migration_command(name: str) -> None:
    """Write the migration that the models call for."""
    written = asyncio.run(write_migration(name))
    print("\n".join(map(str, written)) or "the models call for no migration")
