"""Which devices may be registered, and which way a message takes."""

import pytest

from domain.base import run, value
from domain.identity import grant_access
from domain.notification import (
    DEVICES_MAX,
    EndpointRefused,
    Kind,
    PushKeysInvalid,
    Way,
    devices_of,
    endpoint_host,
    forget_device,
    push_targets,
    register_device,
    way_of,
)
from domain.notification._device import check_keys
from domain.notification._forget_device import DeviceUnknown
from tests.domain.ground import Ground, ground

HOSTS = ["push.example", "*.push.example.org", "own.example:8443"]
KEYS = {
    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6S"
    "RpkNtoIAiw4",
    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
}


@pytest.mark.parametrize(
    ("endpoint", "host"),
    [
        ("https://push.example/abc", "push.example"),
        ("https://PUSH.example:443/abc?x=1", "push.example"),
        ("https://eu.push.example.org/", "eu.push.example.org"),
        ("https://own.example:8443/x", "own.example"),
    ],
)
def test_an_allowed_service_may_be_asked(endpoint, host):
    assert endpoint_host(endpoint, hosts=HOSTS) == host


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example/abc",
        "https://elsewhere.example/",
        "https://push.example.elsewhere.example/",
        "https://elsewhere.example/push.example",
        "https://push.example@elsewhere.example/",
        "https://user@push.example/",
        "https://push.example:22/",
        "https://own.example/",
        "https://push.example.org/",
        "https://xpush.example.org/",
        "https://push.example/#fragment",
        "https://push.example/a b",
        "https://push.example/\n",
        "https://push.example/é",
        "https://push.example/" + "a" * 1000,
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[/",
        "https://push.example:port/",
        "file:///etc/passwd",
        "",
    ],
)
def test_any_other_address_is_refused(endpoint):
    with pytest.raises(EndpointRefused):
        endpoint_host(endpoint, hosts=HOSTS)


@pytest.mark.parametrize(
    "wrong",
    [{"p256dh": ""}, {"p256dh": "AAAA"}, {"auth": "AAAA"}, {"auth": "é"}, {"p256dh": "A" * 87}],
)
def test_keys_of_another_form_are_refused(wrong):
    check_keys(**KEYS)
    with pytest.raises(PushKeysInvalid):
        check_keys(**KEYS | wrong)


def test_the_law_is_served_by_sms_and_codes_prove_who_holds_the_phone():
    ways = {kind: way_of(kind, sms_too={"TRIPPED"}) for kind in Kind}
    assert {kind for kind, way in ways.items() if way is Way.SMS} == {
        "SIGN_IN_CODE",
        "ACCESS_CODE",
    }
    both = {kind for kind, way in ways.items() if way is Way.BOTH}
    assert both == {"NOTICE", "FINAL_NOTICE", "TRIPPED"}


async def session(person_id: int, clock) -> int:
    return await value(
        "insert into session (person_id, device, created_at) values ($1, 'd', $2) returning id",
        person_id,
        clock.now(),
    )


async def register(here: Ground, clock, *, person_id: int | None = None, path: str = "1") -> int:
    person_id = person_id or here.person_id
    device = await register_device(
        person_id,
        session_id=await session(person_id, clock),
        endpoint=f"https://push.example/{path}",
        **KEYS,
        name="phone",
        hosts=HOSTS,
        wall=clock.now(),
    )
    return device.id


async def test_a_device_is_registered_once_and_belongs_to_who_came_last(database, clock):
    here = await ground(now=clock.now())
    first = await register(here, clock)
    assert await register(here, clock) == first
    assert await register(here, clock, person_id=here.inspectors[0]) == first
    assert await devices_of(here.person_id) == ()
    (device,) = await devices_of(here.inspectors[0])
    assert device.id == first


async def test_the_oldest_of_too_many_devices_gives_way(database, clock):
    here = await ground(now=clock.now())
    made = [await register(here, clock, path=str(k)) for k in range(DEVICES_MAX + 2)]
    kept = [device.id for device in await devices_of(here.person_id)]
    assert kept == made[:1:-1]


async def test_a_device_that_changes_hands_is_the_newest_of_who_has_it_now(database, clock):
    here = await ground(now=clock.now())
    old = await register(here, clock, path="old")
    clock.forward(days=1)
    other = here.inspectors[0]
    for k in range(DEVICES_MAX):
        await register(here, clock, person_id=other, path=str(k))
    clock.forward(days=1)
    assert await register(here, clock, person_id=other, path="old") == old
    assert old in [device.id for device in await devices_of(other)]


async def test_nobody_forgets_the_device_of_somebody_else(database, clock):
    here = await ground(now=clock.now())
    device_id = await register(here, clock)
    for wrong in (device_id, device_id + 1):
        with pytest.raises(DeviceUnknown):
            await forget_device(wrong, person_id=here.inspectors[0])
    assert len(await devices_of(here.person_id)) == 1
    await forget_device(device_id, person_id=here.person_id)
    await forget_device(device_id)
    assert await devices_of(here.person_id) == ()


async def test_a_device_shows_its_address_to_nobody(database, clock):
    here = await ground(now=clock.now())
    await register(here, clock)
    (target,) = await push_targets(None, "13900000000", kind="ALARM")
    assert target.endpoint == "https://push.example/1"
    assert "push.example" not in repr(target)


async def test_a_bill_is_pushed_to_those_who_have_a_right_to_bills(database, clock):
    here = await ground(now=clock.now())
    await register(here, clock)
    account_id = await value("select id from account limit 1")
    await grant_access(here.person_id, account_id)
    for role, targets in (("TENANT", 0), ("FAMILY", 1), ("CLERK", 1), ("HOLDER", 1)):
        await run("update account_access set role = $1", role)
        assert len(await push_targets(account_id, "", kind="BILL_ISSUED")) == targets
        assert len(await push_targets(account_id, "", kind="RESTORED")) == 1
