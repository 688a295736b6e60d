import asyncio

import pytest

from domain import base, outbox
from domain.outbox import Claim, Depth


async def facts(count: int, topic: str = "t") -> None:
    async with base.transaction():
        for n in range(count):
            await outbox.add(topic, n=n)


async def begin(claims: tuple[Claim, ...], lease_s: float = 60) -> tuple[outbox.Fact, ...]:
    return await outbox.start(
        [claim.id for claim in claims],
        leases=[claim.lease for claim in claims],
        lease_s=lease_s,
    )


async def test_the_bell_rings_once_for_a_transaction_and_after_its_commit(database):
    rung: list[int] = []

    async def look() -> None:
        rung.append((await outbox.depth()).waiting)

    waiting: list[asyncio.Task[None]] = []
    outbox.set_bell(lambda: waiting.append(asyncio.get_running_loop().create_task(look())))
    try:
        async with base.transaction():
            await outbox.add("t")
            await outbox.add("t")
            assert waiting == []
        await asyncio.gather(*waiting)
    finally:
        outbox.set_bell(None)
    assert rung == [2]


async def test_a_transaction_that_fails_leaves_no_fact_and_rings_no_bell(database):
    rung: list[bool] = []
    outbox.set_bell(lambda: rung.append(True))
    try:
        with pytest.raises(ZeroDivisionError):
            async with base.transaction():
                await outbox.add("t")
                raise ZeroDivisionError
    finally:
        outbox.set_bell(None)
    assert rung == []
    assert await outbox.depth() == Depth(0, 0)


async def test_a_claimed_fact_is_started_with_its_payload_and_forgotten_when_done(database):
    await facts(1)
    claims = await outbox.claim(10, 60)
    (fact,) = await begin(claims)
    assert (fact.topic, fact.payload, fact.attempts) == ("t", {"n": 0}, 1)
    await outbox.done([fact.id])
    assert await outbox.depth() == Depth(0, 0)


async def test_rival_relays_never_claim_the_same_fact(database):
    await facts(200)
    taken = await asyncio.gather(*(outbox.claim(30, 60) for _ in range(8)))
    ids = [claim.id for claims in taken for claim in claims]
    assert len(ids) == len(set(ids)) == 200
    assert await outbox.claim(10, 60) == ()


async def test_a_lease_that_ran_out_makes_the_fact_due_again_and_the_old_claim_void(database):
    await facts(1)
    old = await outbox.claim(10, 0)
    new = await outbox.claim(10, 60)
    assert [claim.id for claim in old] == [claim.id for claim in new]
    assert await begin(old) == ()
    (fact,) = await begin(new)
    assert fact.attempts == 1  # waiting in a queue is no attempt
    assert await begin(new) == ()  # a second copy of the same job stands back


async def test_a_released_fact_is_due_at_once_and_a_retried_one_later(database):
    await facts(2)
    first, second = await outbox.claim(10, 60)
    await outbox.release([first.id])
    await outbox.retry([second.id], 60)
    assert [claim.id for claim in await outbox.claim(10, 60)] == [first.id]


async def test_a_buried_fact_is_kept_and_not_handed_out(database):
    await facts(1)
    (claim,) = await outbox.claim(10, 0)
    await outbox.bury([claim.id], why="x")
    assert await outbox.claim(10, 60) == ()
    assert await outbox.depth() == Depth(waiting=0, dead=1)


async def test_a_buried_fact_says_why_and_is_handed_out_again_when_it_is_revived(database, clock):
    await facts(3)
    claims = await outbox.claim(10, 0)
    ids = [claim.id for claim in claims]
    await outbox.bury(ids[:2], why="the gateway said no" + "x" * 1000)
    found = await outbox.buried(limit=10)
    assert [each.id for each in found] == ids[:2]
    assert found[0].why.startswith("the gateway said no")
    assert await outbox.buried(limit=10, topic="other") == ()

    given = {"actor": base.SYSTEM, "now": clock.now()}
    assert await outbox.revive(ids=ids[2:], **given) == 0  # it lives
    assert await outbox.revive(topic="other", **given) == 0
    assert await base.value("select count(*) from audit_entry") == 0
    assert await outbox.revive(ids=ids[:1], **given) == 1
    assert await outbox.revive(topic=found[0].topic, **given) == 1
    assert await base.value("select count(*) from audit_entry where action = 'REVIVE_FACTS'") == 2
    assert await outbox.depth() == Depth(waiting=3, dead=0)
    assert {claim.id for claim in await outbox.claim(10, 60)} == set(ids)
