"""Budgets: what a principal may spend, told to it, and apart from signing in."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from api import create_app
from api.graphql import Budget
from runtime import settings as runtime_settings
from tests.api.conftest import DOCUMENTS, App, counted

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LEFT = "{ rateLimit { limit remaining cost resetAt } }"
# Priced as 40 accounts with 100 payments each, however few there are.
DEAR = (
    "{ rateLimit { remaining } viewer { accounts(first: 40) { edges { node {"
    " payments(first: 100) { edges { node { id } } } } } } } }"
)


def test_a_budget_is_spent_and_refills_evenly():
    budget = Budget(600)
    assert budget.spend("a", 600, at=NOON).remaining == 0
    refused = budget.spend("a", 60, at=NOON)
    assert (refused.allowed, refused.retry_after_s, refused.remaining) == (False, 6, 0)
    assert budget.spend("a", 60, at=NOON + timedelta(seconds=6)).allowed
    assert budget.spend("b", 600, at=NOON).allowed
    whole = budget.spend("a", 1, at=NOON + timedelta(minutes=5))
    assert (whole.remaining, whole.reset_s) == (599, 1)


def test_who_spends_nothing_is_forgotten():
    budget = Budget(600)
    for k in range(100):
        budget.spend(str(k), 600, at=NOON)
    for k in range(60):
        budget.spend("a", 1, at=NOON + timedelta(minutes=2, seconds=k))
    assert len(budget._whole_at) == 1


def test_what_cannot_be_shared_for_long_is_not_owed_once_it_is_refilled():
    budget = Budget(600)
    for second in range(600):  # half of what the budget gives, and nobody hears of it
        now = NOON + timedelta(seconds=second)
        assert budget.spend("a", 5, at=now).allowed
        budget.keep_unshared(budget.take_unshared(), at=now)
    assert budget.take_unshared() == {"a": timedelta(seconds=0.5)}


async def test_an_answer_tells_what_is_left(app, town):
    answer = await town.customer.post({"query": LEFT})
    told = answer.json()["data"]["rateLimit"]
    assert told["limit"] - told["remaining"] == told["cost"] > 0
    assert answer.headers["ratelimit-limit"] == str(told["limit"])
    assert answer.headers["ratelimit-remaining"] == str(told["remaining"])
    assert int(answer.headers["ratelimit-reset"]) >= 0


async def test_what_cannot_be_run_costs_too(app, town):
    first = await town.customer.post({"query": "{ nothing }"})
    second = await town.customer.post({"query": "{ nothing }"})
    left = [int(each.headers["ratelimit-remaining"]) for each in (first, second)]
    assert left[0] > left[1]


@pytest.fixture
async def tight_api(town):
    """The API with the smallest budgets."""
    given = runtime_settings.settings()
    small = given.model_copy(update={"budget": 5_000, "sign_in_budget": 2})
    runtime_settings.use(small)
    api = create_app(own_database=False)
    async with api.router.lifespan_context(api):
        yield api
    runtime_settings.use(given)


@asynccontextmanager
async def caller_at(address, api, town):
    transport = httpx.ASGITransport(app=api, client=(address, 1234))
    async with httpx.AsyncClient(transport=transport, base_url="http://feikong") as http:
        yield App(http, town.customer.keys, town.customer.token)


@pytest.fixture
async def tight(tight_api, town):
    """The same for the customer of the town."""
    async with caller_at("10.0.0.1", tight_api, town) as caller:
        yield caller


async def test_too_much_is_refused_until_later(tight, town):
    assert (await tight.post({"query": DEAR})).status_code == 200
    refused = await tight.post({"query": DEAR})
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 0
    assert "data" not in refused.json()
    assert refused.json()["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    # Another person at the same address has a budget of their own.
    other = App(tight.http, tight.keys, town.operator.token)
    assert (await other.post({"query": DEAR})).status_code == 200


async def test_whoever_is_busy_can_still_sign_in(tight):
    for _ in range(2):
        await tight.post({"query": DEAR})
    before = await counted("sign_in_code")
    codes = [await tight.run("RequestCode", phone=f"1390000000{k}") for k in range(3)]
    assert [("errors" in code) for code in codes] == [False, False, True]
    assert codes[2]["errors"][0]["extensions"]["code"] == "RATE_LIMITED"
    assert await counted("sign_in_code") == (before[0] + 2,)


async def test_the_addresses_of_one_subscriber_have_one_budget(tight_api, town):
    limited = []
    for k, address in enumerate(("2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8:0:1::1")):
        async with caller_at(address, tight_api, town) as caller:
            answer = await caller.run("RequestCode", phone=f"1390000000{k}")
            limited.append("errors" in answer)
    assert limited == [False, False, True, False]


async def test_signing_in_stands_alone_in_its_operation(app):
    ask = 'requestSignInCode(input: {phone: "1390000000%d"}) { expiresInSeconds }'
    twice = "mutation { " + " ".join(f"a{k}: {ask % k}" for k in range(2)) + " }"
    spread = f"mutation {{ ...A b: {ask % 2} }} fragment A on Mutation {{ {ask % 1} }}"
    before = await counted("sign_in_code")
    for query in (twice, spread):
        answer = await app.send(query)
        assert answer["errors"][0]["extensions"]["code"] == "SIGN_IN_ALONE"
    assert await counted("sign_in_code") == before
    assert "errors" not in await app.send(
        DOCUMENTS["RequestCode"], "RequestCode", phone="139000000"
    )


def test_what_others_have_spent_is_missing_here_too():
    here, there = Budget(600), Budget(600)
    here.spend("a", 400, at=NOON)
    there.spend("a", 100, at=NOON)
    spent = {who: here.take_unshared()[who] + span for who, span in there.take_unshared().items()}
    here.spend("a", 50, at=NOON)  # while the two are told
    for budget in (here, there):
        budget.learn("a", spent["a"], at=NOON)
    assert here.spend("a", 0, at=NOON).remaining == 50
    assert there.spend("a", 0, at=NOON).remaining == 100
    assert not here.spend("a", 60, at=NOON).allowed
    assert there.spend("a", 60, at=NOON).allowed


def test_a_debt_is_waited_for_and_told_as_nothing_left():
    budget = Budget(600)
    budget.learn("a", timedelta(seconds=90), at=NOON)
    refused = budget.spend("a", 10, at=NOON)
    assert (refused.allowed, refused.remaining, refused.retry_after_s) == (False, 0, 31)


def test_what_could_not_be_shared_is_shared_later():
    budget = Budget(600)
    budget.spend("a", 100, at=NOON)
    taken = budget.take_unshared()
    assert budget.take_unshared() == {}
    budget.spend("a", 50, at=NOON)
    budget.keep_unshared(taken, at=NOON)
    assert budget.take_unshared() == {"a": timedelta(seconds=15)}
