"""Wrong tries are counted by name and address: a stranger does not lock anybody out."""

from contextlib import suppress
from itertools import product

import pytest

from domain.base import value
from domain.identity import (
    FAILED_PER_ADDRESS_MAX,
    FAILED_PER_NAME_AND_ADDRESS_MAX,
    FAILED_PER_NAME_MAX,
    TooManyAttempts,
    count_attempt,
    forgive_attempt,
)

NAME, HOME = "13900000003", "192.0.2.1"


async def fails(name, address, clock, times=1):
    """Return how many of so many tries were let through."""
    let = 0
    for _ in range(times):
        with suppress(TooManyAttempts):
            await count_attempt(name, address=address, wall=clock.now())
            let += 1
    return let


async def test_a_stranger_closes_a_name_where_he_stands_and_nowhere_else(database, clock):
    tries = FAILED_PER_NAME_AND_ADDRESS_MAX + 1
    assert await fails(NAME, "2001:db8:1:2::1", clock, tries) == tries - 1
    assert await fails(NAME, "2001:db8:1:2:ffff::9", clock) == 0  # the same /64
    attempt = await count_attempt(NAME, address=HOME, wall=clock.now())
    await forgive_attempt(attempt)
    clock.forward(minutes=16)
    assert await fails(NAME, "2001:db8:1:2::1", clock) == 1


async def test_a_name_is_closed_everywhere_after_many_tries_from_many_places(database, clock):
    places = [f"198.51.100.{k}" for k in range(11)]
    let = [await fails(NAME, place, clock, FAILED_PER_NAME_AND_ADDRESS_MAX) for place in places]
    assert sum(let) == FAILED_PER_NAME_MAX
    with pytest.raises(TooManyAttempts):
        await count_attempt(NAME, address=HOME, wall=clock.now())
    assert await value("select count(*) from sign_in_attempt") == FAILED_PER_NAME_MAX


async def test_an_address_that_tries_many_names_is_closed_whatever_the_name(database, clock):
    names = [f"1380000000{k}" for k in range(6)]
    let = 0
    for name, _ in product(names, range(9)):
        let += await fails(name, HOME, clock)
    assert let == FAILED_PER_ADDRESS_MAX
    assert await fails(NAME, HOME, clock) == 0
    assert await fails(NAME, "203.0.113.9", clock) == 1
