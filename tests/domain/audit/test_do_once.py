"""What is asked for under a key is done once."""

import asyncio
from uuid import uuid4

import pytest

from domain import audit, identity
from domain.audit import Keyed, KeyReused
from domain.base import Actor, Refusal, value
from tests import seed

ENTRIES = "select count(*) from audit_entry where action = 'TEST'"


class No(Refusal):
    code = "NO"


@pytest.fixture
async def person_id(database, clock):
    await seed.district(now=clock.now())
    return await identity.enrol("13900000077", role="CUSTOMER", name="P")


def asked(person_id, content="a", act="test", key="k"):
    return Keyed(act, content, person_id, key)


def does(clock, answer):
    async def do():
        await audit.note(Actor("OPERATOR", 1), "TEST", "x", now=clock.now())
        await asyncio.sleep(0)
        return {"n": answer}

    return do


async def test_asked_again_it_returns_the_first_answer_and_does_nothing(person_id, clock):
    first = await audit.do_once(asked(person_id), does(clock, 1), now=clock.now())
    again = await audit.do_once(asked(person_id), does(clock, 2), now=clock.now())
    assert (first.answer, first.replayed) == ({"n": 1}, False)
    assert (again.answer, again.replayed) == ({"n": 1}, True)
    assert await value(ENTRIES) == 1


async def test_ten_at_once_do_it_once(person_id, clock):
    tries = [audit.do_once(asked(person_id), does(clock, n), now=clock.now()) for n in range(10)]
    found = await asyncio.gather(*tries)
    assert sorted(each.replayed for each in found) == [False, *[True] * 9]
    assert len({each.answer["n"] for each in found}) == 1
    assert await value(ENTRIES) == 1


async def test_the_same_key_with_other_content_is_refused(person_id, clock):
    await audit.do_once(asked(person_id), does(clock, 1), now=clock.now())
    with pytest.raises(KeyReused):
        await audit.do_once(asked(person_id, "b"), does(clock, 2), now=clock.now())
    assert await value(ENTRIES) == 1


async def test_another_act_and_another_person_have_keys_of_their_own(person_id, clock):
    other = await identity.enrol("13900000078", role="CUSTOMER", name="O")
    for each in (asked(person_id), asked(person_id, act="other"), asked(other)):
        assert not (await audit.do_once(each, does(clock, 1), now=clock.now())).replayed
    assert await value(ENTRIES) == 3


async def test_what_was_refused_leaves_its_key_free(person_id, clock):
    async def refuses():
        await audit.note(Actor("OPERATOR", 1), "TEST", "x", now=clock.now())
        raise No

    key = str(uuid4())
    with pytest.raises(No):
        await audit.do_once(asked(person_id, key=key), refuses, now=clock.now())
    assert await value(ENTRIES) == 0
    done = await audit.do_once(asked(person_id, key=key), does(clock, 1), now=clock.now())
    assert not done.replayed
