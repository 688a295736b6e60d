"""Which gateways a deployment uses."""

from domain.notification import Kind, open_push_key
from runtime import clock
from runtime.settings import Settings, WrongSettings

from ._console import ConsoleGateway
from ._port import PushService, SmsGateway
from ._recording import RecordingGateway
from ._web_push import WebPushService, new_push_key


def choose(settings: Settings) -> SmsGateway:
    """Return the gateway that the settings name."""
    if settings.sms_gateway == "record":
        return RecordingGateway(path=settings.data_dir / "sms.jsonl")
    return ConsoleGateway(delivers=settings.profile != "production")


async def choose_push(settings: Settings) -> dict[str, PushService]:
    """Return the push service of each kind of device; none where nothing is to be pushed."""
    if settings.push_contact is None:
        return {}
    key = await open_push_key(make=new_push_key, wall=clock.wall())
    web = WebPushService(
        key,
        contact=settings.push_contact,
        hosts=settings.push_hosts.split(),
        private=settings.push_private,
    )
    return {"WEB_PUSH": web}


def push_and_sms(settings: Settings) -> frozenset[str]:
    """Return the kinds that go both ways by the deployment's wish; raises WrongSettings."""
    kinds = frozenset(settings.push_and_sms.split())
    unknown = sorted(kinds - set(Kind))
    if unknown:
        raise WrongSettings(f"FEIKONG_PUSH_AND_SMS: there is no message {unknown[0]}")
    return kinds
