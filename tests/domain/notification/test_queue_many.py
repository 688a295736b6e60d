"""A page of messages is written at once, and each is what it would be alone."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from domain import notification
from domain.base import rows, run
from domain.notification import Wanted
from tests import seed
from tests.api.test_round_trips import statements

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 3, 2, 12, tzinfo=SHANGHAI)
NIGHT = datetime(2026, 3, 2, 23, tzinfo=SHANGHAI)
MORNING = datetime(2026, 3, 3, 8, tzinfo=SHANGHAI)
PARAMS = {
    "first_day": date(2026, 2, 1),
    "last_day": date(2026, 2, 28),
    "energy_wh": 1_500,
    "amount_fen": 85,
}
OUT = """
select kind, state, reason, phone, locale, text, translations, due_at from message
order by account_id
"""
FACTS = "select topic, count(*) from outbox group by topic order by topic"


async def homes(count: int) -> list[int]:
    """Open homes, the first without a phone, the second of people who read English."""
    district_id = await seed.district(now=NOON)
    ids = [
        (await seed.home(district_id, now=NOON, opening_fen=50_000)).account_id
        for _ in range(count)
    ]
    await run("update contact set active = false where account_id = $1", ids[0])
    await run("update account set locale = 'en' where id = $1", ids[1])
    await run("delete from outbox")
    return ids


async def queued(ids: list[int], now: datetime, **how: bool) -> int:
    wanted = [Wanted(each, PARAMS, f"bill:{each}") for each in ids]
    return await notification.queue_many("BILL_ISSUED", wanted, now=now, **how)


async def facts() -> dict[str, int]:
    return {each["topic"]: each["count"] for each in await rows(FACTS)}


@pytest.mark.parametrize(("now", "shadow"), [(NOON, False), (NIGHT, False), (NOON, True)])
async def test_each_message_is_what_it_would_be_alone(database, now, shadow):
    ids = await homes(3)
    assert await queued(ids, now, shadow=shadow) == 3
    many = await rows(OUT), await facts()
    await run("delete from message")
    await run("delete from outbox")
    for each in ids:
        key = f"bill:{each}"
        await notification.queue(
            "BILL_ISSUED", account_id=each, params=PARAMS, key=key, now=now, shadow=shadow
        )
    assert (await rows(OUT), await facts()) == many


async def test_what_waits_what_goes_and_what_reaches_nobody(database):
    ids = await homes(3)
    await queued(ids, NOON)
    assert [each["state"] for each in await rows(OUT)] == ["UNDELIVERABLE", "QUEUED", "QUEUED"]
    assert await facts() == {"message.queued": 2, "message.settled": 1}
    assert await queued(ids, NIGHT) == 0, "asked again it is the same message"
    assert await facts() == {"message.queued": 2, "message.settled": 1}
    await run("delete from message")
    await run("delete from outbox")
    assert await queued(ids, NIGHT) == 3
    assert [each["due_at"] for each in await rows(OUT)] == [MORNING] * 3
    assert await facts() == {"message.settled": 1}


async def test_more_messages_are_no_more_statements(database):
    ids = await homes(8)
    sent = []
    for page in (ids[:1], ids[1:3], ids[3:]):  # the first one is prepared and connected
        await run("update contact set active = false where account_id = $1", page[0])
        async with statements() as heard:
            assert await queued(page, NOON) == len(page)
        sent.append(len(heard))
    assert sent[1] == sent[2] < 10


async def test_nothing_wanted_is_nothing_written(database):
    assert await queued([], NOON) == 0
    assert await rows(OUT) == []
