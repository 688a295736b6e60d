"""`feikong account`: close an account (销户), and give back what is left of its money (退费)."""

from typing import Annotated

import typer

from domain import field_service
from domain.base import Actor
from domain.metering import Registers
from runtime import clock

from ._bill import account_named
from ._registers import FORM, registers_of
from ._session import asked

account = typer.Typer(help="Accounts: close one, refund it.", no_args_is_help=True)

By = Annotated[str, typer.Option(help="Who does it, for the audit.")]

_FORM = f"serial={FORM}"


@account.callback()
def _accounts() -> None:
    """Accounts (户号)."""


@account.command("close")
def close_command(
    number: Annotated[str, typer.Argument(help="The account's number.")],
    read: Annotated[list[str], typer.Option(help=f"Last read of a meter: {_FORM}.")],
    by: By = "cli",
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


@account.command("refund")
def refund_command(
    number: Annotated[str, typer.Argument(help="The closed account's number.")],
    amount_fen: Annotated[int, typer.Option(help="How much is paid back, in fen.")],
    reference: Annotated[str, typer.Option(help="Number of the payout, at the bank or till.")],
    key: Annotated[str, typer.Option(help="Idempotency key: the same one books nothing again.")],
    by: By = "cli",
) -> None:
    """Book that prepaid money of a closed account is paid back."""

    async def work() -> field_service.Refund:
        return await field_service.refund_account(
            await account_named(number),
            amount_fen=amount_fen,
            reference=reference,
            idempotency_key=key,
            actor=Actor("OPERATOR", by),
            now=clock.now(),
        )

    done = asked("account", work)
    print(f"refund {done.number}: {done.amount_fen} fen{', as before' if done.replayed else ''}")


def _read(text: str) -> tuple[str, Registers]:
    serial, _, shown = text.partition("=")
    return serial, registers_of(shown)
