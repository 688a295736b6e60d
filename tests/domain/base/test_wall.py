"""The second wall: with the first one gone, PostgreSQL itself hands out nothing foreign."""

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Any

import asyncpg
import pytest
from tortoise.exceptions import BaseORMException

from domain import identity, worklist
from domain.base import (
    Question,
    as_house,
    last_texts,
    reading,
    reading_as,
    row,
    rows,
    run,
    transaction,
    value,
    wall,
)
from runtime.database import close_database, open_database
from tests import seed
from tests.domain.base.rows import Place, columns, fill

NOBODYS = {
    "calendar_day": "holidays",
    "channel": "codes and names; its key is not granted",
    "control_switch": "two switches of the deployment",
    "district": "codes and names",
    "push_key": "the public half of a key; the private one is not granted",
    "quiet_hours": "hours of districts",
    "strategy": "thresholds of a class of accounts",
    "tariff_version": "published prices",
}
"""Tables that everybody may read, and why that shows nobody's data."""

HOUSE = {
    "access_code": "secrets",
    "act_key": "asked by acts",
    "audit_entry": "read by commands of the house",
    "charge_basis": "a memo for accrual",
    "charge_terms": "a memo for accrual",
    "channel_contract": "asked by acts",
    "channel_nonce": "asked by acts",
    "contact": "phones: asked by acts",
    "control": "the house's own agenda",
    "invitation": "secrets",
    "outbox": "the house's own agenda",
    "recovery_code": "secrets",
    "sign_in_attempt": "asked by acts",
    "sign_in_code": "secrets",
    "signing_key": "secrets",
    "staff_secret": "secrets",
    "usage_changed": "the house's own agenda",
}
"""Tables that nobody but the house reads, and why."""

HIDDEN = {
    "channel": {"key", "key_id", "algorithm", "by_account"},
    "message": {"phone", "key", "provider_id", "attempts", "due_at", "pushed_at"},
    "push_device": {"endpoint", "p256dh", "auth"},
    "push_key": {"only_one", "private_pem", "created_at"},
    "refresh_token": {"token_hash", "salt", "created_at"},
}
"""Columns of readable tables that are not granted."""


@dataclass
class World:
    """Three places, and who may see which: mine, my neighbour's, one of another district."""

    tables: dict[str, list[dict[str, Any]]]
    mine: Place
    near: Place
    far: Place
    inspector_id: int

    def seen_by(self) -> dict[str, tuple[Any, list[Place]]]:
        near, far = self.mine.district_id, self.far.district_id
        return {
            "a customer": (partial(reading_as, "CUSTOMER", self.mine.person_id), [self.mine]),
            "an inspector": (
                partial(reading_as, "INSPECTOR", self.inspector_id, district_id=near),
                [self.mine],
            ),
            "an operator": (
                partial(reading_as, "OPERATOR", 0, district_id=near),
                [self.mine, self.near],
            ),
            "one far away": (partial(reading_as, "OPERATOR", 0, district_id=far), [self.far]),
            "one of all": (partial(reading_as, "OPERATOR", 0), [self.mine, self.near, self.far]),
            "nobody": (partial(reading_as, "NOBODY"), []),
        }


@pytest.fixture
async def world(database: str, clock: Any) -> World:
    now = clock.now()
    first, second = await seed.district("D1", now=now), await seed.district("D2", now=now)
    places = []
    for n, district_id in enumerate((first, first, second)):
        home = await seed.home(district_id, now=now)
        person_id = await identity.enrol(f"1390000001{n}", role="CUSTOMER", name="P")
        await identity.grant_access(person_id, home.account_id)
        places.append(Place(home.account_id, home.meter_id, person_id, district_id))
    inspector_id = await identity.enrol(
        "13900000020", role="INSPECTOR", name="I", district_id=first
    )
    tables = await columns()
    for place in places:
        await fill(place, tables)
    await worklist.open_task(
        "CHECK_SUPPLY",
        district_id=first,
        account_id=places[0].account_id,
        meter_id=places[0].meter_id,
        key="task",
        detail={},
        due_at=now,
        now=now,
    )
    await run("update task set assignee_id = $1 where key = 'task'", inspector_id)
    return World(tables, *places, inspector_id)


async def granted() -> set[str]:
    found = await rows(
        "select distinct table_name from information_schema.column_privileges"
        " where grantee = $1 and table_schema = 'public'",
        wall.READER,
    )
    return {each["table_name"] for each in found} - {"account_place", "meter_place"}


