"""The head end: one socket, heard and spoken through."""

import asyncio
import logging
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from time import monotonic

from devices.coap import CBOR, Endpoint, Reply, Request, codes, dotted, open_endpoint
from devices.codec import PAYLOAD_MAX, BadMessage
from runtime import clock

from ._contacts import Contacts
from ._doors import Doors
from ._downlink import Delivered, Downlink
from ._gathering import Gathering, NotHeard
from ._limits import Limits
from ._link import CoapLink, MeterLink
from ._metrics import REFUSED, REQUESTS
from ._serials import Serials
from ._uplink import Uplinks

_log = logging.getLogger(__name__)

_SERIAL = re.compile(r"ep=([0-9A-Za-z-]{1,20})")


class PlainCoapRefused(Exception):
    """Commands leave only protected; plain CoAP is for the demo and for tests."""

    def __init__(self) -> None:
        super().__init__(
            "plain CoAP is refused: without OSCORE anyone can replay a command "
            "(the demo and test profiles allow it)"
        )


class _Refused(Exception):
    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.reply = Reply(code)
        self.reason = reason


class HeadEnd:
    """Owns the socket that the meters talk to. `start`, then `deliver` as wanted, then `stop`.

    `now` tells business time; `elapsed` the seconds that rests and windows are counted in.
    """

    def __init__(
        self,
        *,
        plain_allowed: bool,
        now: Callable[[], datetime] = clock.now,
        elapsed: Callable[[], float] = monotonic,
        doors: Doors | None = None,
        limits: Limits | None = None,
    ) -> None:
        if not plain_allowed:
            raise PlainCoapRefused
        self._doors = doors or Doors.of_the_house()
        self._now = now
        self._elapsed = elapsed
        self._limits = limits or Limits()
        self._inside = 0
        self._stopping = False
        self._empty = asyncio.Event()
        self._empty.set()

    async def start(self, *, host: str = "::", port: int = 5683) -> int:
        """Open the socket and return its port; raises `PortTaken`. Port 0 takes a free one."""
        contacts = Contacts(self._limits, self._elapsed)
        gathering = Gathering(self._doors.hear, self._now, self._limits)
        self._serials = Serials(self._doors.meters_of, self._limits, self._elapsed)
        uplinks = Uplinks(
            self._doors,
            now=self._now,
            limits=self._limits,
            contacts=contacts,
            gathering=gathering,
        )
        self._paths = {
            "r": uplinks.register,
            "t": uplinks.report,
            "e": uplinks.event,
            "c": uplinks.result,
        }
        self._endpoint: Endpoint = await open_endpoint(self._answer, host=host, port=port)
        self._gathering = asyncio.create_task(gathering.run())
        link: MeterLink = CoapLink(self._endpoint, self._limits.tunings)
        self._downlink = Downlink(self._doors, now=self._now, contacts=contacts, link=link)
        return self._endpoint.port

    async def stop(self) -> None:
        """Take nothing more, let those inside be answered, close the socket."""
        if self._stopping:
            return
        self._stopping = True
        with suppress(TimeoutError):
            await asyncio.wait_for(self._empty.wait(), self._limits.hear_timeout_s)
        await self._downlink.stop()
        await self._endpoint.close()
        self._gathering.cancel()
        with suppress(asyncio.CancelledError):
            await self._gathering

    async def deliver(self, meter_id: int) -> Delivered:
        """Send what waits for this meter if it is awake. Safe at any time, however often."""
        return await self._downlink.deliver(meter_id)

    async def _answer(self, request: Request) -> Reply:
        path = request.path[0] if len(request.path) == 1 else ""
        self._inside += 1
        self._empty.clear()
        try:
            reply = await self._admitted(path, request)
        except BadMessage as error:
            REFUSED.labels("malformed").inc()
            _log.info("a message on /%s was refused: %s", path, error.reason)
            reply = Reply(error.code)
        except _Refused as error:
            REFUSED.labels(error.reason).inc()
            reply = error.reply
        except Exception as error:  # ruff: ignore[blind-except] # the edge: the meter shall come again
            if not isinstance(error, NotHeard):
                _log.exception("an uplink on /%s failed", path)
            reply = Reply(codes.UNAVAILABLE, max_age_s=self._limits.retry_after_s)
        finally:
            self._inside -= 1
            if not self._inside:
                self._empty.set()
        REQUESTS.labels(path if path in self._paths else "other", dotted(reply.code)).inc()
        return reply

    async def _admitted(self, path: str, request: Request) -> Reply:
        if self._stopping or self._inside > self._limits.waiting_max:
            return Reply(codes.UNAVAILABLE, max_age_s=self._limits.retry_after_s)
        take = self._paths.get(path)
        if take is None:
            raise _Refused(codes.NOT_FOUND, "unknown path")
        if request.method != codes.POST:
            raise _Refused(codes.METHOD_NOT_ALLOWED, "unknown method")
        if len(request.payload) > PAYLOAD_MAX:
            raise _Refused(codes.TOO_LARGE, "too large")
        if request.odd_options:
            raise _Refused(codes.BAD_OPTION, "unknown option")
        if request.content_format != CBOR:
            raise _Refused(codes.UNSUPPORTED_FORMAT, "not CBOR")
        named = _SERIAL.fullmatch(request.query[0]) if len(request.query) == 1 else None
        if named is None:
            raise _Refused(codes.BAD_REQUEST, "no serial")
        meter_id = await self._serials.meter_of(named[1])
        if meter_id is None:
            raise _Refused(codes.NOT_FOUND, "unknown meter")
        return await take(meter_id, request.address, request.payload)
