"""Null propagation: whatever fails or is null, wherever: a plan tells what the executor tells."""

import asyncio
from typing import Any

from graphql import execute, parse, validate
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from api.graphql.execution import Plans, planned, run
from api.graphql.field import Context
from tests.api.documents import documents
from tests.api.drawn_world import schema
from tests.api.same_answer import is_as_good, told, without_propagation

DEPTH, WORLDS = 5, 5
SEEDS = [0]
SCHEMA = schema(SEEDS)
PLANS = Plans(SCHEMA, after=0)


def context() -> Context:
    return Context(services=None, request_id="1", address="", accept_language="")  # type: ignore[arg-type]


async def by_stock(text: str, variables: Any) -> Any:
    found = execute(
        SCHEMA._schema,
        parse(text),
        context_value=context(),
        variable_values=variables,
        executor_class=SCHEMA.execution_context_class,
        operation_extensions=None,
    )
    answer = await found if asyncio.iscoroutine(found) else found
    return told(answer.data, answer.errors)


async def by_plan(text: str, variables: Any) -> Any:
    """Return the plan's answer, or None: it was surprised, and the executor is to answer."""
    found = planned(PLANS, text, parse(text), None, variables)
    if found is None:
        assert None in variables.values()  # a condition may be null
        return None
    try:
        answer = await run(found[0], context(), found[1])
    except Exception:  # ruff: ignore[blind-except] -- as the transport does
        return None
    return told(answer.data, answer.errors)


def test_a_null_goes_as_far_up_as_the_stock_executor_lets_it_go():
    seen = {"answered": 0, "errors": 0, "up to the root": 0, "surprised": 0}

    async def compare(text: str, variables: Any) -> None:
        plan, stock = await by_plan(text, variables), await by_stock(text, variables)
        if plan is None:
            seen["surprised"] += 1
            return
        if plan != stock:
            _, every = await by_stock(without_propagation(text), variables)
            assert is_as_good(plan, stock, every), (text, SEEDS, plan, stock)
        seen["answered"] += 1
        seen["errors"] += len(stock[1])
        seen["up to the root"] += stock[0] is None

    @settings(
        max_examples=50,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        deadline=None,
    )
    @given(documents(SCHEMA._schema, {}, DEPTH), st.integers(0, 2**32))
    def holds(drawn: Any, seed: int) -> None:
        text, variables = drawn
        assume(not validate(SCHEMA._schema, parse(text)))  # names may clash
        for k in range(WORLDS):
            SEEDS[-1] = seed + k
            asyncio.run(compare(text, variables))

    holds()
    assert seen["answered"] > 150
    assert seen["errors"] > 150
    assert seen["up to the root"] > 20
    assert seen["surprised"] < seen["answered"] // 2
