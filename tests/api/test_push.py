"""Registering a device for push, as an app does it."""

import pytest

from domain import notification
from domain.base import rows, value
from runtime import clock as runtime_clock
from runtime import settings as runtime_settings
from tests.api.conftest import App, Town
from tests.domain.notification.test_device import KEYS

REGISTER = (
    "mutation($input: RegisterDeviceInput!) { registerDevice(input: $input) {"
    " device { id kind name current lastPushedAt registeredAt }"
    " userErrors { code message field } } }"
)
UNREGISTER = (
    "mutation($id: ID!) { unregisterDevice(input: {deviceId: $id}) {"
    " deviceId userErrors { code } } }"
)
DEVICES = "{ viewer { pushKey pushDevices { id name current } } }"
ENDPOINT = "https://fcm.googleapis.com/fcm/send/abc"


@pytest.fixture
def pushing():
    given = runtime_settings.settings()
    runtime_settings.use(given.model_copy(update={"push_contact": "ops@example.org"}))
    yield
    runtime_settings.use(given)


async def register(app: App, **changes):
    given = {"endpoint": ENDPOINT, **KEYS, "name": "My phone"} | changes
    return (await app.send(REGISTER, input=given))["data"]["registerDevice"]


def codes(answer) -> list[str]:
    return [each["code"] for each in answer["userErrors"]]


async def test_a_device_is_registered_listed_and_taken_back(pushing, town: Town):
    await notification.open_push_key(make=lambda: ("public", "x"), wall=runtime_clock.wall())
    device = (await register(town.customer))["device"]
    assert (device["kind"], device["current"], device["lastPushedAt"]) == ("WEB_PUSH", True, None)
    viewer = (await town.customer.send(DEVICES))["data"]["viewer"]
    assert viewer["pushKey"] == "public"
    assert [each["id"] for each in viewer["pushDevices"]] == [device["id"]]
    assert (await town.operator.send(DEVICES))["data"]["viewer"]["pushDevices"] == []

    foreign = await town.operator.send(UNREGISTER, id=device["id"])
    nothing = await town.operator.send(UNREGISTER, id="nothing")
    assert foreign == nothing
    assert codes(foreign["data"]["unregisterDevice"]) == ["DEVICE_UNKNOWN"]
    assert await value("select count(*) from push_device") == 1

    done = (await town.customer.send(UNREGISTER, id=device["id"]))["data"]["unregisterDevice"]
    assert done == {"deviceId": device["id"], "userErrors": []}
    assert await value("select count(*) from push_device") == 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"endpoint": "https://127.0.0.1/x"}, "PUSH_ENDPOINT_REFUSED"),
        ({"endpoint": "http://fcm.googleapis.com/x"}, "PUSH_ENDPOINT_REFUSED"),
        ({"auth": "short"}, "PUSH_KEYS_INVALID"),
        ({"p256dh": "A" * 60_000}, "PUSH_KEYS_INVALID"),
    ],
)
async def test_what_is_no_device_is_refused(pushing, town: Town, changes, code):
    assert codes(await register(town.customer, **changes)) == [code]
    assert await rows("select 1 from push_device") == []


async def test_a_deployment_that_pushes_nothing_says_so(town: Town):
    assert codes(await register(town.customer)) == ["PUSH_OFF"]
    assert (await town.customer.send(DEVICES))["data"]["viewer"]["pushKey"] is None


async def test_who_is_not_signed_in_registers_nothing(pushing, town: Town):
    answer = await App(town.customer.http, town.customer.keys).send(
        REGISTER, input={"endpoint": ENDPOINT, **KEYS}
    )
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert await rows("select 1 from push_device") == []


QUIET = (
    "mutation($input: SetQuietHoursInput!) { setQuietHours(input: $input) {"
    " since until userErrors { code field } } }"
)


async def quiet(app: App, **changes):
    given = {"districtCode": "D1", "since": "21:30", "until": "07:00"} | changes
    return (await app.send(QUIET, input=given))["data"]["setQuietHours"]


async def test_an_operator_sets_the_quiet_hours_of_a_district(town: Town):
    done = {"since": "21:30", "until": "07:00", "userErrors": []}
    assert await quiet(town.operator) == done
    assert await quiet(town.chief) == done
    assert await value("select count(*) from audit_entry where action = 'SET_QUIET_HOURS'") == 2


async def test_quiet_hours_of_a_foreign_district_or_of_another_form_are_refused(town: Town):
    for app, changes, code in (
        (town.far_operator, {}, "UNKNOWN_DISTRICT"),
        (town.chief, {"districtCode": "nowhere"}, "UNKNOWN_DISTRICT"),
        (town.operator, {"since": "24:00"}, "TIME_INVALID"),
        (town.operator, {"until": "8:00"}, "TIME_INVALID"),
        (town.operator, {"until": "08:00:00"}, "TIME_INVALID"),
    ):
        assert codes(await quiet(app, **changes)) == [code]
    assert await rows("select 1 from quiet_hours") == []
    assert await value("select count(*) from audit_entry where action = 'SET_QUIET_HOURS'") == 0
