"""Send what waits to a meter that is awake."""

import asyncio
import logging
from asyncio import sleep
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from weakref import WeakValueDictionary

from devices.coap import NoAnswer
from devices.codec import Mode, Result
from domain.command import Envelope, Verb

from ._contacts import Contact, Contacts
from ._doors import Doors
from ._link import MeterLink
from ._metrics import DELIVERIES
from ._uplink import supply_of

_log = logging.getLogger(__name__)

_URGENT = frozenset({Verb.PERMIT_CLOSE, Verb.CLOSE, Verb.KEEP_ON})
_ROUNDS_MAX = 8  # commands in one delivery


class Delivered(StrEnum):
    """How a delivery ended.

    NOTHING may go out now. ASLEEP: the meter does not listen, its next report will be answered.
    ANSWERED with a result. UNANSWERED: unknown, the command waits. OVERTAKEN by a close.
    """

    NOTHING = "nothing"
    ASLEEP = "asleep"
    ANSWERED = "answered"
    UNANSWERED = "unanswered"
    OVERTAKEN = "overtaken"


@dataclass(eq=False, slots=True)
class _Flight:
    envelope: Envelope
    sending: asyncio.Task[Result]
    overtaken: bool = field(default=False)


class Downlink:
    """One command in flight for each meter; only a close may overtake one without an answer."""

    def __init__(
        self, doors: Doors, *, now: Callable[[], datetime], contacts: Contacts, link: MeterLink
    ) -> None:
        self._doors = doors
        self._now = now
        self._contacts = contacts
        self._link = link
        self._flights: dict[int, _Flight] = {}
        self._locks: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._retries: set[asyncio.Task[None]] = set()

    async def deliver(self, meter_id: int) -> Delivered:
        """Send the meter's commands one by one until none may go, or none is answered."""
        urgent = None
        flight = self._flights.get(meter_id)
        if flight is not None and flight.envelope.verb not in _URGENT:
            # The house gives out only what may follow an unresolved command: closes fail open.
            urgent = await self._doors.dispatch(meter_id, now=self._now())
            if urgent is None:
                return Delivered.NOTHING
            flight.overtaken = True
            flight.sending.cancel()
        lock = self._locks.setdefault(meter_id, asyncio.Lock())
        async with lock:
            delivered = await self._send_all(meter_id, urgent)
        DELIVERIES.labels(delivered).inc()
        return delivered

    async def stop(self) -> None:
        """Give up what would have been tried again."""
        for retry in self._retries:
            retry.cancel()
        await asyncio.gather(*self._retries, return_exceptions=True)

    async def _send_all(self, meter_id: int, envelope: Envelope | None) -> Delivered:
        delivered = Delivered.NOTHING
        for _ in range(_ROUNDS_MAX):
            contact = await self._contact_of(meter_id)
            if envelope is None:
                # Asked before dispatch: a command is not marked sent for a meter that sleeps.
                if contact is None or not self._contacts.is_awake(contact):
                    return Delivered.ASLEEP if delivered is Delivered.NOTHING else delivered
                envelope = await self._doors.dispatch(meter_id, now=self._now())
            if envelope is None:
                return delivered
            assert contact is not None, "a meter with a command in flight has an address"
            delivered = await self._send(envelope, contact)
            if delivered is not Delivered.ANSWERED:
                return delivered
            envelope = None
        return delivered

    async def _send(self, envelope: Envelope, contact: Contact) -> Delivered:
        meter_id = envelope.meter_id
        sending = asyncio.create_task(self._link.send(envelope, contact.address, mode=contact.mode))
        flight = self._flights[meter_id] = _Flight(envelope, sending)
        try:
            result = await sending
        except NoAnswer:
            delivered = Delivered.UNANSWERED
        except asyncio.CancelledError:
            if not flight.overtaken:
                sending.cancel()
                raise
            delivered = Delivered.OVERTAKEN
        else:
            delivered = Delivered.ANSWERED
            await self._record(result, contact, meter_id)
        finally:
            del self._flights[meter_id]
        if delivered is Delivered.UNANSWERED:
            self._leave_alone(meter_id, contact)
        if delivered is not Delivered.ANSWERED:
            await self._doors.record_unanswered(envelope.command_id, now=self._now())
        return delivered

    def _leave_alone(self, meter_id: int, contact: Contact) -> None:
        # The command waits again at once; without a rest an unreachable meter would be a hot loop.
        resting = self._contacts.rest(meter_id, contact)
        if resting is not None and resting.mode is Mode.DRX:
            retry = asyncio.create_task(self._retry(meter_id, resting))
            self._retries.add(retry)
            retry.add_done_callback(self._retries.discard)

    async def _retry(self, meter_id: int, resting: Contact) -> None:
        await sleep(resting.rest_s)
        self._contacts.wake(meter_id, resting)
        try:
            await self.deliver(meter_id)
        except Exception:  # ruff: ignore[blind-except] # the edge: nobody else would try again
            _log.exception("delivery to meter %d failed", meter_id)
            self._leave_alone(meter_id, self._contacts.of(meter_id) or resting)

    async def _record(self, result: Result, contact: Contact, meter_id: int) -> None:
        latest = self._contacts.of(meter_id) or contact  # it may have moved while it was asked
        self._contacts.note(meter_id, latest.address, latest.mode)
        await self._doors.record_result(
            result.command_id,
            meter_id=meter_id,
            code=result.code,
            supply=supply_of(result.status) if result.status else None,
            now=self._now(),
        )

    async def _contact_of(self, meter_id: int) -> Contact | None:
        contact = self._contacts.of(meter_id)
        if contact is None:
            link = await self._doors.link_of(meter_id)
            if link is not None:
                contact = Contact(link.address, Mode(link.mode), None)
        return contact
