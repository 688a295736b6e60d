"""Messages by Web Push, to a push service that is real but for its place."""

import asyncio
import json
import socket
import sys
from datetime import timedelta
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from domain import base, identity, notification
from runtime import clock as runtime_clock
from tests.domain.ground import ground, message_of
from tests.workers.crew import crew, quiet, until
from tests.workers.push_service import Phone, PushDouble, b64, push_double, unb64
from workers.gateways import GatewayOutage, RecordingGateway, WebPushService
from workers.gateways._web_push import new_push_key
from workers.jobs import Tools, send_notice
from workers.routing import Route

ROUTES = {"message.queued": Route("feikong:test", send_notice)}
TELLING = sys.modules[WebPushService.__module__]
ALARM = {"available_fen": 1_234}


@pytest.fixture
async def double(tmp_path: Path):
    async with push_double(tmp_path) as found:
        yield found


async def service(double: PushDouble, *, private: bool = True, hosts=None) -> WebPushService:
    key = await notification.open_push_key(make=new_push_key, wall=runtime_clock.wall())
    allowed = [double.origin.removeprefix("https://")] if hosts is None else hosts
    return WebPushService(
        key, contact="ops@example.org", hosts=allowed, private=private, tls=double.trusting
    )


async def owner(
    account_id: int, phone: str = "13700000001", locale: str = "zh-CN"
) -> tuple[int, int]:
    """Return somebody who watches the account, and their session."""
    person_id = await identity.enrol(phone, role="CUSTOMER", locale=locale)
    await identity.grant_access(person_id, account_id)
    person = await identity.person_of(person_id)
    assert person
    opened = await identity.open_session(
        person,
        shown=None,
        device="phone",
        token_hash=f"hash {phone}",
        wall=runtime_clock.wall(),
        life=timedelta(days=1),
    )
    return person_id, opened.session_id


async def registered(double: PushDouble, account_id: int, *, path: str = "/1", **who) -> Phone:
    person_id, session_id = await owner(account_id, **who)
    phone = Phone()
    await notification.register_device(
        person_id,
        session_id=session_id,
        endpoint=double.origin + path,
        **phone.keys,
        name="phone",
        hosts=[double.origin.removeprefix("https://")],
        wall=runtime_clock.wall(),
    )
    return phone


async def told(kind: str, account_id: int, clock, **params) -> int:
    return await notification.queue(
        kind, account_id=account_id, params=params, key=f"{kind}1", now=clock.now()
    )


async def outcome(redis_url, double, message_id, **changes) -> RecordingGateway:
    """Carry what is queued and return what went by SMS."""
    gateway = RecordingGateway()
    pushing = changes.pop("pushing", None) or await service(double)
    async with crew(redis_url, ROUTES, Tools(gateway, push={"WEB_PUSH": pushing}, **changes)):
        await until(quiet)
    return gateway


def test_the_phone_of_the_tests_reads_the_example_of_the_rfc():
    point = unb64(
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
    )
    number = int.from_bytes(unb64("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"))
    phone = Phone(ec.derive_private_key(number, ec.SECP256R1()), unb64("BTBZMqHH6r4Tts7J_aSIgg"))
    sealed = (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmY"
        "WAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexS"
        "gSxsj_Qulcy4a-fN"
    )
    assert unb64(phone.keys["p256dh"]) == point
    assert phone.opened(unb64(sealed)) == b"When I grow up, I want to be a watermelon"


