"""Put a held bill away: the period is open again, and the next run drafts it anew."""

from datetime import datetime

from domain import accrual, audit
from domain.accrual import Turn
from domain.base import Actor, run, transaction

from ._load import load
from ._part import Part, segments_of
from ._release import held
from ._stored import Bill


async def cancel(bill_id: int, *, why: str, actor: Actor, now: datetime) -> Bill:
    """Cancel a held bill. Refusals: UnknownBill, BillNotHeld."""
    async with transaction():
        bill = await held(bill_id)
        parts = (await load(bill_id)).parts
        await run(
            "update bill set state = 'CANCELLED', why = $3 where account_id = $1 and id = $2",
            bill.account_id,
            bill_id,
            why,
        )
        if bill.total_fen is not None:
            await accrual.turn_back(bill.account_id, segments_of(parts))
            await accrual.turn([_back(bill, bill.total_fen, parts[0])])
            await accrual.accrue([bill.account_id], now=now)
        detail = {"reasons": bill.reasons, "why": why}
        await audit.note(actor, "CANCEL_BILL", f"bill:{bill_id}", now=now, detail=detail)
        return (await load(bill_id)).bill


def _back(bill: Bill, total_fen: int, first: Part) -> Turn:
    return Turn(
        bill.account_id,
        cycle_wh=first.before_wh,
        closed_fen=-total_fen,
        closed_wh=-bill.energy_wh,
    )
