"""Take an account into charge control."""

from datetime import datetime

from domain import accrual, command, customer, ledger, tariff
from domain.base import rows, transaction
from domain.ledger import Entry, Kind

from ._review import review

_AGREED = "select tariff_code, valid_from from agreement where account_id = $1"


async def enrol(account_id: int, *, now: datetime, opening_fen: int = 0, cycle_wh: int = 0) -> None:
    """Start the balance of an account whose meters are installed, and watch over it.

    `opening_fen` is prepaid money that comes along, `cycle_wh` what was charged before in the
    running tier cycle. Nobody is tripped by the change itself, because a trip needs notices that
    were delivered. Refusals: NoTariff, where a day on which an agreement begins has no price.
    """
    async with transaction():
        await customer.lock([account_id])
        for agreed in await rows(_AGREED, account_id):
            await tariff.version_at(agreed["tariff_code"], agreed["valid_from"])
        if opening_fen:
            opening = Entry(
                account_id=account_id,
                debit=Kind.OPENING,
                credit=Kind.PREPAID,
                amount_fen=opening_fen,
                kind="OPENING",
                source=f"account:{account_id}",
            )
            await ledger.post(opening, at=now)
        for meter in await rows("select id from meter where account_id = $1", account_id):
            await command.attach(meter["id"], account_id=account_id)
        await accrual.start(account_id, now=now, cycle_wh=cycle_wh)
        await accrual.accrue([account_id], now=now)
        await review(account_id, now=now)
