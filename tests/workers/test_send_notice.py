import sys

from domain import notification
from tests.domain.ground import Ground, ground, message_of
from tests.workers.crew import crew, quiet, until
from workers.gateways import ConsoleGateway, RecordingGateway, Sent
from workers.jobs import Tools, send_notice
from workers.routing import Route

QUEUE = "feikong:test"
PATIENCE = sys.modules[send_notice.__module__]
ROUTES = {"message.queued": Route(QUEUE, send_notice)}


async def notice(here: Ground, clock) -> int:
    return await notification.queue(
        "RESTORED", account_id=here.account_id, params={}, key="n1", now=clock.now()
    )


async def state(message_id: int) -> str:
    return (await message_of(message_id)).state


async def test_a_message_is_sent_once_and_delivered(database, redis_url, clock, tmp_path):
    here = await ground(now=clock.now())
    recorded = tmp_path / "sms.jsonl"
    gateway = RecordingGateway(path=recorded)
    async with crew(redis_url, ROUTES, Tools(gateway=gateway)):
        message_id = await notice(here, clock)
        await notice(here, clock)

        async def delivered() -> bool:
            return await state(message_id) == "DELIVERED"

        await until(delivered)
    assert gateway.to("13800000001") == ["尾号1234的用电账户已恢复供电。"]
    assert recorded.stat().st_mode & 0o777 == 0o600  # codes are recorded, too


async def test_a_gateway_that_is_silent_about_delivery_leaves_the_message_sent(
    database, redis_url, clock
):
    here = await ground(now=clock.now())
    gateway = RecordingGateway(mode="silent")
    async with crew(redis_url, ROUTES, Tools(gateway=gateway)):
        message_id = await notice(here, clock)
        await until(quiet)
    assert await state(message_id) == "SENT"
    known = await notification.record_receipt(
        f"record:{message_id}", delivered=True, at=clock.now(), now=clock.now()
    )
    assert known
    assert await state(message_id) == "DELIVERED"


async def test_a_gateway_that_comes_back_gets_the_message_again(database, redis_url, clock):
    here = await ground(now=clock.now())
    gateway = RecordingGateway(mode="failing")
    async with crew(redis_url, ROUTES, Tools(gateway=gateway)):
        message_id = await notice(here, clock)

        async def refused() -> bool:
            message = await message_of(message_id)
            return message.reason == "GatewayOutage"

        await until(refused)
        gateway.mode = "delivered"

        async def delivered() -> bool:
            return await state(message_id) == "DELIVERED"

        await until(delivered)
    assert len(gateway.sent) == 1


async def test_a_gateway_that_stays_away_ends_in_undeliverable(
    database, redis_url, clock, monkeypatch
):
    monkeypatch.setattr(PATIENCE, "LONGEST_WAIT_S", 0.01)
    here = await ground(now=clock.now())
    async with crew(redis_url, ROUTES, Tools(gateway=RecordingGateway(mode="failing"))):
        message_id = await notice(here, clock)

        async def settled() -> bool:
            return await state(message_id) == "UNDELIVERABLE"

        await until(settled)


class Broken(RecordingGateway):
    async def send(self, sms: notification.Sms) -> Sent:
        raise ValueError(f"no way to say {sms.kind}")


async def test_a_gateway_with_a_fault_of_its_own_leaves_no_message_on_its_way(
    database, redis_url, clock, monkeypatch
):
    monkeypatch.setattr(PATIENCE, "LONGEST_WAIT_S", 0.01)
    here = await ground(now=clock.now())
    async with crew(redis_url, ROUTES, Tools(gateway=Broken())):
        message_id = await notice(here, clock)

        async def settled() -> bool:
            return await state(message_id) == "UNDELIVERABLE"

        await until(settled)
    assert (await message_of(message_id)).reason == "ValueError"


async def test_a_slow_gateway_is_an_unknown_outcome_and_asked_again(
    database, redis_url, clock, monkeypatch
):
    monkeypatch.setattr(PATIENCE, "GATEWAY_TIMEOUT_S", 0.05)
    here = await ground(now=clock.now())
    gateway = RecordingGateway(delay_s=5)
    async with crew(redis_url, ROUTES, Tools(gateway=gateway)):
        message_id = await notice(here, clock)

        async def timed_out() -> bool:
            message = await message_of(message_id)
            return message.reason == "TimeoutError"

        await until(timed_out)
        gateway.delay_s = 0

        async def delivered() -> bool:
            return await state(message_id) == "DELIVERED"

        await until(delivered)


async def test_the_console_says_neither_phone_nor_text(capsys):
    sms = notification.Sms(1, "13800000001", "secret", "NOTICE", "en")
    assert (await ConsoleGateway().send(sms)).delivered
    assert not (await ConsoleGateway(delivers=False).send(sms)).delivered
    said = "".join(capsys.readouterr())
    assert "NOTICE" in said
    assert "13800000001" not in said
    assert "secret" not in said
