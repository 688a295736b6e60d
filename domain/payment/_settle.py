"""Credit a payment: the money, the cancelled trips and the permit-close in one transaction."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain import accrual, billing, charge_control, customer, ledger, notification
from domain.base import row, run, transaction, value
from domain.ledger import Entry, Kind

from ._notice import Notice, Receipt
from ._refusals import (
    AmountTooSmall,
    ChannelNotContracted,
    CurrencyMismatch,
    OrderMismatch,
    ReferenceReused,
    UnknownAccount,
    UnknownChannel,
    UnknownOrder,
)

_ORDER = """
select o.id, o.account_id, o.amount_fen, o.paid_at, a.number
from payment_order o join account a on a.id = o.account_id
where o.number = $1 and o.channel_id = $2
"""

_LOCK_ORDER = "select from payment_order where number = $1 and channel_id = $2 for update"

# Whoever has left pays what is still open, and no more in advance.
# An account that the channel is not contracted for is to it like one that is not there.
_ACCOUNT = """
select a.id from account a join channel_contract c on c.district_id = a.district_id
where a.number = $1 and c.channel_id = $2 and (a.closed_at is null or exists (
  select from account_position p where p.account_id = a.id and p.available_fen < 0))
"""

_CLAIM = """
insert into payment (channel_id, reference, content_hash, receipt, account_id, order_id,
                     amount_fen, paid_at, settled_at, available_fen)
values ($1, $2, $3, 'R' || to_char($8::timestamptz at time zone 'UTC', 'YYYYMMDD') || '-'
        || lpad(nextval(pg_get_serial_sequence('payment', 'id'))::text, 10, '0'),
        $4, $5, $6, $7, $8, 0)
on conflict (channel_id, reference) do nothing
returning id
"""

_FOUND = """
select p.receipt as number, p.content_hash, p.amount_fen, p.settled_at, p.available_fen,
       a.number as account
from payment p join account a on a.id = p.account_id
where p.channel_id = $1 and p.reference = $2
"""


@dataclass(frozen=True, slots=True)
class _Target:
    account_id: int
    order_id: int | None


async def settle(notice: Notice, *, now: datetime, currency: str = "CNY") -> Receipt:
    """Credit the payment and return its receipt; the same notice again returns the first receipt.

    In one transaction: the payment, the ledger transfer, the new available balance, the
    cancellation of trips that never left and the permit-close.

    Refusals: UnknownChannel, UnknownAccount, UnknownOrder, OrderMismatch, ChannelNotContracted,
    AmountTooSmall, CurrencyMismatch, ReferenceReused. Nothing has moved then. `currency` is the one
    in which the deployment keeps its books.
    """
    if notice.amount_fen <= 0:
        raise AmountTooSmall(amount_fen=notice.amount_fen)
    if notice.currency != currency:
        raise CurrencyMismatch(currency=notice.currency, ours=currency)
    async with transaction():
        channel = await row(
            "select id, by_account from channel where code = $1 and active", notice.channel
        )
        if channel is None:
            raise UnknownChannel(channel=notice.channel)
        if notice.order is not None:
            # Before looking for a repeat: one that is settled just now paid this very order.
            await run(_LOCK_ORDER, notice.order, channel["id"])
        # A repeat is answered before anything else is asked: what was true then is the answer.
        if first := await _first(notice, channel["id"]):
            return first
        target = await _target(notice, channel)
        await customer.lock([target.account_id])
        payment_id = await _claim(notice, channel["id"], target, now=now)
        if payment_id is None:
            first = await _first(notice, channel["id"])
            assert first is not None
            return first
        await _credit(notice, target, payment_id, now=now)
        first = await _first(notice, channel["id"], replayed=False)
        assert first is not None
        return first


async def _first(notice: Notice, channel_id: int, *, replayed: bool = True) -> Receipt | None:
    found = await row(_FOUND, channel_id, notice.reference)
    if found is None:
        return None
    if found.pop("content_hash") != notice.content_hash:
        raise ReferenceReused(channel=notice.channel, reference=notice.reference)
    return Receipt(
        **found,
        channel=notice.channel,
        reference=notice.reference,
        currency=notice.currency,
        replayed=replayed,
    )


async def _target(notice: Notice, channel: dict[str, Any]) -> _Target:
    if notice.order is not None:
        return await _by_order(notice, channel["id"])
    if not channel["by_account"]:
        raise ChannelNotContracted(channel=notice.channel)
    account_id = await value(_ACCOUNT, notice.account, channel["id"])
    if account_id is None:
        raise UnknownAccount(account=notice.account)
    return _Target(account_id, None)


async def _by_order(notice: Notice, channel_id: int) -> _Target:
    order = await row(_ORDER, notice.order, channel_id)
    if order is None:
        raise UnknownOrder(order=notice.order)
    mismatch = {
        "account": notice.account is not None and notice.account != order["number"],
        "amount": notice.amount_fen != order["amount_fen"],
        "paid": order["paid_at"] is not None,
    }
    if wrong := [name for name, is_wrong in mismatch.items() if is_wrong]:
        raise OrderMismatch(order=notice.order, wrong=wrong)
    return _Target(order["account_id"], order["id"])


async def _claim(notice: Notice, channel_id: int, target: _Target, *, now: datetime) -> int | None:
    claimed: int | None = await value(
        _CLAIM,
        channel_id,
        notice.reference,
        notice.content_hash,
        target.account_id,
        target.order_id,
        notice.amount_fen,
        notice.paid_at,
        now,
    )
    return claimed


async def _credit(notice: Notice, target: _Target, payment_id: int, *, now: datetime) -> None:
    account_id = target.account_id
    await ledger.post(
        Entry(
            account_id=account_id,
            debit=Kind.CHANNEL,
            credit=Kind.PREPAID,
            amount_fen=notice.amount_fen,
            kind="PAYMENT",
            source=f"payment:{payment_id}",
        ),
        at=now,
    )
    await billing.settle(account_id, source=f"payment:{payment_id}", now=now)
    (accrued,) = await accrual.accrue([account_id], now=now)
    await run(
        "update payment set available_fen = $2 where id = $1", payment_id, accrued.available_fen
    )
    if target.order_id is not None:
        await run("update payment_order set paid_at = $2 where id = $1", target.order_id, now)
    await notification.queue(
        "PAYMENT_RECEIVED",
        account_id=account_id,
        params={"amount_fen": notice.amount_fen, "available_fen": accrued.available_fen},
        key=f"payment:{payment_id}",
        now=now,
        shadow=(await charge_control.switches())["shadow"],
    )
    await charge_control.review(account_id, now=now)
