"""The set-based accrual equals the pure reference, row by row, to the fen."""

import asyncio
import random
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

import pytest

from domain import accrual, charge_control, command, metering, tariff
from domain.accrual import Position, advanced
from domain.base import rows, run, transaction, value
from domain.metering import PERIODS
from domain.rating import Consumption, rate, terms_of
from tests import seed
from tests.seed import HOUR, TARIFF

pytestmark = pytest.mark.usefixtures("database")
MONDAY_10 = datetime.fromisoformat("2026-03-02T10:00+08:00")
ACCOUNTS, TARIFFS, ROUNDS = 1_000, 4, 4
PARTS = [f for f in Position.__dataclass_fields__ if f != "account_id"]

# One home is made by the front door; a thousand more are its copies.
STREET = (
    """insert into account (id, number, district_id, name, strategy, opened_at)
       select n, n::text, district_id, '', strategy, opened_at
       from account, generate_series(1001, 1000 + $1::int) n where id = 1""",
    """insert into usage_point (id, account_id, address)
       select n, n, '' from generate_series(1001, 1000 + $1::int) n""",
    """insert into meter (id, serial, account_id, usage_point_id, rated_w, installed_at)
       select n, 'S' || n, n, n, 20000, now() from generate_series(1001, 1000 + $1::int) n""",
    """insert into agreement (account_id, tariff_code, valid_from)
       select n, 't-' || n % 4, '2020-01-01' from generate_series(1001, 1000 + $1::int) n""",
    """insert into ledger_account (account_id, kind, balance_fen)
       select n, kind, 0 from generate_series(1001, 1000 + $1::int) n,
         unnest(array['PREPAID', 'RECEIVABLE']) kind where n % 7 > 0 or kind = 'PREPAID'""",
)
NAMES = ", ".join(f"{period}_wh" for period in PERIODS)


async def publish(chance: random.Random) -> dict[str, Any]:
    """Publish four tariffs with prices of their own; return their terms by code."""
    found = {}
    for k in range(TARIFFS):
        document = deepcopy(tariff.catalogued(TARIFF))
        document["code"] = f"t-{k}"
        prices = [f"{chance.randrange(2)}.{chance.randrange(10**8):08}" for _ in range(2)]
        energy = next(each for each in document["charges"] if each["kind"] == "energy")
        energy["prices"] = dict(zip(("peak", "valley"), prices, strict=True))
        document["rounding"]["line"]["mode"] = ("half_up", "half_even", "down", "up")[k]
        await tariff.publish(document, now=MONDAY_10)
        parsed = await tariff.version_at(f"t-{k}", MONDAY_10.date())
        found[f"t-{k}"] = terms_of(parsed, first_day=MONDAY_10.date())
    return found


async def street(chance: random.Random) -> list[int]:
    await seed.home(await seed.district(now=MONDAY_10), now=MONDAY_10)
    ids = list(range(1001, 1001 + ACCOUNTS))
    for sql in STREET:
        await run(sql, ACCOUNTS)
    base = [[chance.randrange(10**9) for _ in ids] for _ in PERIODS]
    for table, since in (("charge_segment", "since"), ("meter_register", "measured_at")):
        more = ", last_n" if table == "meter_register" else ""
        await run(
            f"""insert into {table} (meter_id, account_id, {since}, total_wh, {NAMES}{more})
                select a, a, $7, 0, s, p, f, v, d{", 0" if more else ""} from unnest($1::bigint[],
                  $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
                as w (a, s, p, f, v, d)""",
            ids,
            *base,
            MONDAY_10,
        )
    anchors = [
        [MONDAY_10 - timedelta(minutes=chance.randrange(20_000)) for _ in ids] for _ in range(2)
    ]
    await run(
        """insert into account_position (account_id, cycle_wh, billed_fen, late_fee_fen, as_of,
             before_at, before_fen, window_at, window_fen)
           select a, c, b, l, $8, least(x, y), f, greatest(x, y), w from unnest($1::bigint[],
             $2::bigint[], $3::bigint[], $4::bigint[], $5::timestamptz[], $6::timestamptz[],
             $7::bigint[], $9::bigint[]) as w (a, c, b, l, x, y, f, w)""",
        ids,
        *([chance.randrange(most) for _ in ids] for most in (6_000_000, 10**7, 10**4)),
        *anchors,
        [chance.randrange(10**7) for _ in ids],
        MONDAY_10,
        [chance.randrange(10**7) for _ in ids],
    )
    await run("insert into charge_basis (account_id) select unnest($1::bigint[])", ids)
    return ids


