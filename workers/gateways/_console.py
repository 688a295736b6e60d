"""A gateway that only says that it was asked: the texts themselves are read from the database."""

import structlog

from domain.notification import Sms

from ._port import Sent

log = structlog.get_logger()


class ConsoleGateway:
    """Takes every message and logs kind and id, never phone or text.

    `delivers` makes it claim delivery too. In production it does not: no message left the house.
    """

    def __init__(self, *, delivers: bool = True) -> None:
        self._delivers = delivers

    async def send(self, sms: Sms) -> Sent:
        """Take the message."""
        log.info("sms", message_id=sms.id, kind=sms.kind)
        return Sent(f"console:{sms.id}", delivered=self._delivers)
