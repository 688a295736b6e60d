"""CoAP: one UDP socket that asks and answers. The only place that knows aiocoap.

An `Endpoint` answers through one handler, `Request -> Reply`, and asks with `post` from the same
socket, because a meter behind a NAT is reachable only from where it last sent to. An address is
an opaque text. A request without an answer raises `NoAnswer`: what became of it is unknown.
"""

from . import _exchange as codes
from ._endpoint import Endpoint, NoAnswer, PortTaken, Tuning, open_endpoint
from ._exchange import CBOR, Handler, Reply, Request, dotted
from ._socket import Tap

__all__ = [
    "CBOR",
    "Endpoint",
    "Handler",
    "NoAnswer",
    "PortTaken",
    "Reply",
    "Request",
    "Tap",
    "Tuning",
    "codes",
    "dotted",
    "open_endpoint",
]