async def test_every_table_stands_behind_the_wall_or_says_why_not(database: str) -> None:
    tables = set(await columns())
    narrowed = {
        each["relname"]
        for each in await rows(
            "select relname from pg_class c where relrowsecurity and exists"
            " (select from pg_policy p where p.polrelid = c.oid)"
        )
    }
    assert narrowed | NOBODYS.keys() | HOUSE.keys() == tables
    assert narrowed & (NOBODYS.keys() | HOUSE.keys()) == set()
    assert await granted() == narrowed | NOBODYS.keys()
    writes = await rows(
        "select table_name from information_schema.role_table_grants"
        " where grantee = $1 and privilege_type <> 'SELECT'",
        wall.READER,
    )
    assert writes == []


async def test_secrets_in_readable_tables_are_not_granted(database: str) -> None:
    named = {
        f"{each['table_name']}.{each['column_name']}"
        for each in await rows(
            "select table_name, column_name from information_schema.column_privileges"
            " where grantee = $1",
            wall.READER,
        )
    }
    readable = await granted()
    for table, found in (await columns()).items():
        if table in readable:
            missing = {
                c["column_name"] for c in found if f"{table}.{c['column_name']}" not in named
            }
            assert missing == HIDDEN.get(table, set()), table


OWN = {"account_id", "meter_id"}
INSPECTED = {
    *("command", "meter_register", "supply", "supply_change", "meter", "usage_point", "account"),
    *("further_reading", "ratio_change", "reading", "reading_estimate", "task"),
}


PERSONAL = {"message_mark"}
"""What hangs on an account and on a person: nobody else's."""
REPORTED = {"repair_request", "account"}
"""What inspectors see of their area: where something was reported."""


def expected(table: str, who: str, places: list[Place], world: World) -> list[Place]:
    """Return the places whose rows of the table are to be seen."""
    if who == "an inspector" and table in REPORTED:
        return [world.mine, world.near]
    hidden = who == "an inspector" and table not in INSPECTED
    hidden |= who != "a customer" and table in PERSONAL
    return [] if hidden or (who, table) == ("a customer", "task") else places


async def test_each_sees_every_row_that_is_theirs_and_no_other(world: World) -> None:
    """Every table with an account or a meter holds a row of each of three places."""
    readable = await granted()
    looked = 0
    for who, (as_who, places) in world.seen_by().items():
        wanted_by = {}
        async with as_who():
            for table, found in world.tables.items():
                names = OWN & {c["column_name"] for c in found}
                if table not in readable or not (names or table == "account"):
                    continue
                name = "id" if table == "account" else min(names)
                field = "meter_id" if name == "meter_id" else "account_id"
                seen = {each[name] for each in await rows(f"select {name} from {table}")}
                wanted = {getattr(place, field) for place in expected(table, who, places, world)}
                assert seen == wanted, (table, who)
                wanted_by[table] = f"select array_agg(distinct {name})::text from {table}", wanted
        for table, (sql, wanted) in wanted_by.items():
            async with as_who():  # as the reading's one statement
                (found,) = await last_texts([Question(sql)])
            assert found == ("{" + ",".join(map(str, sorted(wanted))) + "}" if wanted else None), (
                table,
                who,
            )
            looked += 1
    assert looked > 150


async def test_people_devices_and_sessions_are_seen_by_themselves(world: World) -> None:
    person = world.mine.person_id
    async with reading_as("CUSTOMER", person):
        assert [each["id"] for each in await rows("select id from person")] == [person]
        for table in ("session", "device", "push_device"):
            assert await rows(f"select person_id from {table}") == [{"person_id": person}]
    async with reading_as("OPERATOR", 0, district_id=world.mine.district_id):
        people = {each["id"] for each in await rows("select id from person")}
        assert people == {person, world.near.person_id, world.inspector_id}
    async with reading_as("OPERATOR", 0, district_id=world.far.district_id):
        assert await rows("select id from person") == [{"id": world.far.person_id}]
        assert await rows("select id from session") == []
        assert await rows("select id from refresh_token") == []


async def test_bill_runs_rounds_and_drafts_are_for_operators(world: World) -> None:
    await run("insert into bill_run (started_at) values (now())")
    seen = {}
    for who, (as_who, _) in world.seen_by().items():
        async with as_who():
            runs = {each["district_id"] for each in await rows("select district_id from bill_run")}
            drafts = await value("select count(*) from tariff_draft")
            rounds = await value("select count(*) from meter_round")
            assert (drafts > 0) == (rounds > 0), who
            seen[who] = runs, drafts > 0
    near, far = world.mine.district_id, world.far.district_id
    assert seen == {
        "a customer": (set(), False),
        "an inspector": (set(), False),
        "an operator": ({near, None}, True),
        "one far away": ({far, None}, True),
        "one of all": ({near, far, None}, True),
        "nobody": (set(), False),
    }


