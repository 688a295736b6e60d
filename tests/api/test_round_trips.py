"""The home screen and a year of bills are one statement each, however many accounts there are."""

from datetime import timedelta

import pytest
from tortoise import connections

from runtime.database import turn_away_after
from tests import seed
from tests.api.conftest import DOCUMENTS, App
from tests.api.statements import statements


async def _sent(caller: App, operation: str, **variables):
    for _ in range(3):  # the first ones are compiled, connected and prepared
        await caller.run(operation, **variables)
    async with statements() as sent:
        answer = await caller.run(operation, **variables)
    assert "errors" not in answer, answer
    return sent


@pytest.mark.parametrize("accounts", [1, 5])
async def test_the_home_screen_is_one_statement(town, app, clock, accounts):
    homes = [await seed.home(town.district_id, now=clock.now()) for _ in range(accounts)]
    ids = [each.account_id for each in homes]
    caller = await app.signed_in("13900000077", "CUSTOMER", accounts=ids)

    assert len(await _sent(caller, "HomeScreen")) == 1


async def test_a_year_of_bills_with_their_lines_is_one(town):
    assert len(await _sent(town.customer, "AccountWithBills", number=town.home.number)) == 1


async def test_pages_that_tell_where_they_stand_are_one(town):
    assert len(await _sent(town.customer, "Contract", number=town.home.number)) == 1


async def test_what_is_asked_level_by_level_is_one_moment(town):
    began, *asked, ended = await _sent(town.customer, "Payments", number=town.home.number)

    assert began.startswith("begin isolation level repeatable read;")
    assert all(each.startswith("select") for each in asked)
    assert ended == "commit"


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
        (error,) = each.json()["errors"]
        assert error["extensions"]["code"] == "OVERLOADED"
        assert error["message"] == "系统繁忙，请稍后再试。"
    assert "errors" not in answered
