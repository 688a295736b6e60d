"""What fields want: whoever waits is answered, whatever became of those before."""

import asyncio

from api.graphql.field import Wanted
from api.graphql.field._wanted import Loaders


async def doubled(keys):
    return [2 * key for key in keys]


async def test_who_comes_after_all_others_were_cancelled_is_answered():
    loaders = Loaders()
    first = asyncio.create_task(loaders.load(Wanted(doubled, 1, int)))
    await asyncio.sleep(0)  # it waits, and its batch is about to begin
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)

    async with asyncio.timeout(10):
        assert await loaders.load(Wanted(doubled, 2, int)) == 4


async def test_a_cancelled_one_leaves_the_others_their_answers():
    loaders = Loaders()
    tasks = [asyncio.create_task(loaders.load(Wanted(doubled, key, int))) for key in (1, 2)]
    await asyncio.sleep(0)
    tasks[1].cancel()

    async with asyncio.timeout(10):
        later = await loaders.load(Wanted(doubled, 3, int))
        assert (await tasks[0], later) == (2, 6)
