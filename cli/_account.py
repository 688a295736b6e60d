"""`feikong account`: close an account (销户)."""

from typing import Annotated

import typer

from domain import field_service
from domain.base import Actor
from domain.metering import PERIODS, Registers
from runtime import clock

from ._bill import account_named
from ._session import asked

account = typer.Typer(help="Accounts: close one.", no_args_is_help=True)

_WH = 1_000
_FORM = "serial=total[,sharp,peak,flat,valley,deep_valley] in kWh"


@account.callback()
def _accounts() -> None:
    """Accounts (户号)."""


@account.command("close")
def close_command(
    number: Annotated[str, typer.Argument(help="The account's number.")],
    read: Annotated[list[str], typer.Option(help=f"Last read of a meter: {_FORM}.")],
    by: Annotated[str, typer.Option(help="Who does it, for the audit.")] = "cli",
) -> None:
    """Read the meters for the last time, make the last bill, and tell what is refundable."""
    reads = dict(map(_read, read))

    async def work() -> field_service.Closing:
        account_id = await account_named(number)
        return await field_service.close_account(
            account_id, reads=reads, actor=Actor("OPERATOR", by), now=clock.now()
        )

    done = asked("account", work)
    print(f"closed; last bill {done.bill_id}{' is held' if done.is_held else ''}")
    print(f"refundable {done.refundable_fen} fen, owed {done.owed_fen} fen")


def _read(text: str) -> tuple[str, Registers]:
    serial, _, shown = text.partition("=")
    registers = [_wh(each) for each in shown.split(",")]
    if len(registers) not in {1, 1 + len(PERIODS)}:
        raise typer.BadParameter(f"expected {_FORM}")
    total, sharp, peak, flat, valley, deep = registers + [0] * (1 + len(PERIODS) - len(registers))
    return serial, (total, sharp, peak, flat, valley, deep)


def _wh(kwh: str) -> int:
    whole, _, part = kwh.partition(".")
    if not (whole + part).isdigit() or part[3:].strip("0"):
        raise typer.BadParameter(f"{kwh!r} is no energy in kWh; expected {_FORM}")
    return int(whole) * _WH + int(part[:3].ljust(3, "0"))