async def consume(ids: list[int], chance: random.Random, *, at: datetime, pay: bool = True) -> None:
    """Move the registers and the balances of all by a random amount, at a random minute."""
    most = 10 ** chance.randrange(1, 7)
    await run(
        """update meter_register r set peak_wh = peak_wh + p, valley_wh = valley_wh + v,
             measured_at = t from unnest($1::bigint[], $2::bigint[], $3::bigint[],
             $4::timestamptz[]) as w (a, p, v, t) where meter_id = a""",
        ids,
        [chance.randrange(most) for _ in ids],
        [chance.randrange(most) for _ in ids],
        [at - timedelta(minutes=chance.randrange(600)) for _ in ids],
    )
    if not pay:
        return
    await run(
        """update ledger_account l set balance_fen = case kind when 'PREPAID' then p else o end
           from unnest($1::bigint[], $2::bigint[], $3::bigint[]) as w (a, p, o)
           where l.account_id = a""",
        ids,
        [chance.randrange(10**8) for _ in ids],
        [chance.randrange(10**6) for _ in ids],
    )


async def positions(ids: list[int]) -> dict[int, Position]:
    found = await rows(
        f"select account_id, {', '.join(PARTS)} from account_position where account_id = any($1)",
        ids,
    )
    return {row["account_id"]: Position(**row) for row in found}


async def expected(before: dict[int, Position], terms: dict[str, Any]) -> dict[int, Position]:
    """Compute every position by the pure path."""
    facts = await rows(
        f"""select r.account_id, g.tariff_code, p.cycle_wh, r.measured_at,
              {", ".join(f"r.{n} - b.{n} as {n}" for n in NAMES.split(", "))},
              (select balance_fen from ledger_account l where l.account_id = p.account_id
               and kind = 'PREPAID') as prepaid_fen,
              (select balance_fen from ledger_account l where l.account_id = p.account_id
               and kind = 'RECEIVABLE') as receivable_fen
            from meter_register r join charge_segment b using (meter_id)
            join account_position p on p.account_id = r.account_id
            join agreement g on g.account_id = r.account_id where r.account_id = any($1)""",
        list(before),
    )
    found = {}
    for fact in facts:
        used = Consumption(tuple(fact[name] for name in NAMES.split(", ")), fact["cycle_wh"])
        found[fact["account_id"]] = advanced(
            before[fact["account_id"]],
            prepaid_fen=fact["prepaid_fen"] or 0,
            receivable_fen=fact["receivable_fen"] or 0,
            unbilled_fen=rate(terms[fact["tariff_code"]], used).total_fen,
            as_of=fact["measured_at"],
        )
    return found


async def test_thousands_of_random_accounts_equal_the_pure_reference(database):
    chance = random.Random(20_261)
    ids = await street(chance)
    terms = await publish(chance)
    at = MONDAY_10
    for _ in range(ROUNDS):
        at += timedelta(hours=chance.randrange(12, 120))
        await consume(ids, chance, at=at)
        before = await positions(ids)
        accrued = await accrual.accrue(chance.sample(ids, len(ids)), now=at)
        after = await positions(ids)
        assert after == await expected(before, terms)
        assert {a.account_id: (a.available_fen, a.daily_fen, a.as_of) for a in accrued} == {
            p.account_id: (p.available_fen, p.daily_fen, p.as_of) for p in after.values()
        }
    assert len({p.window_at for p in after.values()}) > ACCOUNTS // 2, "windows turned"
    assert any(p.daily_fen for p in after.values())


