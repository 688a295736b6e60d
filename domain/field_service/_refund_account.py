"""Give prepaid money of a closed account back (销户退费)."""

from dataclasses import dataclass
from datetime import datetime

from domain import accrual, audit, charge_control, customer, ledger, notification
from domain.base import Actor, Refusal, row, transaction, value
from domain.billing import HeldBillFirst
from domain.charge_control import AccountUnknown
from domain.ledger import Balances, Entry, Kind

from ._report_repair import KeyReused

_HELD = "select id from bill where account_id = $1 and state = 'HELD' order by id limit 1"

_CLAIM = """
with next as (select nextval(pg_get_serial_sequence('refund', 'id')) as id)
insert into refund (id, number, idempotency_key, account_id, amount_fen, reference, refunded_at)
select id, 'F' || to_char($5::timestamptz at time zone 'UTC', 'YYYYMMDD') || '-'
  || lpad(id::text, 10, '0'), $1, $2, $3, $4, $5
from next on conflict (idempotency_key) do nothing returning id
"""

_FOUND = """
select id, number, account_id, amount_fen, reference, refunded_at from refund where {} = $1
"""


class AccountOpen(Refusal):
    """The account is served: its prepaid money pays for its electricity."""

    code = "ACCOUNT_OPEN"


class NotRefundable(Refusal):
    """The amount is not positive, or more than what is left once everything is paid."""

    code = "NOT_REFUNDABLE"


@dataclass(frozen=True, slots=True)
class Refund:
    """Prepaid money that went back; `reference` is the number of the payout, at the bank or till.

    `replayed`: it had been booked before, by the same key.
    """

    id: int
    number: str
    account_id: int
    amount_fen: int
    reference: str
    refunded_at: datetime
    replayed: bool


async def refund_account(
    account_id: int,
    *,
    amount_fen: int,
    reference: str,
    idempotency_key: str,
    actor: Actor,
    now: datetime,
) -> Refund:
    """Book that so much of a closed account's prepaid money is paid back; the same key again
    returns the first refund.

    No more than what nothing is owed against: prepaid, and available. Refusals: AccountUnknown,
    AccountOpen, HeldBillFirst, NotRefundable, KeyReused. Nothing has moved then.
    """
    if amount_fen <= 0:
        raise NotRefundable(amount_fen=amount_fen)
    async with transaction():
        await customer.lock([account_id])
        account = await customer.account_of(account_id)
        if account is None:
            raise AccountUnknown(account=account_id)
        refund_id = await value(_CLAIM, idempotency_key, account_id, amount_fen, reference, now)
        if refund_id is None:
            first = await _refund("idempotency_key", idempotency_key, replayed=True)
            asked = (account_id, amount_fen, reference)
            if asked != (first.account_id, first.amount_fen, first.reference):
                raise KeyReused
            return first
        if account.closed_at is None:
            raise AccountOpen(account=account.number)
        await _refuse(account_id, amount_fen, now=now)
        await _pay_back(refund_id, account_id, amount_fen, now=now)
        detail = {"refund_id": refund_id, "amount_fen": amount_fen}
        await audit.note(actor, "REFUND_ACCOUNT", f"account:{account_id}", now=now, detail=detail)
        return await _refund("id", refund_id, replayed=False)


async def _refund(column: str, key: object, *, replayed: bool) -> Refund:
    found = await row(_FOUND.format(column), key)
    assert found is not None
    return Refund(**found, replayed=replayed)


async def _refuse(account_id: int, amount_fen: int, *, now: datetime) -> None:
    held = await value(_HELD, account_id)
    if held is not None:
        raise HeldBillFirst(bill_id=held)
    # A bill that was put away leaves its charge unbilled: that money is spoken for, too.
    (accrued,) = await accrual.accrue([account_id], now=now)
    balance = (await ledger.balances_of([account_id])).get(account_id, Balances())
    refundable_fen = max(0, min(balance.prepaid_fen, accrued.available_fen))
    if amount_fen > refundable_fen:
        raise NotRefundable(refundable_fen=refundable_fen)


async def _pay_back(refund_id: int, account_id: int, amount_fen: int, *, now: datetime) -> None:
    source = f"refund:{refund_id}"
    entry = Entry(account_id, Kind.PREPAID, Kind.REFUND, amount_fen, "REFUND", source)
    await ledger.post(entry, at=now)
    await accrual.accrue([account_id], now=now)
    await notification.queue(
        "REFUNDED",
        account_id=account_id,
        params={"amount_fen": amount_fen},
        key=source,
        now=now,
        shadow=(await charge_control.switches())["shadow"],
    )
