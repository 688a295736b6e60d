"""Let a held bill go out: somebody has looked at it."""

from datetime import datetime

from domain import audit, customer
from domain.accrual import Turn
from domain.base import Actor, Refusal, run, transaction

from ._announce import announce
from ._issue import issue
from ._load import load
from ._postings import Owed
from ._stored import Bill

_RELEASE = """
update bill set state = 'ISSUED', issued_at = $3, why = $4 where account_id = $1 and id = $2
"""


class BillNotHeld(Refusal):
    """The bill is not held: it is issued, cancelled or reversed."""

    code = "BILL_NOT_HELD"


class BillNotRated(Refusal):
    """The bill has no amount, because it could not be rated: cancel it once that is mended."""

    code = "BILL_NOT_RATED"


async def release(bill_id: int, *, why: str, actor: Actor, now: datetime) -> Bill:
    """Issue a held bill as it stands. Refusals: UnknownBill, BillNotHeld, BillNotRated."""
    async with transaction():
        bill = await held(bill_id)
        if bill.total_fen is None:
            raise BillNotRated(bill_id=bill_id, reasons=bill.reasons)
        account_id, fen = bill.account_id, bill.total_fen
        await run(_RELEASE, account_id, bill_id, now, why)
        turn = Turn(account_id, billed_fen=fen, billed_wh=bill.energy_wh)
        await issue([Owed(bill_id, account_id, fen)], [turn], now=now)
        await announce([bill_id])
        await audit.note(
            actor,
            "RELEASE_BILL",
            f"bill:{bill_id}",
            now=now,
            detail={"reasons": bill.reasons, "why": why},
        )
        return (await load(bill_id)).bill


async def held(bill_id: int) -> Bill:
    """Return the held bill with its account locked. Refusals: UnknownBill, BillNotHeld."""
    await customer.lock([(await load(bill_id)).bill.account_id])
    bill = (await load(bill_id)).bill
    if bill.state != "HELD":
        raise BillNotHeld(bill_id=bill_id, state=bill.state)
    return bill
