"""Check the invariants on the live data."""

from collections.abc import Sequence

import orjson
from rich.console import Console
from rich.table import Table

from domain import reporting

from ._session import session


def verify(*, as_json: bool) -> int:
    """Print each invariant with its counts; return 1 where one is broken."""
    found = session("verify", reporting.verify)
    broken = [code for code, _, _, breaches in found if breaches]
    if as_json:
        rows = [row._asdict() for row in found]
        print(orjson.dumps({"ok": not broken, "checks": rows}).decode())
    else:
        _print(found)
    return 1 if broken else 0


def _print(found: Sequence[reporting.Verified]) -> None:
    table = Table("", "invariant", "checked", "breaches")
    for code, rule, checked, breaches in found:
        style = "red" if breaches else None
        table.add_row(code, rule, str(checked), str(breaches), style=style)
    Console().print(table)
