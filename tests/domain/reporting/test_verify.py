"""Each invariant holds in a healthy house, and each check finds the breach made on purpose."""

from contextlib import suppress

import pytest

from domain import accrual, command, ledger, reporting
from domain.base import run, transaction, value
from domain.command import Verb
from domain.ledger import Entry, Kind
from tests.domain.reporting.lived_in import MONDAY_10, lived_in, tamper
from tests.seed import HOUR

pytestmark = pytest.mark.usefixtures("database")

TRANSFER = "ledger_transfer"
LATER = MONDAY_10 + 48 * HOUR


async def broken() -> dict[str, int]:
    return {
        f"{each.code}: {each.sentence}": each.breaches
        for each in await reporting.verify()
        if each.breaches
    }


async def codes() -> set[str]:
    return {name.split(":", maxsplit=1)[0] for name in await broken()}


@pytest.fixture(scope="module")
def plain_invariants() -> set[str]:
    return {"L1", "L2", "L3", "L4", "L5", "L6", "L7", "L8", *(f"C{n}" for n in range(1, 10))}


async def test_a_lived_in_house_is_whole_and_every_rule_had_something_to_check(plain_invariants):
    await lived_in()
    found = await reporting.verify()
    assert not await broken()
    assert {each.code for each in found} == plain_invariants
    idle = {each.code for each in found if not each.checked}
    assert not idle - {"C3", "C4", "C6"}, "these stand open only for a moment"


async def test_an_empty_house_is_whole(plain_invariants):
    assert not await broken()


MONEY = {
    "a transfer without an amount": (
        "L1",
        (
            "alter table ledger_transfer drop constraint ledger_transfer_amount;"
            "update ledger_transfer set amount_fen = -amount_fen where kind = 'PAYMENT'"
        ),
        TRANSFER,
    ),
    "a stored balance that was changed by hand": (
        "L2",
        "update ledger_account set balance_fen = balance_fen + 1 where kind = 'PREPAID'",
    ),
    "an available balance that was changed by hand": (
        "L2",
        "update account_position set available_fen = available_fen + 1",
    ),
    "a transfer that vanished": (
        "L3",
        "delete from ledger_transfer where id = (select min(id) from ledger_transfer)",
        TRANSFER,
    ),
    "a payment credited twice": (
        "L4",
        (
            "alter table ledger_transfer drop constraint ledger_transfer_once;"
            "insert into ledger_transfer"
            " (transaction_id, account_id, debit_id, credit_id, amount_fen, kind, source, at)"
            " select transaction_id, account_id, debit_id, credit_id, amount_fen,"
            " kind, source, at from ledger_transfer limit 1"
        ),
    ),
    "a credit without a payment": (
        "L4",
        (
            "update ledger_transfer set source = 'payment:0' where id = (select min(id)"
            " from ledger_transfer)"
        ),
        TRANSFER,
    ),
    "a payment of another amount than its credit": (
        "L5",
        "update payment set amount_fen = amount_fen + 1",
    ),
    "a payment whose message vanished": (
        "L5",
        "delete from message where kind = 'PAYMENT_RECEIVED'",
    ),
    "a refund that was never booked": (
        "L5",
        (
            "insert into refund (number, idempotency_key, account_id, amount_fen, reference,"
            " refunded_at) select 'F', 'k', min(id), 1, 'B', now() from account"
        ),
    ),
    "a refund that nobody noted": (
        "L5",
        (
            "insert into ledger_transfer (transaction_id, account_id, debit_id, credit_id,"
            " amount_fen, kind, source, at) select transaction_id, account_id, credit_id, debit_id,"
            " amount_fen, 'REFUND', 'refund:9', at from ledger_transfer limit 1"
        ),
    ),
    "a message that nobody will carry": (
        "L5",
        (
            "update message set state = 'QUEUED' where id = (select min(id) from message);"
            "delete from outbox"
        ),
    ),
    "a ledger without its guard": (
        "L6",
        "alter table ledger_transfer disable trigger ledger_transfer_kept",
    ),
    "a reversal of another amount": (
        "L6",
        (
            "insert into ledger_transfer (transaction_id, account_id, debit_id, credit_id,"
            " amount_fen, kind, source, at, reverses_id)"
            " select transaction_id, account_id, credit_id, debit_id, amount_fen + 1,"
            " 'REVERSAL', source, at, id from ledger_transfer limit 1"
        ),
    ),
    "energy that was charged twice": (
        "L7",
        "update account_position set unbilled_wh = unbilled_wh + 1",
    ),
    "a reading that was forgotten": (
        "L7",
        "update account_position set as_of = as_of - interval '1 hour'",
    ),
    "a base that its segment does not bear out": (
        "L7",
        "update charge_basis set ratio = ratio + 1 where terms_id is not null",
    ),
    "a base whose tariff was never agreed on": (
        "L7",
        "update charge_terms set tariff_code = 'other'",
    ),
    "a charge that is a fen too high": (
        "L8",
        (
            "update account_position set unbilled_fen = unbilled_fen + 1,"
            " available_fen = available_fen - 1"
        ),
    ),
}

