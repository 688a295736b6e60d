"""An endpoint: one socket that answers through a handler and asks with `post`."""

import asyncio
import errno
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from aiocoap import Message
from aiocoap.error import Error as CoapError
from aiocoap.numbers.constants import TransportTuning

from ._exchange import CBOR, POST, Handler, Reply, Request
from ._socket import Stack, Tap, address_of, bound_socket

RECEIVE_BUFFER = 16 * 2**20

_SPOKEN = frozenset({3, 7, 11, 15})  # Uri-Host, Uri-Port, Uri-Path, Uri-Query
_URI_QUERY = 15


class NoAnswer(Exception):
    """Nothing came back, or no sense: whether the request was heard is unknown."""


class PortTaken(OSError):
    """Another process has the port. One line says which."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """How patiently to ask: first wait, doubled for each retransmission, and the end of it all."""

    first_wait_s: float = 2.0
    retransmissions: int = 2
    timeout_s: float = 20.0


class Endpoint:
    """An open socket at `port`. `open_endpoint` makes one; `close` ends it."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        sock = stack.datagrams.transport.get_extra_info("socket")
        self.address: str = address_of(sock.getsockname())
        self.port: int = sock.getsockname()[1]

    async def post(
        self,
        address: str,
        path: str,
        payload: bytes,
        *,
        query: tuple[str, ...] = (),
        tuning: Tuning,
    ) -> Reply:
        """POST a payload, confirmably, and return the reply; raises `NoAnswer`."""
        # A message is never used twice: a second use would carry the first one's ids.
        message = Message(
            code=POST,
            payload=payload,
            content_format=CBOR,
            uri_path=(path,),
            uri_query=query,
            transport_tuning=_transport_tuning(tuning),
        )
        message.remote = self._stack.remote_at(address)
        asked = self._stack.request(message, handle_blockwise=False)
        try:
            # aiocoap has no timeout of its own: acknowledged and never answered waits for ever.
            answer = await asyncio.wait_for(asked.response, tuning.timeout_s)
        except (CoapError, OSError, TimeoutError) as error:
            raise NoAnswer(f"{type(error).__name__} from {address}") from error
        finally:
            self._stack.messages.abandon(message)
        return Reply(int(answer.code), answer.payload, answer.opt.max_age)

    def send_raw(self, datagram: bytes, address: str) -> None:
        """Put bytes on the wire as they are: for faults on purpose."""
        self._stack.datagrams.transport.sendmsg(
            datagram, [], 0, self._stack.remote_at(address).sockaddr
        )

    async def close(self) -> None:
        """Close the socket; what still waits for an answer gets `NoAnswer`."""
        with suppress(CoapError):
            await self._stack.shutdown()


async def open_endpoint(
    handler: Handler,
    *,
    host: str,
    port: int,
    receive_buffer: int = RECEIVE_BUFFER,
    tap: Tap | None = None,
) -> Endpoint:
    """Open a UDP socket and answer requests through `handler`; raises `PortTaken`.

    Port 0 takes a free one. Nothing but CoAP over UDP is opened.
    """
    try:
        sock = bound_socket(host, port, receive_buffer)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(errno.EADDRINUSE, f"UDP port {port} on {host} is taken") from error
        raise
    stack = Stack(serversite=_Root(handler), loggername="feikong.coap")
    await stack.listen(sock, tap)
    return Endpoint(stack)


class _Root:
    """The whole site: aiocoap's own would copy every message to strip its path."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler

    async def render_to_pipe(self, pipe: Any) -> None:
        reply = await self._handler(_request_of(pipe.request))
        answer = Message(code=reply.code, payload=reply.payload)
        if reply.payload:
            answer.opt.content_format = CBOR
        if reply.max_age_s is not None:
            answer.opt.max_age = reply.max_age_s
        pipe.add_response(answer, is_last=True)


def _request_of(message: Any) -> Request:
    options = [int(option.number) for option in message.opt.option_list()]
    return Request(
        method=int(message.code),
        path=message.opt.uri_path,
        query=message.opt.uri_query if _URI_QUERY in options else (),
        content_format=message.opt.content_format,
        payload=message.payload,
        address=address_of(message.remote.sockaddr),
        # An odd number marks an option that must not be ignored.
        odd_options=tuple(n for n in options if n & 1 and n not in _SPOKEN),
    )


def _transport_tuning(tuning: Tuning) -> TransportTuning:
    transport = TransportTuning()
    transport.ACK_TIMEOUT = tuning.first_wait_s
    transport.MAX_RETRANSMIT = tuning.retransmissions
    return transport
