"""What can wait leaves the night alone."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain import notification, outbox
from domain.base import SYSTEM, rows, value
from domain.notification import QuietHours
from tests.domain.ground import Ground, ground, message_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
FACTS = {"available_fen": 100, "amount_fen": 100}


def at(hour: int, minute: int = 0, day: int = 2) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("now", "over"),
    [
        (at(21, 59), None),
        (at(22), at(8, day=3)),
        (at(23, 59), at(8, day=3)),
        (at(0), at(8)),
        (at(7, 59), at(8)),
        (at(8), None),
    ],
)
def test_the_night_lasts_over_midnight(now, over):
    assert QuietHours().over_at(now.astimezone(UTC), zone=SHANGHAI) == over


def test_quiet_hours_within_a_day_and_none_at_all():
    noon = QuietHours(time(12), time(14))
    assert noon.over_at(at(13), zone=SHANGHAI) == at(14)
    assert noon.over_at(at(14), zone=SHANGHAI) is None
    assert QuietHours(time(0), time(0)).over_at(at(3), zone=SHANGHAI) is None


async def queued(here: Ground, kind: str, *, now: datetime) -> int:
    facts = FACTS | {"trip_at": now}
    return await notification.queue(
        kind, account_id=here.account_id, params=facts, key=f"{kind}{now}", now=now
    )


async def state(message_id: int) -> str:
    return (await message_of(message_id)).state


async def test_an_alarm_of_the_night_is_sent_in_the_morning(database, clock):
    here = await ground(now=clock.now())
    message_id = await queued(here, "ALARM", now=at(23))
    assert (await outbox.depth()).waiting == 0
    assert await notification.take(message_id, now=at(23)) is None
    assert await notification.due_at() == at(8, day=3)
    assert await notification.send_due(limit=10, now=at(7, 59, day=3)) == 0
    assert await notification.send_due(limit=10, now=at(8, day=3)) == 1
    assert await notification.send_due(limit=10, now=at(8, day=3)) == 0
    assert await notification.due_at() is None
    assert (await outbox.depth()).waiting == 1
    assert await notification.take(message_id, now=at(8, day=3)) is not None


async def test_what_cannot_wait_is_sent_at_night(database, clock):
    here = await ground(now=clock.now())
    urgent = ("NOTICE", "FINAL_NOTICE", "TRIPPED", "PERMIT_READY", "RESTORED", "PAYMENT_RECEIVED")
    for kind in urgent:
        await queued(here, kind, now=at(3))
    assert (await outbox.depth()).waiting == len(urgent)
    assert await notification.due_at() is None


async def test_a_payment_in_the_night_overtakes_the_alarm(database, clock):
    here = await ground(now=clock.now())
    message_id = await queued(here, "ALARM", now=at(23))
    await queued(here, "PAYMENT_RECEIVED", now=at(23, 30))
    assert await state(message_id) == "OVERTAKEN"
    assert await notification.send_due(limit=10, now=at(9, day=3)) == 0
    told = await rows("select topic, payload ->> 'kind' as kind from outbox order by id")
    assert [tuple(each.values()) for each in told] == [
        ("message.settled", "ALARM"),
        ("message.queued", None),
    ]


async def test_a_district_sets_its_own_hours_and_it_is_noted_who_did(database, clock):
    here = await ground(now=clock.now())
    hours = QuietHours(time(12), time(14))
    for _ in range(2):
        await notification.set_quiet_hours(here.district_id, hours, actor=SYSTEM, now=clock.now())
    await queued(here, "ALARM", now=at(23))
    assert await notification.due_at() is None
    await queued(here, "ALARM", now=at(13))
    assert await notification.due_at() == at(14)
    assert await value("select count(*) from audit_entry where action = 'SET_QUIET_HOURS'") == 2


async def test_in_shadow_the_night_makes_no_difference(database, clock):
    here = await ground(now=clock.now())
    message_id = await notification.queue(
        "ALARM",
        account_id=here.account_id,
        params=FACTS,
        key="s",
        now=at(23) + timedelta(minutes=1),
        shadow=True,
    )
    assert await state(message_id) == "SHADOW"
    assert await notification.due_at() is None
