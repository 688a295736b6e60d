"""What accounts hold and have contracted, from a day on, and who said so."""

from datetime import UTC, date, datetime

import pytest

from domain import customer, metering
from domain.base import Actor, rows, value
from domain.customer import Held, ServiceFacts
from tests.domain.ground import ground

pytestmark = pytest.mark.usefixtures("database")
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
CLERK = Actor("OPERATOR", 7)
MARCH, MAY, JULY = date(2026, 3, 1), date(2026, 5, 1), date(2026, 7, 1)


@pytest.fixture
async def account_id(database) -> int:
    return (await ground(now=NOW)).account_id


async def grant(account_id: int, *held: object) -> None:
    await customer.grant_entitlement(account_id, Held(*held), actor=CLERK, now=NOW)


async def audited() -> list[str]:
    return [each["action"] for each in await rows("select action from audit_entry order by id")]


async def test_a_household_is_entitled_from_a_day_on(account_id):
    await grant(account_id, "household", MARCH, None, 5)
    assert await customer.entitlements_of(account_id) == (Held("household", MARCH, None, 5),)
    assert await audited() == ["GRANT_ENTITLEMENT"]
    assert list((await metering.take_changed(5)).ids) == [account_id]
    assert await value("select topic from outbox") == "usage.changed"


async def test_it_ends_on_a_day_and_may_begin_again_then(account_id):
    await grant(account_id, "household", MARCH, None, 5)
    await customer.end_entitlement(account_id, "household", until=MAY, actor=CLERK, now=NOW)
    await grant(account_id, "household", MAY, None, 7)
    assert await customer.entitlements_of(account_id) == (
        Held("household", MARCH, MAY, 5),
        Held("household", MAY, None, 7),
    )
    assert await audited() == ["GRANT_ENTITLEMENT", "END_ENTITLEMENT", "GRANT_ENTITLEMENT"]


@pytest.mark.parametrize("held", [(MAY, None), (date(2020, 1, 1), MAY), (date(2020, 1, 1), None)])
async def test_nothing_is_held_twice_on_a_day(account_id, held):
    await grant(account_id, "household", MARCH, JULY)
    with pytest.raises(customer.EntitlementOverlap):
        await grant(account_id, "household", *held)
    await grant(account_id, "low-income", *held)
    assert len(await customer.entitlements_of(account_id)) == 2
    assert await audited() == ["GRANT_ENTITLEMENT"] * 2


@pytest.mark.parametrize(
    "held", [("", MARCH), ("x" * 41, MARCH), ("x", MARCH, MARCH), ("x", MARCH, None, 0)]
)
async def test_nonsense_is_refused(account_id, held):
    with pytest.raises(customer.EntitlementRefused):
        await grant(account_id, *held)
    assert await customer.entitlements_of(account_id) == ()
    assert await audited() == []


@pytest.mark.parametrize("until", [MARCH, JULY, date(2026, 8, 1)])
async def test_what_is_not_held_on_the_day_before_cannot_end(account_id, until):
    await grant(account_id, "household", MARCH, JULY)
    with pytest.raises(customer.NotEntitled):
        await customer.end_entitlement(account_id, "household", until=until, actor=CLERK, now=NOW)
    assert await customer.entitlements_of(account_id) == (Held("household", MARCH, JULY),)


async def test_service_facts_hold_from_their_day_on(account_id):
    for since, facts in ((MARCH, ServiceFacts(315_000, 0)), (MAY, ServiceFacts(630_000, 400_000))):
        await customer.state_service(account_id, facts, since=since, actor=CLERK, now=NOW)
    days = (date(2026, 2, 28), MARCH, date(2026, 4, 30), JULY)
    found = [(await customer.service_facts([account_id], day)).get(account_id) for day in days]
    assert found == [
        None,
        ServiceFacts(315_000, 0),
        ServiceFacts(315_000, 0),
        ServiceFacts(630_000, 400_000),
    ]
    assert await audited() == ["STATE_SERVICE"] * 2
    for facts in (ServiceFacts(-1), ServiceFacts(10**12 + 1), ServiceFacts(0, 10**12 + 1)):
        with pytest.raises(customer.ServiceFactsRefused):
            await customer.state_service(account_id, facts, since=JULY, actor=CLERK, now=NOW)
    assert await audited() == ["STATE_SERVICE"] * 2