CONTROL = {
    "a trip with a guard that did not hold": (
        "C1",
        (
            "update decision set evidence = jsonb_set(evidence, '{2,holds}', 'false')"
            " where verdict = 'TRIP'"
        ),
    ),
    "a trip that nobody decided": ("C1", "update command set created_at = now() where verb = 1"),
    "a trip whose notice never arrived": (
        "C2",
        "update message set delivered_at = null where kind = 'NOTICE'",
    ),
    "a trip whose final notice came too late": (
        "C2",
        (
            "update message set delivered_at = delivered_at + interval '2 hours'"
            " where kind = 'FINAL_NOTICE'"
        ),
    ),
    "an open trip on a protected account": (
        "C3",
        (
            "update command set state = 'SENT' where verb = 1 and account_id in"
            " (select id from account where protected)"
        ),
    ),
    "a protected account left in the dark": (
        "C4",
        "delete from outbox; update command set state = 'FAILED' where verb = 2",
    ),
    "a sequence given twice": (
        "C5",
        "drop index command_seq; update command set seq = 1 where seq is not null",
    ),
    "a dropped index of sequences": ("C5", "drop index command_seq"),
    "a trip that waits beside a permit-close": (
        "C6",
        "update command set state = 'PENDING' where verb = 1",
    ),
    "two open commands of one verb": (
        "C7",
        "drop index command_open; update command set state = 'SENT', verb = 8",
    ),
    "a wished state that is shown": ("C8", "update supply set output_state = 1 - output_state"),
    "an alarm that was said twice": (
        "C9",
        (
            "insert into message (account_id, phone, kind, locale, key, text, state, created_at)"
            " select account_id, phone, kind, locale, key || 'x', text, state, created_at"
            " from message where kind = 'ALARM'"
        ),
    ),
}


class Undone(Exception):
    """Takes a breach back."""


async def unseen(breaches: dict[str, tuple[str, ...]]) -> list[str]:
    """Make each breach, look, and take it back; return those that were not found."""
    missed = []
    for name, (code, sql, *table) in breaches.items():
        with suppress(Undone):
            async with transaction():
                for each in sql.split(";"):
                    await tamper(each, table=table[0] if table else None)
                if code not in await codes():
                    missed.append(name)
                raise Undone
    return missed


async def test_every_breach_of_money_is_found():
    await lived_in()
    assert await unseen(MONEY) == []


async def test_every_breach_of_control_is_found():
    await lived_in()
    assert await unseen(CONTROL) == []


async def test_a_reversal_that_mirrors_its_original_is_no_breach():
    homes = await lived_in()
    account_id = homes["rich"].account_id
    original = await value("select id from ledger_transfer where account_id = $1", account_id)
    entry = Entry(account_id, Kind.PREPAID, Kind.CHANNEL, 100_000, "REVERSAL", "payment:1")
    async with transaction():
        await ledger.post(entry, at=LATER, reverses_id=original)
        await accrual.accrue([account_id], now=LATER)
    assert not await broken()


async def test_work_that_still_waits_is_no_breach():
    homes = await lived_in()
    home = homes["rich"]
    home.registers = (0, 50_000, 0, 0, 0)
    await command.hear([home.uplink(LATER)], now=LATER)
    home.supply = command.SupplyState(0, 0)
    await command.hear([home.uplink(LATER + HOUR)], now=LATER + HOUR)
    assert not await broken()


async def test_power_that_is_owed_may_be_in_the_hands_of_a_person():
    homes = await lived_in()
    home = homes["protected"]
    await run("delete from outbox where topic = 'supply.changed'")
    await run(
        "update command set created_at = $1 where verb = $2", MONDAY_10, int(Verb.PERMIT_CLOSE)
    )
    await command.expire(limit=10, now=MONDAY_10 + 24 * 30 * HOUR)
    state = await value(
        "select state from command where account_id = $1 and verb = 2", home.account_id
    )
    assert state == "EXPIRED"
    assert "C4" not in await codes()
    await run("update task set state = 'DONE'")
    assert "C4" in await codes()