async def test_what_no_grant_names_is_refused_outright(world: World) -> None:
    for table in HOUSE:
        async with reading_as("OPERATOR", 0):
            with pytest.raises(Exception, match="permission denied"):
                await rows(f"select 1 from {table}")
    for table, names in HIDDEN.items():
        for name in names:
            async with reading_as("OPERATOR", 0):
                with pytest.raises(Exception, match="permission denied"):
                    await rows(f"select {name} from {table}")


async def test_nothing_is_written_while_reading(world: World) -> None:
    async with reading_as("OPERATOR", 0):
        for sql in (
            "delete from task",
            "update account set name = 'x'",
            "select nextval('bill_id')",
        ):
            with pytest.raises(Exception, match=r"read-only|permission denied"):
                await run(sql)
    assert await value("select count(*) from task") > 0


async def test_an_act_inside_is_the_houses_own_and_is_seen_afterwards(world: World) -> None:
    account_id = world.mine.account_id
    async with reading_as("CUSTOMER", world.mine.person_id):
        assert await value("select count(*) from account") == 1
        async with transaction():
            assert await value("select count(*) from account") == 3
            await run("update account set name = 'new' where id = $1", account_id)
        assert await value("select name from account") == "new"
        async with as_house():
            assert await value("select count(*) from account") == 3
        assert await value("select count(*) from account") == 1


async def test_tasks_of_one_reading_take_turns_and_see_one_moment(world: World) -> None:
    async with reading_as("CUSTOMER", world.mine.person_id):
        before = await value("select pg_backend_pid()")
        async with asyncio.TaskGroup() as group:
            asked = [group.create_task(value("select pg_backend_pid()")) for _ in range(20)]
        assert {task.result() for task in asked} == {before}


_ASLEEP = """
select exists (select from pg_stat_activity
               where query = 'select pg_sleep(60)' and datname = current_database())
"""


@pytest.fixture
async def one_connection(database_url: str) -> Any:
    await open_database(database_url, pool_max=1)
    yield database_url
    await close_database()


async def test_nobody_inherits_the_eyes_of_who_read_before_on_the_connection(
    one_connection: str, clock: Any
) -> None:
    now = clock.now()
    district_id = await seed.district("D1", now=now)
    home = await seed.home(district_id, now=now)
    person_id = await identity.enrol("13900000001", role="CUSTOMER", name="P")
    await identity.grant_access(person_id, home.account_id)
    me = (
        "select current_user as who, current_setting('feikong.accounts', true) as accounts,"
        " (select count(*) from account) as seen"
    )
    house = await row(me)
    async with reading_as("CUSTOMER", person_id):
        mine = await row(me)
        assert mine == {"who": wall.CUSTOMER, "accounts": f"{{{home.account_id}}}", "seen": 1}
    after = await row(me)
    assert after is not None
    assert (after["who"], after["accounts"] or None, after["seen"]) == (house["who"], None, 1)
    async with reading_as("NOBODY"):
        assert (await row(me))["seen"] == 0

    # Also where the statement fails, or its task is cut off in the middle.
    with pytest.raises(Exception, match="division by zero"):
        async with reading_as("CUSTOMER", person_id):
            await rows("select 1 / 0")
    assert (await row(me))["who"] == house["who"]

    async def slow() -> None:
        async with reading_as("CUSTOMER", person_id):
            await rows("select pg_sleep(60)")

    asked = asyncio.create_task(slow())
    watcher = await asyncpg.connect(one_connection)
    while not await watcher.fetchval(_ASLEEP):
        assert not asked.done()
    await watcher.close()
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    assert (await row(me))["who"] == house["who"]
    assert reading() is None


async def test_a_failed_statement_spoils_none_of_its_neighbours(world: World) -> None:
    async with reading_as("CUSTOMER", world.mine.person_id):
        with pytest.raises(Exception, match="division by zero"):
            await rows("select 1 / 0")
        assert await value("select count(*) from account") == 1
    with pytest.raises(BaseORMException):
        await rows("select 1 from no_such_table")


async def test_a_role_reads_only_as_people_of_its_kind(world: World) -> None:
    for as_who, kind in (
        ("CUSTOMER", "OPERATOR"),
        ("INSPECTOR", "CUSTOMER"),
        ("NOBODY", "OPERATOR"),
    ):
        async with reading_as(as_who):
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="does not read as"):
                await value("select look_as(current_user, $1, 0, null)", kind)
