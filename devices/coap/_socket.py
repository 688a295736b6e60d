"""The socket under the endpoint, and aiocoap bent where it would not hold."""

import ipaddress
import socket
from contextlib import suppress
from typing import Any, Protocol

from aiocoap import CON, Context
from aiocoap.messagemanager import MessageManager
from aiocoap.numbers.constants import TransportTuning
from aiocoap.pipe import error_to_message, run_driving_pipe
from aiocoap.tokenmanager import TokenManager
from aiocoap.transports.udp6 import MessageInterfaceUDP6, UDP6EndpointAddress
from aiocoap.util import socknumbers


class Tap(Protocol):
    """Looks at each datagram and says whether it passes: how the simulator loses and records."""

    def incoming(self, datagram: bytes) -> bool:
        """Tell whether a datagram that arrived is heard."""

    def outgoing(self, datagram: bytes) -> bool:
        """Tell whether a datagram to be sent really leaves."""


class IncomingTuning(TransportTuning):  # type: ignore[misc]  # aiocoap is untyped
    """An uplink is acknowledged when it is durable, never just because time passes."""

    EMPTY_ACK_DELAY = 60.0


INCOMING = IncomingTuning()


class Messages(MessageManager):  # type: ignore[misc]
    """The message layer, with work per message that does not grow with the number of meters."""

    def dispatch_message(self, message: Any) -> None:
        message.transport_tuning = INCOMING
        super().dispatch_message(message)

    def _continue_backlog(self, remote: Any) -> None:
        # NSTART is 1: the exchange that has just ended was the only one with this remote, so
        # there is no need to look through all the others.
        backlog = self._backlogs.get(remote)
        while backlog:
            message, monitor = backlog.pop(0)
            self._send_initially(message, monitor)
            if message.mtype is CON:
                return
        self._backlogs.pop(remote, None)

    def abandon(self, message: Any) -> None:
        """Stop retransmitting: aiocoap would go on for a request that nobody waits for."""
        exchange = (self._active_exchanges or {}).pop((message.remote, message.mid), None)
        if exchange is not None:
            exchange[1].cancel()
            self._continue_backlog(message.remote)


class Datagrams(MessageInterfaceUDP6):  # type: ignore[misc]
    """The datagram layer. Hot uplinks may one day be answered here, from the bytes."""

    tap: Tap | None = None

    def datagram_msg_received(self, data: bytes, ancdata: Any, flags: int, address: Any) -> None:
        if self.tap is None or self.tap.incoming(data):
            with suppress(UnicodeDecodeError):  # aiocoap lets what is no text in an option through
                super().datagram_msg_received(data, ancdata, flags, address)

    def send(self, message: Any) -> None:
        if self.tap is None or self.tap.outgoing(message.encode()):
            super().send(message)


class Stack(Context):  # type: ignore[misc]
    """aiocoap's context over our own layers."""

    messages: Messages
    datagrams: Datagrams

    async def listen(self, sock: socket.socket, tap: Tap | None) -> None:
        """Serve this socket."""
        tokens = TokenManager(self)
        self.messages = Messages(tokens)
        self.datagrams = await Datagrams._create_transport_endpoint(  # ruff: ignore[private-member-access] # no other way to bring a socket
            sock, self.messages, log=self.log, loop=self.loop
        )
        _ignore_icmp(sock)
        self.datagrams.tap = tap
        self.messages.message_interface = self.datagrams
        tokens.token_interface = self.messages
        self.request_interfaces.append(tokens)

    def render_to_pipe(self, pipe: Any) -> None:
        # The original names each task by the repr of its request: an eighth of the whole cost.
        run_driving_pipe(error_to_message(pipe, self.log), self.serversite.render_to_pipe(pipe))

    def remote_at(self, address: str) -> Any:
        """Return the remote that an address text means."""
        return UDP6EndpointAddress(sockaddr_of(address), self.datagrams)


def bound_socket(host: str, port: int, receive_buffer: int) -> socket.socket:
    """Return a UDP socket of ours alone: without SO_REUSEPORT, nobody can share our meters.

    Raises OSError when the port is taken.
    """
    sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    try:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        # A burst of reports that overflows the buffer looks like radio loss.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        sock.bind((_mapped(host), port))
    except OSError:
        sock.close()
        raise
    return sock


def _ignore_icmp(sock: socket.socket) -> None:
    """Undo what aiocoap asks of the socket: to be told where a port or a host is unreachable.

    libuv, on which the head end runs, stops reading a socket that has such an error for it, for
    good: one meter that was gone before its answer came made the head end deaf to all of them. And
    anybody may forge the error; who does not answer is found out by waiting.
    """
    if socknumbers.HAS_RECVERR:
        sock.setsockopt(socket.IPPROTO_IPV6, socknumbers.IPV6_RECVERR, 0)
        sock.setsockopt(socket.IPPROTO_IP, socknumbers.IP_RECVERR, 0)


def address_of(sockaddr: tuple[str, int, int, int]) -> str:
    """Return the text of a socket address: 192.0.2.1:5683, [2001:db8::1]:5683, [fe80::1%3]:5683."""
    host, port, _, scope = sockaddr
    ip = ipaddress.IPv6Address(host.partition("%")[0])
    if ip.ipv4_mapped is not None:
        return f"{ip.ipv4_mapped}:{port}"
    return f"[{ip}%{scope}]:{port}" if scope else f"[{ip}]:{port}"


def sockaddr_of(address: str) -> tuple[str, int, int, int]:
    """Return the socket address that a text says; raises ValueError where it says none."""
    host, _, port = address.rpartition(":")
    ip, _, scope = host.strip("[]").partition("%")
    return _mapped(ip), int(port), 0, int(scope or 0)


def _mapped(host: str) -> str:
    ip = ipaddress.ip_address(host)
    return f"::ffff:{ip}" if ip.version == 4 else str(ip)  # ruff: ignore[magic-value-comparison]
