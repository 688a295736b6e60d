"""Which gateway a deployment uses."""

from runtime.settings import Settings

from ._console import ConsoleGateway
from ._port import SmsGateway
from ._recording import RecordingGateway


def choose(settings: Settings) -> SmsGateway:
    """Return the gateway that the settings name."""
    if settings.sms_gateway == "record":
        return RecordingGateway(path=settings.data_dir / "sms.jsonl")
    return ConsoleGateway(delivers=settings.profile != "production")
