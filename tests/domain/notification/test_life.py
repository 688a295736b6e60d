from datetime import timedelta

import pytest
from tortoise.exceptions import IntegrityError

from domain import base, notification
from tests.domain.ground import Ground, ground, message_of, tasks_of

PARAMS = {"available_fen": 100, "trip_at": "…"}


async def notice(here: Ground, clock, kind="NOTICE", key="n1", **given) -> int:
    return await notification.queue(
        kind, account_id=here.account_id, params=PARAMS, key=key, now=clock.now(), **given
    )


async def topics() -> list[str]:
    return [row["topic"] for row in await base.rows("select topic from outbox order by id")]


async def state(message_id: int) -> str:
    return (await message_of(message_id)).state


async def test_the_same_key_is_the_same_message_and_goes_out_once(database, clock):
    here = await ground(now=clock.now())
    assert await notice(here, clock) == await notice(here, clock)
    assert await topics() == ["message.queued"]


async def test_a_message_is_taken_sent_and_delivered_by_its_receipt(database, clock):
    here = await ground(now=clock.now())
    message_id = await notice(here, clock)
    sms = await notification.take(message_id, now=clock.now())
    assert sms is not None
    assert sms.phone == "13800000001"
    assert sms.phone not in repr(sms)
    assert sms.text not in repr(sms)
    await notification.record_sent(message_id, provider_id="p1", now=clock.now())
    assert await state(message_id) == "SENT"
    assert await notification.take(message_id, now=clock.now()) is None
    at = clock.now()
    clock.forward(minutes=1)
    for _ in range(2):
        known = await notification.record_receipt("p1", delivered=True, at=at, now=clock.now())
        assert known
    message = await message_of(message_id)
    assert (message.state, message.delivered_at) == ("DELIVERED", at)
    assert await topics() == ["message.queued", "message.settled"]


async def test_nothing_arrives_before_it_was_sent_whatever_a_gateway_says(database, clock):
    here = await ground(now=clock.now())
    message_id = await notice(here, clock)
    await notification.take(message_id, now=clock.now())
    sent_at = clock.now()
    await notification.record_sent(message_id, provider_id="p1", now=sent_at)
    behind = sent_at - timedelta(hours=8)
    now = clock.forward(minutes=1)
    await notification.record_receipt("p1", delivered=True, at=behind, now=now)
    assert (await message_of(message_id)).delivered_at == sent_at


async def test_a_cut_off_sending_is_taken_again(database, clock):
    here = await ground(now=clock.now())
    message_id = await notice(here, clock)
    assert await notification.take(message_id, now=clock.now())
    assert await notification.take(message_id, now=clock.now())


async def test_failures_are_bounded_and_an_undelivered_notice_becomes_a_task(database, clock):
    here = await ground(now=clock.now())
    message_id = await notice(here, clock)
    again = []
    while await notification.take(message_id, now=clock.now()):
        again.append(await notification.record_failed(message_id, reason="down", now=clock.now()))
    assert again == [True] * 4 + [False]
    assert await state(message_id) == "UNDELIVERABLE"
    assert await topics() == ["message.queued", "message.settled"]
    (task,) = await tasks_of(here.inspectors[0])
    assert (task["kind"], task["account_id"], task["detail"]) == (
        "DELIVER_NOTICE",
        here.account_id,
        {"kind": "NOTICE"},
    )


async def test_a_failed_receipt_is_not_served_and_a_late_delivery_corrects_it(database, clock):
    here = await ground(now=clock.now())
    message_id = await notice(here, clock, kind="ALARM")
    await notification.take(message_id, now=clock.now())
    await notification.record_sent(message_id, provider_id="p1", now=clock.now())
    now = clock.now()
    await notification.record_receipt("p1", delivered=False, at=now, now=now)
    assert await state(message_id) == "UNDELIVERABLE"
    await notification.record_receipt("p1", delivered=True, at=now, now=now)
    assert await state(message_id) == "DELIVERED"
    await notification.record_receipt("p1", delivered=False, at=now, now=now)
    assert await state(message_id) == "DELIVERED"
    assert await tasks_of(here.inspectors[0]) == []  # an alarm needs no visit


async def test_a_receipt_for_nobody_is_said_to_be_unknown(database, clock):
    now = clock.now()
    assert not await notification.record_receipt("p9", delivered=True, at=now, now=now)


async def test_silence_about_delivery_is_given_up_in_the_end(database, clock):
    here = await ground(now=clock.now())
    message_id = await notice(here, clock)
    await notification.take(message_id, now=clock.now())
    await notification.record_sent(message_id, provider_id="p1", now=clock.now())
    due = await notification.expects_receipt_until()
    assert due == clock.now() + timedelta(days=3)
    assert await notification.give_up(limit=10, now=due - timedelta(seconds=1)) == 0
    assert await notification.give_up(limit=10, now=due) == 1
    message = await message_of(message_id)
    assert (message.state, message.reason) == ("UNDELIVERABLE", "NO_RECEIPT")


async def test_in_shadow_nothing_is_sent_and_the_chain_goes_on(database, clock):
    here = await ground(now=clock.now())
    message_id = await notice(here, clock, shadow=True)
    message = await message_of(message_id)
    assert (message.state, message.delivered_at) == ("SHADOW", clock.now())
    assert await notification.take(message_id, now=clock.now()) is None
    assert await topics() == ["message.settled"]


async def test_without_a_phone_a_notice_is_undeliverable_and_somebody_is_told(database, clock):
    here = await ground(now=clock.now())
    await base.run("update contact set active = false")
    assert await state(await notice(here, clock)) == "UNDELIVERABLE"
    assert len(await tasks_of(here.inspectors[0])) == 1


async def test_a_sign_in_code_is_blanked_once_it_is_sent_and_settles_nothing(database, clock):
    message_id = await notification.queue(
        "SIGN_IN_CODE",
        account_id=None,
        params={"code": "123456", "minutes": 5},
        key="c1",
        now=clock.now(),
        phone="13800000009",
    )
    sms = await notification.take(message_id, now=clock.now())
    assert sms is not None
    assert "123456" in sms.text
    await notification.record_sent(message_id, provider_id="p1", now=clock.now(), delivered=True)
    message = await message_of(message_id)
    assert message.state == "DELIVERED"
    assert "******" in message.text
    assert "123456" not in message.text
    assert "123456" not in repr(await base.row("select * from message where id = $1", message_id))
    assert await topics() == ["message.queued"]


async def test_a_code_cannot_be_kept_in_a_second_place(database, clock):
    here = await ground(now=clock.now())
    message_id = await notification.queue(
        "ACCESS_CODE",
        account_id=here.account_id,
        params={"code": "123456", "minutes": 5, "who": "0001"},
        key="c1",
        now=clock.now(),
    )
    with pytest.raises(IntegrityError, match="message_secret"):
        await base.run("update message set translations = '{}' where id = $1", message_id)
    assert await base.value("select count(*) from message where translations is not null") == 0


async def test_english_customers_read_english(database, clock):
    here = await ground(now=clock.now(), locale="en")
    message = await message_of(await notice(here, clock))
    assert message.text.startswith("Electricity account ending 1234")
