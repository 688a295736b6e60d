"""The home screen and a year of bills take one round trip, however many accounts there are."""

import asyncio
from contextlib import ExitStack, asynccontextmanager
from datetime import timedelta

import pytest
from tortoise import connections

from runtime.database import turn_away_after
from tests import seed
from tests.api.conftest import DOCUMENTS, App


@asynccontextmanager
async def statements():
    """Give what goes over the wire on each connection of the pool, in order."""
    sent: list[list[str]] = []
    pool = connections.get("default")._pool
    with ExitStack() as stack:
        for holder in pool._holders:
            if holder._con is not None:
                sent.append([])
                holder._con.add_query_logger(_noting(sent[-1]))
                stack.callback(holder._con._query_loggers.clear)
        yield sent


def _noting(sent):
    def note(record):
        sent.append(record.query)

    return note


def _read(sent):
    """Return what was sent between the begin and the end of readings; the house works, too."""
    found, reads = [], False
    for each in sent:
        if "look_as" in each or each == "commit":
            reads = each != "commit"
        elif reads:
            found.append(each)
    return found


async def _sent(caller: App, operation: str, **variables):
    for _ in range(3):  # the first ones are compiled, connected and prepared
        await caller.run(operation, **variables)
    async with statements() as sent:
        answer = await caller.run(operation, **variables)
        await asyncio.sleep(0)  # the driver tells what it sent in the loop's next round
    assert "errors" not in answer, answer
    return [each for of_one in sent for each in _read(of_one)]


@pytest.mark.parametrize("accounts", [1, 5])
async def test_the_home_screen_takes_one_round_trip(town, app, clock, accounts):
    homes = [await seed.home(town.district_id, now=clock.now()) for _ in range(accounts)]
    ids = [each.account_id for each in homes]
    caller = await app.signed_in("13900000077", "CUSTOMER", accounts=ids)

    assert len(await _sent(caller, "HomeScreen")) == 1


async def test_a_year_of_bills_with_their_lines_takes_one(town):
    assert len(await _sent(town.customer, "AccountWithBills", number=town.home.number)) == 1


async def test_who_waits_too_long_for_a_connection_is_told_to_come_later(town, database):
    pool = connections.get("default")._pool
    held = [await pool.acquire() for _ in range(pool.get_max_size())]
    turn_away_after(timedelta(milliseconds=20))

    refused = [await town.customer.post({"query": DOCUMENTS["HomeScreen"]}) for _ in range(3)]
    for each in held:
        await pool.release(each)
    answered = await town.customer.run("HomeScreen")

    for each in refused:  # by the stock executor, and by a plan
        assert each.status_code == 503
        assert each.headers["retry-after"] == "1"
        assert each.json()["errors"][0]["extensions"]["code"] == "OVERLOADED"
    assert "errors" not in answered
