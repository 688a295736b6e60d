"""The way to a meter: direct CoAP here, an operator's platform one day."""

from collections.abc import Mapping
from typing import Protocol

from devices import codec
from devices.coap import Endpoint, NoAnswer, Tuning
from devices.codec import BadMessage, Mode, Result
from domain.command import Envelope


class MeterLink(Protocol):
    """Carries one command to a meter and its result back."""

    async def send(self, envelope: Envelope, address: str, *, mode: Mode) -> Result:
        """Return the meter's own result; raises `NoAnswer` when the outcome is unknown."""
        ...


class CoapLink:
    """Direct CoAP: `POST /x` from the socket that the meter last talked to."""

    def __init__(self, endpoint: Endpoint, tunings: Mapping[Mode, Tuning]) -> None:
        self._endpoint = endpoint
        self._tunings = tunings

    async def send(self, envelope: Envelope, address: str, *, mode: Mode) -> Result:
        """Send the envelope confirmably and read the result in the answer."""
        payload = on_the_wire(envelope).packed()
        reply = await self._endpoint.post(address, "x", payload, tuning=self._tunings[mode])
        if not reply.is_success:
            raise NoAnswer(f"the meter at {address} did not take the message")
        try:
            result = Result.unpacked(reply.payload)
        except BadMessage as error:
            raise NoAnswer(f"the meter at {address} talks nonsense: {error.reason}") from error
        if result.command_id != envelope.command_id:
            raise NoAnswer(f"the meter at {address} answers another command")
        return result


def on_the_wire(envelope: Envelope) -> codec.Envelope:
    """Return a command in the meters' words."""
    args: dict[str, int] = {}
    for name, value in envelope.args.items():
        assert isinstance(value, int), f"argument {name} of a command is not a whole number"
        args[name] = value
    return codec.Envelope(
        command_id=envelope.command_id,
        seq=envelope.seq,
        verb=envelope.verb,
        not_before=envelope.not_before,
        expires_at=envelope.expires_at,
        args=args,
    )
