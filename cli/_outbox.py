"""`feikong outbox`: look at facts that failed too often, and hand them out again."""

import sys
from typing import Annotated

import orjson
import typer
from rich.console import Console
from rich.table import Table

from domain import outbox as facts
from domain.base import Actor
from domain.outbox import Buried, Depth
from runtime import clock

from ._session import asked

outbox = typer.Typer(help="Facts that failed too often: show, revive.", no_args_is_help=True)

Topic = Annotated[str | None, typer.Option(help="Only this topic.")]


@outbox.command("show")
def show_command(
    topic: Topic = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show the buried facts, oldest first, with what their last attempt ended with."""

    async def work() -> tuple[Depth, tuple[Buried, ...]]:
        return await facts.depth(), await facts.buried(limit=limit, topic=topic)

    depth, found = asked("outbox", work)
    if as_json:
        print(orjson.dumps({"waiting": depth.waiting, "dead": depth.dead, "facts": found}).decode())
        return
    print(f"{depth.waiting} waiting, {depth.dead} dead")
    if found:
        table = Table("id", "topic", "since", "payload", "why")
        for each in found:
            payload = orjson.dumps(each.payload).decode()
            since = f"{each.created_at:%Y-%m-%d %H:%M}"
            table.add_row(str(each.id), each.topic, since, payload, each.why)
        Console().print(table)


@outbox.command("revive")
def revive_command(
    by: Annotated[str, typer.Option(help="Who does it, for the audit.")],
    ids: Annotated[list[int] | None, typer.Argument(help="Which; else give --topic.")] = None,
    topic: Topic = None,
) -> None:
    """Hand buried facts out again, when what made them fail is mended."""
    if not ids and topic is None:
        print("feikong: name the facts, or their --topic", file=sys.stderr)
        raise typer.Exit(2)
    revived = asked(
        "outbox",
        lambda: facts.revive(
            ids=ids or None, topic=topic, actor=Actor("OPERATOR", by), now=clock.now()
        ),
    )
    print(f"{revived} revived")
    if ids and revived < len(ids):
        print(f"feikong: {len(ids) - revived} are not buried: feikong outbox show", file=sys.stderr)
        raise typer.Exit(1)
