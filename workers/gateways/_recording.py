"""A gateway that keeps what it was given, for tests and for an eye on one machine."""

import asyncio
import json
from pathlib import Path
from typing import Literal

from domain.notification import Sms

from ._port import GatewayOutage, Sent

Mode = Literal["delivered", "silent", "failing"]


class RecordingGateway:
    """Remembers messages in `sent` (and as lines of the file `path`).

    `mode` may be changed at any time: delivered says so at once; silent takes the message and
    leaves the receipt to the test; failing is out of order. `delay_s` makes it slow.
    """

    def __init__(
        self, *, mode: Mode = "delivered", delay_s: float = 0, path: Path | None = None
    ) -> None:
        self.mode: Mode = mode
        self.delay_s = delay_s
        self.sent: list[Sms] = []
        self._path = path

    async def send(self, sms: Sms) -> Sent:
        """Take the message, as the mode says."""
        await asyncio.sleep(self.delay_s)
        if self.mode == "failing":
            raise GatewayOutage("out of order")
        self.sent.append(sms)
        if self._path is not None:
            await asyncio.to_thread(self._write, self._path, sms)
        return Sent(f"record:{sms.id}", delivered=self.mode == "delivered")

    def _write(self, path: Path, sms: Sms) -> None:
        line = {"id": sms.id, "phone": sms.phone, "kind": sms.kind, "text": sms.text}
        path.touch(mode=0o600)  # codes are among them
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def to(self, phone: str) -> list[str]:
        """Return the texts that went to a phone, in order."""
        return [sms.text for sms in self.sent if sms.phone == phone]
