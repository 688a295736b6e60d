"""Every kind of charge, from the reading to the bill: reproducible, corrected there and back."""

from datetime import date
from typing import Any

from domain import billing, customer
from domain.base import Actor, rows, run
from domain.customer import ServiceFacts
from tests import seed
from tests.domain.rating import kinds
from tests.domain.rating.test_promises import MAKERS

from .homes import EASY, OPENED, Home, at, bill, document, home, publish

CLERK = Actor("OPERATOR", 7)
FEBRUARY = at("2026-02-01")


def charges(make: Any, chance: kinds.Chance) -> list[dict[str, Any]]:
    """Return the kind beside energy and tiers, which it may be reckoned on or change."""
    own = make(chance) | {"line": "own"}
    others = [{"line": "energy", "kind": "energy", "price": "0.5"}]
    if "cycle" not in own:
        others.append({"line": "tiers", **kinds.tiers(chance), "cycle": {"months": 12}})
    if make in kinds.BEFORE:
        return [own, *others]
    return [*others, own]


async def misplace(one: Home, *, peak_wh: int, valley_wh: int) -> None:
    await run(
        """update reading set total_wh = $3::bigint + $4, peak_wh = $3, valley_wh = $4
           where meter_id = $1 and measured_at = $2""",
        one.seeded.meter_id,
        FEBRUARY,
        peak_wh,
        valley_wh,
    )


async def correct(one: Home) -> billing.Correction:
    return await billing.correct(
        one.account_id,
        since=date(2026, 1, 1),
        why="misread",
        actor=CLERK,
        now=at("2026-03-02"),
    )


async def standing(one: Home) -> list[tuple[object, ...]]:
    """Return the lines of the standing bills, without the numbers of the bills."""
    found = await rows(
        """select b.first_day, b.total_fen, l.line, l.tier, l.period, l.quantity, l.price,
             l.amount_fen
           from bill b join bill_line l on l.account_id = b.account_id and l.bill_id = b.id
           where b.account_id = $1 and b.kind = 'BILL' and b.state = 'ISSUED'
           order by b.first_day, l.n""",
        one.account_id,
    )
    return [tuple(each.values()) for each in found]


async def test_each_kind_gives_the_first_bill_after_a_correction_and_another_one_back(database):
    district_id = await seed.district(now=OPENED)
    homes: dict[str, Home] = {}
    for k, make in enumerate(MAKERS):
        made = charges(make, kinds.Chance(k))
        await publish(document(f"kind-{k}", *made, **kinds.needs(made)))
        one = homes[make.__name__] = await home(district_id, code=f"kind-{k}", fen=10**7)
        facts = ServiceFacts(capacity_va=100_000, declared_w=60_000)
        await customer.state_service(
            one.account_id, facts, since=date(2026, 1, 1), actor=CLERK, now=OPENED
        )
        await one.read(FEBRUARY, peak_wh=310_000, valley_wh=150_000)
        await one.read(at("2026-03-01"), peak_wh=610_000, valley_wh=340_000)
    await bill("2026-03-01", checks=EASY)
    for bill_id in await rows("select id from bill where state = 'HELD' order by id"):
        await billing.release(bill_id["id"], why="seen", actor=CLERK, now=at("2026-03-01", 2))
    await bill("2026-03-01", checks=EASY, hour=3)
    for bill_id in await rows("select id from bill where state = 'HELD' order by id"):
        await billing.release(bill_id["id"], why="seen", actor=CLERK, now=at("2026-03-01", 4))

    for kind, one in homes.items():
        first, before = await standing(one), await one.position()
        assert len({line[0] for line in first}) == 2, kind
        for each in await one.bills():
            assert (await billing.recompute(each["id"])).is_same, kind
        await misplace(one, peak_wh=210_000, valley_wh=50_000)
        await correct(one)
        changed = await standing(one)
        assert changed != first, kind
        await misplace(one, peak_wh=310_000, valley_wh=150_000)
        await correct(one)
        assert await standing(one) == first, kind
        after = await one.position()
        for name in ("available_fen", "unbilled_fen", "billed_fen", "cycle_wh"):
            assert after[name] == before[name], (kind, name)
