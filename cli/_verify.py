"""Check the invariants on the live data."""

import asyncio
from collections.abc import Sequence

import orjson
from rich.console import Console
from rich.table import Table

from domain import reporting
from runtime.database import close_database, open_database
from runtime.settings import Settings

from ._servers import servers


def verify(given: Settings, *, as_json: bool) -> int:
    """Print each invariant with its counts; return 1 where one is broken."""
    with servers(given) as live:
        assert live.database_url
        found = asyncio.run(_verified(live.database_url))
    broken = [code for code, _, _, breaches in found if breaches]
    if as_json:
        rows = [row._asdict() for row in found]
        print(orjson.dumps({"ok": not broken, "checks": rows}).decode())
    else:
        _print(found)
    return 1 if broken else 0


async def _verified(url: str) -> Sequence[reporting.Verified]:
    await open_database(url, name="verify")
    try:
        return await reporting.verify()
    finally:
        await close_database()


def _print(found: Sequence[reporting.Verified]) -> None:
    table = Table("", "invariant", "checked", "breaches")
    for code, rule, checked, breaches in found:
        style = "red" if breaches else None
        table.add_row(code, rule, str(checked), str(breaches), style=style)
    Console().print(table)
