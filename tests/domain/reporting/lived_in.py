"""A district that has lived: paid, warned, tripped, given back, protected."""

from datetime import datetime, timedelta

from domain import charge_control
from domain.base import Actor, run
from domain.command import SupplyState
from tests import seed
from tests.seed import HOUR, Home

MONDAY_10 = datetime.fromisoformat("2026-03-02T10:00+08:00")
OPERATOR = Actor("OPERATOR", 1)


async def lived_in() -> dict[str, Home]:
    """Return homes by what became of them; every fact that waits for a worker still waits."""
    now = MONDAY_10
    district_id = await seed.district(now=now)
    homes = {
        name: await seed.home(district_id, now=now)
        for name in ("rich", "alarmed", "noticed", "tripped", "restored", "protected")
    }
    await homes["rich"].pays(100_000, at=now)
    await homes["alarmed"].pays(2_000, at=now)
    at = now + HOUR
    for home in homes.values():
        await home.uses(peak_wh=1_000, at=at)
    await seed.deliver_messages(at=at)
    later = at + timedelta(hours=23, minutes=30)
    trippable = [homes[name] for name in ("tripped", "restored", "protected")]
    for home in (*trippable, homes["rich"]):
        await home.uses(peak_wh=1_000, at=later)
    await charge_control.review_due(limit=10, now=later)
    await seed.deliver_messages(at=later)
    at += timedelta(hours=24)
    for home in trippable:
        await trip(home, at=at)
    await homes["restored"].pays(5_000, at=at + HOUR)
    await obey(homes["restored"], SupplyState(0, 2), at=at + HOUR)
    homes["restored"].supply = SupplyState(1, 1)
    await homes["restored"].reports(at=at + 2 * HOUR)
    await charge_control.protect(
        homes["protected"].account_id, why="HOSPITAL", actor=OPERATOR, now=at + HOUR
    )
    return homes


async def trip(home: Home, *, at: datetime) -> None:
    await charge_control.review(home.account_id, now=at)
    await obey(home, SupplyState(0, 0), at=at)


async def obey(home: Home, supply: SupplyState, *, at: datetime) -> None:
    """Send the meter its next command and let it show `supply` a minute later."""
    envelope = await charge_control.dispatch(home.meter_id, now=at)
    assert envelope is not None
    home.supply, home.last_seq = supply, envelope.seq
    await home.reports(at=at + timedelta(minutes=1))


async def tamper(sql: str, *values: object, table: str | None = None) -> None:
    """Change a row behind the house's back."""
    if table:
        await run(f"alter table {table} disable trigger user")
    await run(sql, *values)
    if table:
        await run(f"alter table {table} enable trigger user")
