"""`feikong bill`: run, look at, release, cancel and correct bills."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, TypeVar

import orjson
import typer
from rich.console import Console
from rich.table import Column, Table

from domain import billing, customer
from domain.base import Actor, Refusal
from runtime import clock, memory

from ._session import asked

bill = typer.Typer(help="Bills: run, show, release, cancel, correct.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(help="The bill's number.")]
By = Annotated[str, typer.Option(help="Who does it, for the audit.")]
Why = Annotated[str, typer.Option(help="Why, for the audit and on the bill.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Answer = TypeVar("Answer")


@bill.command("run")
def run_command(
    district: Annotated[str | None, typer.Option(help="Only this district's code.")] = None,
    batch: Annotated[int, typer.Option(min=1, help="Accounts in one transaction.")] = 1_000,
    as_json: AsJson = False,
) -> None:
    """Bill everybody whose period has ended; a run that was stopped is simply started again."""

    memory.collect_seldom()

    async def work() -> billing.Progress:
        known = None if district is None else await customer.district_by_code(district)
        return await billing.run_bills(
            now=clock.now(), district_id=known, batch=batch, progress=_told
        )

    done = asked("bill", work)
    if as_json:
        print(orjson.dumps(done).decode())
        return
    print(f"{done.accounts} accounts, {done.issued} issued, {done.held} held")
    for reason, count in done.reasons:
        why = (
            "passed over for a fault, see the log" if reason == billing.FAULT else f"held: {reason}"
        )
        print(f"  {why}: {count}")


@bill.command("show")
def show_command(
    number: Number,
    as_json: AsJson = False,
    pdf: Annotated[Path | None, typer.Option(help="Write the bill as PDF here.")] = None,
    locale: Annotated[str | None, typer.Option(help="zh-CN or en; else the account's.")] = None,
) -> None:
    """Show a bill with its lines; with --pdf also as paper."""
    from api import bill_data, bill_pdf  # ruff: ignore[import-outside-top-level] -- slow to load, wanted here only

    document = asked("bill", lambda: billing.document_of(number))
    if pdf is not None:
        _write(pdf, bill_pdf(document, locale=locale))
    if as_json:
        print(orjson.dumps(bill_data(document), option=orjson.OPT_INDENT_2).decode())
    elif pdf is None:
        _print(document, bill_data(document))


@bill.command("held")
def held_command(limit: Annotated[int, typer.Option(min=1)] = 50) -> None:
    """List the bills that wait for a person."""

    async def work() -> list[tuple[billing.Bill, str]]:
        held = await billing.held_bills(limit=limit)
        accounts = [await customer.account_of(each.account_id) for each in held]
        return [(each, of.number) for each, of in zip(held, accounts, strict=True) if of]

    found = asked("bill", work)
    if not found:
        print("no bill is held")
        return
    table = Table("bill", "account", "from", "until", "why")
    for each, account in found:
        table.add_row(
            str(each.id), account, f"{each.first_day}", f"{each.until}", " ".join(each.reasons)
        )
    Console().print(table)


@bill.command("release")
def release_command(number: Number, why: Why, by: By = "cli") -> None:
    """Issue a held bill as it stands."""
    done = asked(
        "bill", lambda: billing.release(number, why=why, actor=_actor(by), now=clock.now())
    )
    print(done.state)


@bill.command("cancel")
def cancel_command(number: Number, why: Why, by: By = "cli") -> None:
    """Put a held bill away; the next run drafts it anew."""
    actor = _actor(by)
    done = asked("bill", lambda: billing.cancel(number, why=why, actor=actor, now=clock.now()))
    print(done.state)


@bill.command("correct")
def correct_command(
    account: Annotated[str, typer.Argument(help="The account's number.")],
    since: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="From this day on.")],
    why: Why,
    by: By = "cli",
) -> None:
    """Rate an account's bills again with what is known now; reverse and replace what differs."""

    async def work() -> billing.Correction:
        account_id = await account_named(account)
        return await billing.correct(
            account_id, since=since.date(), why=why, actor=_actor(by), now=clock.now()
        )

    done = asked("bill", work)
    pairs = zip(done.reversed_ids, done.reversal_ids, done.replacement_ids, strict=True)
    for was, reversal, replacement in pairs:
        print(f"bill {was} is reversed by {reversal} and replaced by {replacement}")
    print(f"difference {done.difference_fen} fen")


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as refused:
        print(f"feikong: {path} cannot be written: {refused.strerror}", file=sys.stderr)
        raise typer.Exit(1) from refused


async def account_named(number: str) -> int:
    """Return the id of an account. Refusals: UnknownAccount."""
    found = await customer.account_by_number(number)
    if found is None:
        raise UnknownAccount(account=number)
    return found.id


class UnknownAccount(Refusal):
    """No account has this number."""

    code = "UNKNOWN_ACCOUNT"


def _actor(by: str) -> Actor:
    return Actor("OPERATOR", by)


def _told(progress: billing.Progress) -> None:
    said = f"{progress.accounts} accounts, {progress.issued} issued, {progress.held} held"
    print(said, file=sys.stderr)


def _print(document: billing.BillDocument, data: dict[str, Any]) -> None:
    print(f"{data['kind']} {data['number']} {data['state']}  account {data['account']}")
    print(f"{data['first_day']} to {data['last_day_excluded']}, {data['energy_kwh']} kWh")
    table = Table(
        Column("tariff", overflow="fold"), "line", "period", "tier", "quantity", "price", "amount"
    )
    for line in document.detail.lines:
        said = data["lines"][document.detail.lines.index(line)]
        table.add_row(
            f"{line.tariff} {line.version}",
            line.line,
            line.period or "",
            str(line.tier or ""),
            f"{said['quantity']} {line.unit}",
            said["price"],
            said["amount"],
        )
    Console().print(table)
    print(f"total {data['total']} {data['currency']}")
