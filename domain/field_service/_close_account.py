"""Close an account (销户): last reads, last bill, and what is left of the money."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain import accrual, audit, billing, charge_control, command, customer, ledger, metering
from domain.base import Actor, Refusal, rows, transaction, value
from domain.charge_control import AccountUnknown
from domain.ledger import Balances
from domain.metering import Registers

_AT_WORK = "select id, serial from meter where account_id = $1 and removed_at is null order by id"
_TASKS = "select count(*) from task where account_id = $1 and state <> 'DONE'"
_HELD = "select id from bill where account_id = $1 and state = 'HELD' order by id limit 1"
_LAST = """
select id from bill where account_id = $1 and kind = 'BILL' and state in ('ISSUED', 'HELD')
order by first_day desc limit 1
"""


class AccountClosed(Refusal):
    """The account is closed already."""

    code = "ACCOUNT_CLOSED"


class LastReadMissing(Refusal):
    """Every meter at work is read for the last time when the account is closed, and no other."""

    code = "LAST_READ_MISSING"


class WorkUnfinished(Refusal):
    """A task of the account, or a reading that was held apart, waits for a person."""

    code = "WORK_UNFINISHED"


@dataclass(frozen=True, slots=True)
class Closing:
    """What became of an account: its last bill, and the money that is given back or still owed.

    `is_held`: the last bill waits for a person; what is refundable stands once it is released.
    """

    account_id: int
    bill_id: int | None
    is_held: bool
    refundable_fen: int
    owed_fen: int


async def close_account(
    account_id: int, *, reads: Mapping[str, Registers], actor: Actor, now: datetime
) -> Closing:
    """Close the account in one act; `reads` are the last registers of its meters, by serial.

    The meters are taken down, what they measured since the last bill is billed up to this day, and
    prepaid money pays it; the rest is refundable. Refusals: AccountUnknown, AccountClosed,
    LastReadMissing, ReadImplausible, WorkUnfinished, HeldBillFirst. Nothing has moved then.
    """
    async with transaction():
        await customer.lock([account_id])
        account = await customer.account_of(account_id)
        if account is None:
            raise AccountUnknown(account=account_id)
        if account.closed_at is not None:
            raise AccountClosed(account=account.number, closed_at=account.closed_at)
        await _refuse_unfinished(account_id)
        await _take_down(account_id, reads, now=now)
        today = now.astimezone(account.zone).date()
        await customer.mark_closed(account_id, until=today + timedelta(days=1), now=now)
        await billing.bill_now(account_id, now=now)
        await accrual.accrue([account_id], now=now)
        await charge_control.retire(account_id, now=now)
        closing = await _closing(account_id)
        detail = {"bill_id": closing.bill_id, "refundable_fen": closing.refundable_fen}
        await audit.note(actor, "CLOSE_ACCOUNT", f"account:{account_id}", now=now, detail=detail)
        return closing


async def _refuse_unfinished(account_id: int) -> None:
    held = await value(_HELD, account_id)
    if held is not None:
        raise billing.HeldBillFirst(bill_id=held)
    tasks = await value(_TASKS, account_id)
    readings = await metering.has_open_exception(account_id)
    if tasks or readings:
        raise WorkUnfinished(tasks=tasks, readings=readings)


async def _take_down(account_id: int, reads: Mapping[str, Registers], *, now: datetime) -> None:
    meters = {each["serial"]: each["id"] for each in await rows(_AT_WORK, account_id)}
    if meters.keys() != reads.keys():
        raise LastReadMissing(meters=sorted(meters.keys() ^ reads.keys()))
    for serial, meter_id in meters.items():
        await metering.remove_meter(meter_id, removal=reads[serial], now=now)
        await accrual.close_segment(meter_id)
        await command.detach(meter_id, now=now)


async def _closing(account_id: int) -> Closing:
    balance = (await ledger.balances_of([account_id])).get(account_id, Balances())
    held = await value(_HELD, account_id)
    return Closing(
        account_id,
        await value(_LAST, account_id),
        held is not None,
        balance.prepaid_fen,
        balance.receivable_fen,
    )
