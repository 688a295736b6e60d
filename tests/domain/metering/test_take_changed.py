"""The list of accounts whose usage changed: by groups, each taken once."""

import asyncio

import pytest

from domain import metering
from domain.base import transaction, value
from domain.metering import mark_changed, take_changed

pytestmark = pytest.mark.usefixtures("database")

LISTED = "select count(distinct account_id) from usage_changed_account"


async def all_taken(limit: int = 100) -> list[list[int]]:
    taken = []
    while changed := await take_changed(limit):
        assert changed.size == len(changed.ids)
        assert (changed.first_id, changed.last_id) == (changed.ids[0], changed.ids[-1])
        taken.append(list(changed.ids))
    return taken


async def test_a_group_is_taken_as_a_whole_in_order_and_each_account_once():
    await mark_changed([9, 2, 30, 2])
    await mark_changed(range(100, 200))
    assert await value(LISTED) == 103
    assert await all_taken() == [[2, 9, 30], list(range(100, 200))]
    assert await value(LISTED) == 0


async def test_small_groups_are_taken_together():
    for account_id in (5, 3, 5, 4):
        await mark_changed([account_id])
    assert await all_taken(limit=20) == [[3, 4, 5]]


async def test_groups_that_lie_across_each_other_are_put_in_order():
    groups = [list(range(k, 90, 3)) for k in range(3)]
    for group in groups:
        await mark_changed(group)
    rest = sorted(groups[1] + groups[2])
    assert await all_taken() == [groups[0], rest]


async def test_what_is_put_in_order_and_still_lies_far_apart_is_left_so():
    for k in range(3):
        await mark_changed(range(k, 900, 90))
    assert [len(each) for each in await all_taken()] == [10, 20]


async def test_two_take_side_by_side_and_nobody_is_taken_twice():
    for k in range(8):
        await mark_changed(range(k * 1_000, k * 1_000 + 400 + k))

    async def one() -> list[int]:
        async with transaction():
            changed = await take_changed(10)
            await asyncio.sleep(0)
            return list(changed.ids) if changed else []

    taken = [each for ids in await asyncio.gather(*(one() for _ in range(8))) for each in ids]
    taken += [each for ids in await all_taken() for each in ids]
    assert sorted(taken) == [n for k in range(8) for n in range(k * 1_000, k * 1_000 + 400 + k)]


async def test_what_a_failed_act_has_taken_is_on_the_list_again():
    await metering.mark_changed(range(0, 900, 9))
    with pytest.raises(ZeroDivisionError):
        async with transaction():
            assert await take_changed(10)
            raise ZeroDivisionError
    assert await value(LISTED) == 100
