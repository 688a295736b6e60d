"""What meters send: heard, made durable, answered with what waits for them."""

import logging
from collections.abc import Callable
from datetime import datetime

from devices.coap import Reply, codes
from devices.codec import Delivery, Event, Mode, Registration, Result, Status, Telemetry, Welcome
from domain.command import Heard, SupplyState, Uplink
from domain.metering import FurtherReading, Reading

from ._contacts import Contacts
from ._doors import Doors
from ._gathering import Gathering
from ._limits import Limits
from ._link import on_the_wire

_log = logging.getLogger(__name__)


class Uplinks:
    """One method for each path; each gets the meter, where it is, and what it said."""

    def __init__(
        self,
        doors: Doors,
        *,
        now: Callable[[], datetime],
        limits: Limits,
        contacts: Contacts,
        gathering: Gathering,
    ) -> None:
        self._doors = doors
        self._now = now
        self._limits = limits
        self._contacts = contacts
        self._gathering = gathering

    async def register(self, meter_id: int, address: str, payload: bytes) -> Reply:
        """`/r`: the meter tells how it sleeps and learns the time."""
        said = Registration.unpacked(payload)
        await self._note(meter_id, address, said.mode)
        heard = await self._gathering.submit(
            Uplink(
                meter_id=meter_id,
                reading=None,
                supply=supply_of(said.status),
                last_seq=said.last_seq,
                reported_at=said.at or self._now(),
                address=address,
                mode=said.mode,
            )
        )
        welcome = Welcome(
            server_at=self._now(),
            more=heard.waiting,
            report_period_s=self._limits.report_period_s,
            jitter_s=self._limits.jitter_s,
        )
        return Reply(codes.CREATED, welcome.packed())

    async def report(self, meter_id: int, address: str, payload: bytes) -> Reply:
        """`/t`: registers and state."""
        said = Telemetry.unpacked(payload)
        reading = Reading(
            meter_id=meter_id,
            n=said.n,
            measured_at=said.at,
            total_wh=said.total_wh,
            periods_wh=said.periods_wh,
        )
        return await self._take(meter_id, address, said, reading)

    async def event(self, meter_id: int, address: str, payload: bytes) -> Reply:
        """`/e`: something happened; the state just after it."""
        return await self._take(meter_id, address, Event.unpacked(payload), None)

    async def result(self, meter_id: int, address: str, payload: bytes) -> Reply:
        """`/c`: what became of a command that rode in an answer."""
        said = Result.unpacked(payload)
        await self._note(meter_id, address)
        known = await self._doors.record_result(
            said.command_id,
            meter_id=meter_id,
            code=said.code,
            supply=supply_of(said.status) if said.status else None,
            now=self._now(),
        )
        return await self._told(meter_id) if known else Reply(codes.NOT_FOUND)

    async def _take(
        self, meter_id: int, address: str, said: Telemetry | Event, reading: Reading | None
    ) -> Reply:
        mode = await self._note(meter_id, address)
        heard: Heard = await self._gathering.submit(
            Uplink(
                meter_id=meter_id,
                reading=reading,
                supply=supply_of(said.status),
                last_seq=said.last_seq,
                reported_at=said.at,
                address=address,
                mode=mode,
                further=further_of(meter_id, said),
            )
        )
        return await self._told(meter_id) if heard.waiting else Reply(codes.CHANGED)

    async def _told(self, meter_id: int) -> Reply:
        """Answer with the next command, if one may go out now."""
        try:
            envelope = await self._doors.dispatch(meter_id, now=self._now())
            if envelope is None:
                return Reply(codes.CHANGED)
            delivery = Delivery(on_the_wire(envelope), server_at=self._now())
            return Reply(codes.CHANGED, delivery.packed())
        except Exception:  # ruff: ignore[blind-except] # the edge, see below
            # What the meter said is durable: it gets its answer, the command waits for the next.
            _log.exception("dispatch failed for meter %d", meter_id)
            return Reply(codes.CHANGED)

    async def _note(self, meter_id: int, address: str, mode: Mode | None = None) -> Mode:
        if mode is None:
            mode = await self._mode_of(meter_id)
        self._contacts.note(meter_id, address, mode)
        return mode

    async def _mode_of(self, meter_id: int) -> Mode:
        contact = self._contacts.of(meter_id)
        if contact is not None:
            return contact.mode
        link = await self._doors.link_of(meter_id)
        return Mode(link.mode) if link else Mode.DRX


def further_of(meter_id: int, said: Telemetry | Event) -> FurtherReading | None:
    """Return what a report says beside the energy that was delivered, if it does."""
    if not isinstance(said, Telemetry):
        return None
    export, (taken, given) = said.export_wh, said.reactive_varh or (None, None)
    if export is None and said.reactive_varh is None and said.demand is None:
        return None
    return FurtherReading(
        meter_id,
        said.at,
        export[0] if export else None,
        taken,
        given,
        export[1:] if export else None,
        said.demand,
    )


def supply_of(status: Status) -> SupplyState:
    """Return the supply state that a meter's status says."""
    return SupplyState(
        output_state=status.output_state,
        control_state=status.control_state,
        keep=status.keep,
        alarm=status.alarm,
    )