async def test_an_alarm_goes_to_the_app_sealed_and_signed_and_costs_no_sms(
    database, redis_url, clock, double
):
    here = await ground(now=clock.now())
    phone = await registered(double, here.account_id)
    message_id = await told("ALARM", here.account_id, clock, **ALARM)
    gateway = await outcome(redis_url, double, message_id)

    assert (await message_of(message_id)).state == "PUSHED"
    assert gateway.sent == []
    ((_, headers, sealed),) = double.heard
    assert b"12.34" not in sealed
    said = json.loads(phone.opened(sealed))
    assert (said["kind"], said["text"]) == ("ALARM", (await message_of(message_id)).text)
    assert headers["content-encoding"] == "aes128gcm"
    assert int(headers["ttl"]) > 0
    assert (headers["urgency"], headers["topic"]) == ("normal", f"message-{message_id}")

    token, _, key = headers["authorization"].removeprefix("vapid t=").partition(", k=")
    assert key == await notification.public_push_key()
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(key))
    claims = jwt.decode(token, point, algorithms=["ES256"], audience=double.origin)
    assert claims["sub"] == "mailto:ops@example.org"
    assert claims["exp"] <= runtime_clock.wall().timestamp() + 86_400


async def test_a_notice_before_a_trip_is_the_sms_and_the_app_proves_nothing(
    database, redis_url, clock, double
):
    here = await ground(now=clock.now())
    await registered(double, here.account_id)
    facts = {"available_fen": 1, "trip_at": clock.now()}
    message_id = await told("NOTICE", here.account_id, clock, **facts)
    gateway = RecordingGateway(mode="silent")
    tools = Tools(gateway, push={"WEB_PUSH": await service(double)})
    async with crew(redis_url, ROUTES, tools):
        await until(quiet)
    assert len(double.heard) == len(gateway.sent) == 1
    assert (await message_of(message_id)).state == "SENT"
    assert (await message_of(message_id)).delivered_at is None


async def test_a_deployment_may_want_both(database, redis_url, clock, double):
    here = await ground(now=clock.now())
    await registered(double, here.account_id)
    message_id = await told("RESTORED", here.account_id, clock)
    both = frozenset({"RESTORED"})
    gateway = await outcome(redis_url, double, message_id, push_and_sms=both)
    assert len(double.heard) == len(gateway.sent) == 1
    assert (await message_of(message_id)).state == "DELIVERED"


async def test_each_device_is_told_in_the_language_of_its_owner(database, redis_url, clock, double):
    here = await ground(now=clock.now())
    phones = {
        "/1": await registered(double, here.account_id),
        "/2": await registered(
            double, here.account_id, path="/2", phone="13700000002", locale="en"
        ),
    }
    message_id = await told("ALARM", here.account_id, clock, **ALARM)
    await outcome(redis_url, double, message_id)

    said = {
        path: json.loads(phones[path].opened(sealed))["text"] for path, _, sealed in double.heard
    }
    assert said["/1"] == (await message_of(message_id)).text
    assert said["/2"].startswith("Electricity account ending 1234: your balance is CNY 12.34.")


@pytest.mark.parametrize("status", [404, 410])
async def test_a_device_that_is_gone_is_forgotten_and_an_sms_is_sent(
    database, redis_url, clock, double, status
):
    here = await ground(now=clock.now())
    await registered(double, here.account_id)
    double.status["/1"] = status
    message_id = await told("RESTORED", here.account_id, clock)
    gateway = await outcome(redis_url, double, message_id)
    assert len(gateway.sent) == 1
    assert await base.value("select count(*) from push_device") == 0


@pytest.mark.parametrize("status", [307, 400, 429, 500])
async def test_a_service_that_takes_nothing_costs_an_sms_and_the_device_stays(
    database, redis_url, clock, double, status
):
    here = await ground(now=clock.now())
    await registered(double, here.account_id)
    double.status["/1"] = status
    message_id = await told("RESTORED", here.account_id, clock)
    gateway = await outcome(redis_url, double, message_id)
    assert len(gateway.sent) == len(double.heard) == 1
    assert await base.value("select count(*) from push_device where taken_at is null") == 1


async def test_a_slow_service_is_not_waited_for(database, redis_url, clock, double, monkeypatch):
    monkeypatch.setattr(TELLING, "TIMEOUT_S", 0.3)
    here = await ground(now=clock.now())
    await registered(double, here.account_id)
    double.delay_s = 2
    message_id = await told("RESTORED", here.account_id, clock)
    gateway = await outcome(redis_url, double, message_id)
    assert len(gateway.sent) == 1