@pytest.mark.parametrize("marked", [ACCOUNTS, ACCOUNTS * 2 // 3, ACCOUNTS // 10])
async def test_a_night_charges_all_who_are_listed_as_the_pure_reference_does(database, marked):
    chance = random.Random(marked)
    ids = await street(chance)
    terms = await publish(chance)
    at = MONDAY_10
    for night in range(1, ROUNDS + 1):
        await consume(ids, chance, at=at + night * 24 * HOUR, pay=False)
        await run(
            "update account_position set watch_below_fen = available_fen - account_id % 2 * 1e12"
        )
        listed = sorted(chance.sample(ids, marked))
        await metering.mark_changed(listed)
        before = await positions(ids)
        batch = await accrual.accrue_changed(limit=1, now=at + night * 24 * HOUR)
        after = await positions(ids)
        told = await expected(before, terms)
        assert {each: after[each] for each in listed} == {each: told[each] for each in listed}
        lines = await rows("select account_id, watch_below_fen as line from account_position")
        below = {
            each["account_id"]
            for each in lines
            if each["account_id"] in listed
            and after[each["account_id"]].available_fen <= each["line"]
        }
        assert (batch.accounts, set(batch.crossed)) == (marked, below)
        assert below
    assert await accrual.accrue_changed(limit=1, now=at) == accrual.Batch(0)


VOIDING = {
    "another agreement": "update agreement set valid_to = '2030-01-01' where account_id = $1",
    "an agreement less": "delete from agreement where account_id = $1",
    "an entitlement": """insert into entitlement (account_id, name, since, count)
        values ($1, 'household', '2020-01-01', 5)""",
    "another base": "update charge_segment set peak_wh = peak_wh + 1 where account_id = $1",
    "a segment less": "delete from charge_segment where account_id = $1",
}


@pytest.mark.parametrize("change", VOIDING)
async def test_what_was_noted_to_charge_by_is_void_once_anything_of_it_changes(database, change):
    district_id = await seed.district(now=MONDAY_10)
    one, other = [await seed.home(district_id, now=MONDAY_10) for _ in range(2)]
    noted = "select account_id from charge_basis where terms_id is not null order by account_id"
    both = [{"account_id": home.account_id} for home in (one, other)]
    assert await rows(noted) == both
    await run(VOIDING[change], one.account_id)
    assert await rows(noted) == both[1:]


async def test_another_use_in_the_cycle_before_is_charged_from_then_on(database):
    home = await seed.home(await seed.district(now=MONDAY_10), now=MONDAY_10)
    await home.uses(peak_wh=1_000, at=MONDAY_10 + HOUR)
    low = await value("select unbilled_fen from account_position")
    await accrual.turn([accrual.Turn(home.account_id, cycle_wh=10_000_000)])
    await accrual.accrue([home.account_id], now=MONDAY_10 + HOUR)
    assert await value("select unbilled_fen from account_position") > low


async def test_accruing_again_without_news_changes_nothing(database):
    chance = random.Random(5)
    ids = await street(chance)
    await publish(chance)
    await consume(ids, chance, at=MONDAY_10 + 30 * HOUR)
    await accrual.accrue(ids, now=MONDAY_10 + 30 * HOUR)
    first = await positions(ids)
    await accrual.accrue(ids, now=MONDAY_10 + 30 * HOUR)
    assert await positions(ids) == first


async def test_a_crossing_is_reported_exactly_at_its_line(database):
    home = await seed.home(await seed.district(now=MONDAY_10), now=MONDAY_10)
    await home.pays(10_000, at=MONDAY_10)

    async def crossed(daily_fen: int = 0, **lines: int) -> bool:
        given = {"below_fen": None, "below_days": None, "above_fen": None}
        await accrual.watch(home.account_id, **given | lines)
        (found,) = await accrual.accrue([home.account_id], now=MONDAY_10)
        return found.crossed

    assert not await crossed()
    assert not await crossed(below_fen=9_999)
    assert await crossed(below_fen=10_000)
    assert not await crossed(above_fen=10_000)
    assert await crossed(above_fen=9_999)
    assert not await crossed(below_days=3)
    for day in range(1, 4):
        await home.uses(peak_wh=1_000, at=MONDAY_10 + day * 24 * HOUR)
    assert await value("select daily_fen from account_position") == 170 // 3
    assert await home.available_fen() == 10_000 - 170
    assert not await crossed(below_days=175)
    assert await crossed(below_days=176)
    assert await crossed(below_days=1, below_fen=9_830)


async def test_an_account_without_a_tariff_keeps_its_charge_and_goes_stale(database):
    home = await seed.home(await seed.district(now=MONDAY_10), now=MONDAY_10)
    await home.pays(5_000, at=MONDAY_10)
    await home.uses(peak_wh=1_000, at=MONDAY_10 + HOUR)
    await run("update agreement set tariff_code = 'nowhere'")
    await home.uses(peak_wh=5_000, at=MONDAY_10 + 2 * HOUR)
    found = await rows("select as_of, unbilled_wh, unbilled_fen from account_position")
    assert found == [{"as_of": MONDAY_10 + HOUR, "unbilled_wh": 1_000, "unbilled_fen": 57}]
    await home.pays(1_000, at=MONDAY_10 + 2 * HOUR)
    assert await home.available_fen() == 6_000 - 57
    await run("update agreement set tariff_code = $1", TARIFF)
    await accrual.accrue([home.account_id], now=MONDAY_10 + 3 * HOUR)
    assert await value("select unbilled_wh from account_position") == 6_000


async def test_energy_that_the_tariff_does_not_price_leaves_the_charge_as_it_was(database):
    home = await seed.home(await seed.district(now=MONDAY_10), now=MONDAY_10)
    await home.uses(peak_wh=1_000, at=MONDAY_10 + HOUR)
    home.registers = (500, 1_000, 0, 0, 0)
    await home.reports(at=MONDAY_10 + 2 * HOUR)
    found = await rows("select as_of, unbilled_fen from account_position")
    assert found == [{"as_of": MONDAY_10 + HOUR, "unbilled_fen": 57}]


async def test_two_workers_never_charge_one_account_twice(database):
    district_id = await seed.district(now=MONDAY_10)
    homes = [await seed.home(district_id, now=MONDAY_10) for _ in range(10)]
    for hour in range(1, 6):
        at = MONDAY_10 + hour * HOUR
        for home in homes:
            home.registers = (0, hour * 1_000, 0, 0, 0)
        readings = [home.uplink(at) for home in homes]
        await command.hear(readings, now=at)
        await asyncio.gather(*(charge_control.assess(limit=4, now=at) for _ in range(6)))
        await asyncio.gather(
            *(accrual.accrue([h.account_id for h in homes], now=at) for _ in range(3))
        )
    found = await rows("select distinct unbilled_wh, unbilled_fen from account_position")
    assert found == [{"unbilled_wh": 5_000, "unbilled_fen": 284}]


async def test_accrual_that_fails_leaves_its_accounts_on_the_list(database):
    home = await seed.home(await seed.district(now=MONDAY_10), now=MONDAY_10)
    home.registers = (0, 1_000, 0, 0, 0)
    await command.hear([home.uplink(MONDAY_10 + HOUR)], now=MONDAY_10 + HOUR)
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            assert await charge_control.assess(limit=1, now=MONDAY_10 + HOUR) == 1
            raise ZeroDivisionError
    assert list((await metering.take_changed(5)).ids) == [home.account_id]
