"""`feikong rate`: compute a bill again, or what another tariff would have made of a period."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Annotated

import typer

from domain import billing
from domain.billing import RatedLine
from runtime import clock
from runtime.settings import settings

from ._bill import account_named
from ._session import asked

_DAY = ["%Y-%m-%d"]
_AHEAD = timedelta(days=2)  # some zones have tomorrow already


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
        print(f"the same to the fen: {_money(found.total_fen)}, line by line")
        return
    stored = _money(found.bill.total_fen or 0)
    print(f"DIFFERENT: the bill says {stored}, now {_money(found.total_fen)}")
    raise typer.Exit(1)


def _what_if(account: str, tariff: str, since: date, until: date) -> None:
    async def work() -> tuple[billing.Rated, datetime]:
        account_id = await account_named(account)
        return await billing.what_if(account_id, tariff, first_day=since, until=until), clock.now()

    found, now = asked("rate", work)
    _print(found.lines)
    print(f"{_scaled(found.energy_wh, 3)} kWh, {_money(found.total_fen)}")
    if until > now.date() + _AHEAD:
        print(f"--until {until} lies ahead: what was read up to now is all that is charged")


def _print(lines: tuple[RatedLine, ...]) -> None:
    for each in lines:
        line = each.line
        said = [line.line, line.period or "", f"tier {line.tier}" if line.tier else ""]
        if line.unit.startswith("%"):
            quantity, price = _money(line.quantity), f"{_scaled(line.price, 6)} %"
        else:
            quantity, price = f"{_scaled(line.quantity, 3)} {line.unit}", _scaled(line.price, 8)
        print(
            f"{each.part} {' '.join(filter(None, said)):30} {quantity:>20} x {price:>14}"
            f" = {_money(line.amount_fen):>14}"
        )


def _money(fen: int) -> str:
    given = settings()
    return f"{_scaled(fen, given.minor_digits)} {given.currency}"


def _scaled(value: int, digits: int) -> str:
    return f"{Decimal(value).scaleb(-digits):f}"