async def test_one_device_of_several_is_enough(database, redis_url, clock, double):
    here = await ground(now=clock.now())
    await registered(double, here.account_id)
    await registered(double, here.account_id, path="/2", phone="13700000002")
    double.status["/1"] = 500
    message_id = await told("RESTORED", here.account_id, clock)
    gateway = await outcome(redis_url, double, message_id)
    assert (await message_of(message_id)).state == "PUSHED"
    assert (gateway.sent, len(double.heard)) == ([], 2)


async def test_who_has_signed_out_or_watches_another_account_is_told_nothing(
    database, redis_url, clock, double
):
    here = await ground(now=clock.now())
    await registered(double, here.account_id)
    await registered(double, here.account_id, path="/2", phone="13700000002")
    gone, other = [await identity.enrol(f"1370000000{n}", role="CUSTOMER") for n in (1, 2)]
    await identity.end_sessions(gone, why="SIGN_OUT", wall=runtime_clock.wall(), actor=base.SYSTEM)
    await base.run("delete from account_access where person_id = $1", other)
    message_id = await told("RESTORED", here.account_id, clock)
    gateway = await outcome(redis_url, double, message_id)
    assert (len(gateway.sent), double.heard) == (1, [])


async def test_a_sign_in_code_is_never_pushed(database, redis_url, clock, double):
    here = await ground(now=clock.now())
    await registered(double, here.account_id, phone="13800000001")
    facts = {"code": "123456", "minutes": 5}
    message_id = await told("SIGN_IN_CODE", here.account_id, clock, **facts)
    gateway = await outcome(redis_url, double, message_id)
    assert (len(gateway.sent), double.heard) == (1, [])


async def test_an_address_of_ours_is_never_asked(database, redis_url, clock, double):
    here = await ground(now=clock.now())
    await registered(double, here.account_id)
    message_id = await told("RESTORED", here.account_id, clock)
    guarded = await service(double, private=False)
    gateway = await outcome(redis_url, double, message_id, pushing=guarded)
    assert (len(gateway.sent), double.heard) == (1, [])


async def test_a_host_that_is_not_allowed_any_more_is_not_asked(database, redis_url, clock, double):
    here = await ground(now=clock.now())
    await registered(double, here.account_id)
    message_id = await told("RESTORED", here.account_id, clock)
    other = await service(double, hosts=["push.example"])
    gateway = await outcome(redis_url, double, message_id, pushing=other)
    assert (len(gateway.sent), double.heard) == (1, [])


async def test_a_service_that_nobody_vouches_for_is_not_trusted(database, clock, double):
    key = await notification.open_push_key(make=new_push_key, wall=runtime_clock.wall())
    hosts = [double.origin.removeprefix("https://")]
    careful = WebPushService(key, contact="ops@example.org", hosts=hosts, private=True)
    target = notification.PushTarget(1, "WEB_PUSH", "en", double.origin + "/1", **Phone().keys)
    sms = notification.Sms(1, "", "text", "RESTORED", "en")
    with pytest.raises(GatewayOutage):
        await careful.push(target, sms)
    assert double.heard == []


async def test_a_port_where_nobody_listens_is_an_outage(database, clock, double):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        place = f"127.0.0.1:{free.getsockname()[1]}"
    pushing = await service(double, hosts=[place])
    target = notification.PushTarget(1, "WEB_PUSH", "en", f"https://{place}/", **Phone().keys)
    with pytest.raises(GatewayOutage):
        await pushing.push(target, notification.Sms(1, "", "text", "RESTORED", "en"))


async def test_the_key_of_the_deployment_is_made_once(database):
    made = await asyncio.gather(
        *(
            notification.open_push_key(make=new_push_key, wall=runtime_clock.wall())
            for _ in range(5)
        )
    )
    assert len({key.private_pem for key in made}) == 1
    assert b64(unb64(made[0].public_key)) == made[0].public_key
