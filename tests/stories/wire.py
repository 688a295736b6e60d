"""The wire between one meter and the head end: it can hold commands back and say them again."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from aiocoap import Message

POST, CHANGED = 0x02, 0x44
_PATIENCE_S = 20

Address = tuple[str, int]


class Wire:
    """Carries datagrams both ways over loopback. The meter talks to `address`."""

    def __init__(self, head_end: Address) -> None:
        self._head_end = head_end
        self._meter: Address | None = None
        self._holding = False
        self.carried = 0
        self.held: list[bytes] = []
        self.commands: list[bytes] = []
        """Every datagram with a command that came from the head end, held back or not."""
        self.answers: list[bytes] = []
        """What the meter said to them."""

    @classmethod
    async def laid(cls, head_end: Address) -> Self:
        """Open both ends."""
        wire = cls(head_end)
        wire._near = await _end(wire._from_meter)
        wire._far = await _end(wire._from_head_end)
        return wire

    @property
    def address(self) -> str:
        host, port = self._near.get_extra_info("sockname")
        return f"{host}:{port}"

    def hold(self) -> None:
        """From now on keep the commands back; everything else passes."""
        self._holding = True

    def let_pass(self) -> None:
        """Let new commands pass again; those that are held stay held."""
        self._holding = False

    def release(self) -> None:
        """Say now what was held back."""
        held, self.held = self.held, []
        for datagram in held:
            self.say(datagram)

    def say(self, datagram: bytes) -> None:
        """Put a datagram to the meter on the wire, as if it came from the head end."""
        assert self._meter is not None
        self.carried += 1
        self._near.sendto(datagram, self._meter)

    async def ask(self, datagram: bytes) -> bytes:
        """Say it to the meter, once more each second as CoAP does, and return the answer."""
        answered = len(self.answers)
        async with asyncio.timeout(_PATIENCE_S):
            while len(self.answers) == answered:
                self.say(datagram)
                with suppress(TimeoutError):
                    async with asyncio.timeout(1):
                        while len(self.answers) == answered:
                            await asyncio.sleep(0.005)
        return self.answers[answered]

    def cut(self) -> None:
        """Close both ends."""
        self._near.close()
        self._far.close()

    def _from_meter(self, datagram: bytes, address: Address) -> None:
        self._meter = address
        self.carried += 1
        if Message.decode(datagram).code == CHANGED:
            self.answers.append(Message.decode(datagram).payload)
        self._far.sendto(datagram, self._head_end)

    def _from_head_end(self, datagram: bytes, _: Address) -> None:
        if _is_command(datagram):
            self.commands.append(datagram)
            # What is held stays held: CoAP says it again, byte for byte, until it is answered.
            if self._holding or datagram in self.held:
                self.held.append(datagram)
                return
        self.say(datagram)


def _is_command(datagram: bytes) -> bool:
    """Tell whether it carries an envelope: a request, or an answer with one inside."""
    message = Message.decode(datagram)
    return int(message.code) in {POST, CHANGED} and bool(message.payload)


class _End(asyncio.DatagramProtocol):
    def __init__(self, take: Callable[[bytes, Address], None]) -> None:
        self._take = take

    def datagram_received(self, data: bytes, addr: Address) -> None:
        self._take(data, addr)


async def _end(take: Callable[[bytes, Address], None]) -> asyncio.DatagramTransport:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(
        lambda: _End(take), local_addr=("127.0.0.1", 0)
    )
    return transport
