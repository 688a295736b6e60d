"""The meter by the number that stands on it."""

from api.graphql.node import global_id
from domain.base import run, value


async def test_a_meter_is_found_by_its_number_by_those_who_see_its_account(town, clock):
    await town.home.reports(at=clock.now())
    for caller in (town.customer, town.operator):
        found = (await caller.run("MeterBySerial", serial=town.home.serial))["data"]["meter"]
        assert found["accountNumber"] == town.home.number
        assert found["readAt"] == clock.now().isoformat()
        assert (await caller.run("Again", id=found["id"]))["data"]["node"]["id"] == found["id"]
    total_wh = await value("select total_wh from meter_register order by meter_id limit 1")
    assert found["register"] == f"{total_wh // 1000}.{total_wh % 1000:03}"
    assert (found["ratio"], found["removedAt"]) == (1, None)


async def test_a_foreign_meter_and_none_are_the_same(town):
    meter_id = await value("select id from meter where serial = $1", town.neighbour.serial)
    for serial in (town.neighbour.serial, "M0", ""):
        answer = await town.customer.run("MeterBySerial", serial=serial)
        assert answer == {"data": {"meter": None}}
    for each in (meter_id, 999_999):
        answer = await town.customer.run("Again", id=global_id("Meter", each))
        assert answer == {"data": {"node": None}}


async def test_an_inspector_finds_the_meters_of_open_tasks(town, clock):
    asked = "MeterBySerial", {"serial": town.home.serial}
    assert (await town.inspector.run(asked[0], **asked[1]))["data"]["meter"] is None
    await run(
        "insert into task (kind, district_id, account_id, assignee_id, state, key, detail, result,"
        " created_at, due_at) select 'CHECK_SUPPLY', a.district_id, a.id, p.id, 'OPEN', 'm', '{}',"
        " '{}', $1, $1 from account a, person p where a.id = $2 and p.role = 'INSPECTOR'",
        clock.now(),
        town.home.account_id,
    )
    assert (await town.inspector.run(asked[0], **asked[1]))["data"]["meter"]
