"""`feikong rate`: compute a bill again, or what another tariff would have made of a period."""

from datetime import date, datetime
from typing import Annotated

import typer

from domain import billing
from domain.billing import RatedLine

from ._bill import account_named
from ._session import asked

_DAY = ["%Y-%m-%d"]


def rate(
    bill: Annotated[int | None, typer.Argument(help="The bill to compute again.")] = None,
    account: Annotated[str | None, typer.Option(help="What if: this account,")] = None,
    tariff: Annotated[str | None, typer.Option(help="under this tariff,")] = None,
    since: Annotated[datetime | None, typer.Option(formats=_DAY, help="from this day")] = None,
    until: Annotated[datetime | None, typer.Option(formats=_DAY, help="until this one.")] = None,
) -> None:
    """Compute a bill again from its registers (1 if it differs), or ask what if."""
    if bill is not None:
        _again(bill)
    elif account and tariff and since and until:
        _what_if(account, tariff, since.date(), until.date())
    else:
        raise typer.BadParameter("name a bill, or --account, --tariff, --since and --until")


def _again(bill: int) -> None:
    found = asked("rate", lambda: billing.recompute(bill))
    _print(found.computed)
    if found.is_same:
        print(f"the same to the fen: {found.total_fen} fen, line by line")
        return
    print(f"DIFFERENT: the bill says {found.bill.total_fen} fen, now {found.total_fen} fen")
    raise typer.Exit(1)


def _what_if(account: str, tariff: str, since: date, until: date) -> None:
    async def work() -> billing.Rated:
        account_id = await account_named(account)
        return await billing.what_if(account_id, tariff, first_day=since, until=until)

    found = asked("rate", work)
    _print(found.lines)
    print(f"{found.energy_wh} Wh, {found.total_fen} fen")


def _print(lines: tuple[RatedLine, ...]) -> None:
    for each in lines:
        line = each.line
        said = [line.line, line.period or "", f"tier {line.tier}" if line.tier else ""]
        print(
            f"{each.part} {' '.join(filter(None, said)):30} {line.quantity:>14} x {line.price:>12}"
            f" = {line.amount_fen:>12} fen"
        )
