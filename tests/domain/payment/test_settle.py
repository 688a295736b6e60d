"""A payment is credited once, to the right account, or not at all."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from domain import ledger, payment
from domain.base import rows, value
from domain.ledger import Entry, Kind
from domain.payment import Notice
from tests import seed
from tests.seed import HOUR, Home

pytestmark = pytest.mark.usefixtures("database")
MONDAY_10 = datetime.fromisoformat("2026-03-02T10:00+08:00")


@pytest.fixture
async def home() -> Home:
    return await seed.home(await seed.district(now=MONDAY_10), now=MONDAY_10)


def notice(home: Home, **changes) -> Notice:
    made = {
        "channel": "bank-D1",
        "reference": "ref",
        "amount_fen": 5_000,
        "currency": "CNY",
        "paid_at": MONDAY_10,
        "account": home.number,
    }
    return Notice(**made | changes)


async def order(home: Home, channel: str = "bank-D1", fen: int = 5_000) -> str:
    person_id = await value(
        "insert into person (phone, role) values ($1, 'CUSTOMER') returning id", home.number
    )
    started = await payment.start_payment(
        home.account_id,
        person_id=person_id,
        channel=channel,
        amount_fen=fen,
        idempotency_key=f"{home.number}{channel}",
        now=MONDAY_10,
    )
    return started.number


async def everything() -> list:
    tables = ("payment", "ledger_transfer", "ledger_account", "message", "command", "decision")
    found = [await rows(f"select * from {table} order by id") for table in tables]
    return [
        *found,
        await rows("select * from account_position"),
        await rows("select * from outbox"),
    ]


async def test_money_message_and_balance_move_together(home):
    await home.uses(peak_wh=1_000, at=MONDAY_10 + HOUR)
    receipt = await payment.settle(notice(home), now=MONDAY_10 + HOUR)
    assert (receipt.amount_fen, receipt.available_fen) == (5_000, 4_943)
    assert (receipt.account, receipt.replayed) == (home.number, False)
    assert await ledger.balance_of(home.account_id, Kind.PREPAID) == 5_000
    assert await home.available_fen() == 4_943
    assert "PAYMENT_RECEIVED" in [m["kind"] for m in await home.messages()]


async def test_the_same_notice_again_is_answered_with_the_first_receipt(home):
    first = await payment.settle(notice(home), now=MONDAY_10)
    before = await everything()
    later = MONDAY_10 + timedelta(days=40)
    again = await payment.settle(notice(home, paid_at=MONDAY_10.astimezone(UTC)), now=later)
    assert again.replayed
    assert (again.number, again.settled_at, again.available_fen) == (
        first.number,
        first.settled_at,
        first.available_fen,
    )
    assert await everything() == before


async def test_a_repeat_for_an_order_is_answered_with_the_first_receipt(home):
    number = await order(home)
    first = await payment.settle(notice(home, order=number), now=MONDAY_10)
    before = await everything()
    again = await payment.settle(notice(home, order=number), now=MONDAY_10)
    assert (again.number, again.replayed) == (first.number, True)
    assert await everything() == before


async def refused(refusal: type[Exception], told: Notice) -> None:
    before = await everything()
    with pytest.raises(refusal):
        await payment.settle(told, now=MONDAY_10)
    assert await everything() == before


@pytest.mark.parametrize(
    "changes",
    [
        {"amount_fen": 5_001},
        {"paid_at": MONDAY_10 + HOUR},
        {"order": "P1"},
        {"account": "3300000000"},
    ],
)
async def test_a_reference_with_other_content_is_a_conflict(home, changes):
    await payment.settle(notice(home), now=MONDAY_10)
    await refused(payment.ReferenceReused, notice(home, **changes))


@pytest.mark.parametrize(
    ("refusal", "changes"),
    [
        (payment.AmountTooSmall, {"amount_fen": 0}),
        (payment.AmountTooSmall, {"amount_fen": -5_000}),
        (payment.CurrencyMismatch, {"currency": "EUR"}),
        (payment.UnknownChannel, {"channel": "nobody"}),
        (payment.UnknownAccount, {"account": "0000000000"}),
        (payment.UnknownAccount, {"account": None}),
        (payment.UnknownOrder, {"order": "P-no-such"}),
    ],
)
async def test_what_is_wrong_is_refused_and_nothing_moves(home, refusal, changes):
    await refused(refusal, notice(home, **changes))


async def test_a_channel_credits_only_accounts_that_it_is_contracted_for(home):
    await seed.district("D2", now=MONDAY_10)
    await refused(payment.UnknownAccount, notice(home, channel="bank-D2"))


async def test_a_channel_that_only_takes_orders_may_not_name_an_account(home):
    await payment.open_channel(
        "wechat", name="W", algorithm="hmac-sha256", key_id="w", key="secret"
    )
    await refused(payment.ChannelNotContracted, notice(home, channel="wechat"))
    number = await order(home, "wechat")
    told = notice(home, channel="wechat", order=number, account=None)
    assert (await payment.settle(told, now=MONDAY_10)).account == home.number


async def test_an_order_is_paid_by_its_own_channel_amount_and_account_once(home):
    await seed.district("D2", now=MONDAY_10)
    neighbour = await seed.home(1, now=MONDAY_10)
    number = await order(home)
    await refused(payment.UnknownOrder, notice(home, order=number, channel="bank-D2"))
    await refused(payment.OrderMismatch, notice(home, order=number, amount_fen=4_999))
    await refused(payment.OrderMismatch, notice(neighbour, order=number))
    await payment.settle(notice(home, order=number), now=MONDAY_10)
    await refused(payment.OrderMismatch, notice(home, order=number, reference="ref-2"))


async def test_a_closed_account_takes_no_money_by_its_number(home):
    await rows("update account set closed_at = $1 where id = $2", MONDAY_10, home.account_id)
    await refused(payment.UnknownAccount, notice(home))


@pytest.mark.parametrize("by_order", [False, True])
async def test_fifty_equal_notices_at_once_are_one_credit(home, by_order):
    told = notice(home, order=await order(home) if by_order else None)
    receipts = await asyncio.gather(*(payment.settle(told, now=MONDAY_10) for _ in range(50)))
    assert len({receipt.number for receipt in receipts}) == 1
    assert sorted(receipt.replayed for receipt in receipts) == [False] + [True] * 49
    assert await ledger.balance_of(home.account_id, Kind.PREPAID) == 5_000
    assert await value("select count(*) from payment") == 1


async def test_many_payments_at_once_all_count(home):
    await asyncio.gather(
        *(payment.settle(notice(home, reference=f"r{n}"), now=MONDAY_10) for n in range(50))
    )
    assert await home.available_fen() == 50 * 5_000
    assert await value("select max(available_fen) from payment") == 50 * 5_000
    assert await value("select count(distinct available_fen) from payment") == 50


async def test_a_nonce_counts_once_for_each_channel(home):
    await seed.district("D2", now=MONDAY_10)
    used = [await payment.use_nonce(channel, "n", expires_at=MONDAY_10) for channel in (1, 1, 2)]
    assert used == [True, False, True]
    await payment.forget_nonces(wall=MONDAY_10 + HOUR)
    assert await payment.use_nonce(1, "n", expires_at=MONDAY_10)


async def test_a_payment_pays_what_is_open_first(home: Home) -> None:
    owed = Entry(
        account_id=home.account_id,
        debit=Kind.RECEIVABLE,
        credit=Kind.REVENUE,
        amount_fen=700,
        kind="BILL",
        source="bill:test",
    )
    await ledger.post(owed, at=MONDAY_10)
    receipt = await home.pays(1_000, at=MONDAY_10)
    assert await ledger.balance_of(home.account_id, Kind.RECEIVABLE) == 0
    assert await ledger.balance_of(home.account_id, Kind.PREPAID) == 300
    assert receipt.available_fen == 300
