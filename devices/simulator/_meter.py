"""One meter on the air."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from zlib import crc32

from devices.coap import Endpoint, NoAnswer, Reply, Request, Tuning, codes, open_endpoint
from devices.codec import (
    BadMessage,
    Delivery,
    Envelope,
    Event,
    EventKind,
    Mode,
    Registration,
    Result,
    Telemetry,
    Welcome,
)

from ._air import Air
from ._faults import Faults
from ._load import Load
from ._memory import TAKEN, Memory

_RECEIVE_BUFFER = 2**16
_PATIENCE = Tuning(first_wait_s=2.0, retransmissions=4, timeout_s=60.0)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a meter is: its serial, its household, how it sleeps, who presses its button.

    It counts from zero at `installed_at`, or at the start of the load.
    With `presses_button` the customer stands beside it and presses as soon as it is permitted.
    """

    serial: str
    load: Load
    installed_at: datetime | None = None
    mode: Mode = Mode.DRX
    presses_button: bool = False
    faults: Faults = field(default_factory=Faults)
    tuning: Tuning = _PATIENCE


class SimulatedMeter:
    """Reports, obeys, remembers. `head_end` is the address it talks to and may be changed."""

    def __init__(
        self,
        plan: Plan,
        *,
        head_end: str,
        now: Callable[[], datetime],
        memory: Memory | None = None,
        seed: int = 0,
    ) -> None:
        self.plan = plan
        self.head_end = head_end
        self.memory = memory or Memory(counted_until=plan.installed_at or plan.load.starts_at)
        self.faults = plan.faults
        self.jitter_s = 0
        self.refused = 0
        self._now = now
        self._air = Air(self.faults, Random(f"{seed}:{plan.serial}"), self._is_listening)  # ruff: ignore[suspicious-non-cryptographic-random-usage] # repeatable on purpose
        self._endpoint: Endpoint | None = None
        self._speaking = 0
        self._turn = asyncio.Lock()
        self._due: EventKind | None = None
        self._telling: set[asyncio.Task[bool]] = set()

    @property
    def address(self) -> str:
        """Return where it can be reached."""
        assert self._endpoint is not None, "the meter is switched off"
        return f"127.0.0.1:{self._endpoint.port}"

    @property
    def clock(self) -> datetime:
        """Return what the meter believes the time is."""
        return self._now() + self.faults.skew

    async def start(self) -> bool:
        """Switch on and register; False where nobody answered."""
        host = "127.0.0.1" if self.head_end.startswith("127.") else "::"
        self._endpoint = await open_endpoint(
            self._answer, host=host, port=0, receive_buffer=_RECEIVE_BUFFER, tap=self._air
        )
        self.memory.boot += 1
        return await self.register()

    async def stop(self) -> None:
        """Switch off; what is in `memory` stays."""
        for telling in list(self._telling):
            telling.cancel()
        await asyncio.gather(*self._telling, return_exceptions=True)
        if self._endpoint is not None:
            await self._endpoint.close()
            self._endpoint = None

    async def reboot(self) -> bool:
        """Lose power for a moment: the port changes, the memory stays."""
        await self.stop()
        return await self.start()

    async def register(self) -> bool:
        """Introduce itself (`/r`) and take over the server's time if it had none."""
        memory = self.memory
        registration = Registration(
            at=None if self.faults.clock_unset else self.clock,
            firmware="sim-1",
            hardware="sim",
            mode=self.plan.mode,
            status=memory.status,
            last_seq=memory.last_seq,
            boot=memory.boot,
        )
        try:
            async with self._turn:
                reply = await self._post("r", registration.packed())
            welcome = Welcome.unpacked(reply.payload) if reply.is_success else None
        except (NoAnswer, BadMessage):
            return False
        if welcome is None:
            return False
        self.faults.clock_unset = False
        self.jitter_s = crc32(self.plan.serial.encode()) % (welcome.jitter_s or 1)
        return True

    async def report(self, at: datetime | None = None) -> bool:
        """Read the registers at `at` (now) and send all that is unsent, oldest first.

        False where something stays unsent: it goes with the next report, unchanged.
        """
        at = at or self._now()
        memory = self.memory
        was_open = memory.output_state
        memory.advance(self.plan.load, at)
        if memory.output_state != was_open:
            self._due = EventKind.OUTPUT_CHANGED
        memory.n += 1
        sharp, peak, flat, valley, deep_valley = memory.periods_wh
        memory.unsent.append(
            Telemetry(
                n=memory.n,
                at=at + self.faults.skew,
                total_wh=sum(memory.periods_wh),
                periods_wh=(sharp, peak, flat, valley, deep_valley),
                status=memory.status,
                last_seq=memory.last_seq,
            )
        )
        return await self.flush()

    async def flush(self) -> bool:
        """Send the reports that are still unsent; False where some remain."""
        if not self._is_listening():
            return False
        try:
            async with self._turn:
                return await self._send_unsent()
        except NoAnswer:
            return False

    async def press_button(self) -> bool:
        """Press for three seconds: closes the output if permitted, and calls in at once anyway."""
        self.memory.advance(self.plan.load, self._now())
        closed = self.memory.press_button()
        self._due = EventKind.BUTTON_PRESSED
        await self._tell()
        return closed

    async def settled(self) -> None:
        """Wait until the meter has said what it has to say."""
        while self._telling:
            await asyncio.wait(self._telling)
        async with self._turn:
            pass

    def shift_registers(self, wh: int) -> None:
        """Make the flat register jump, or run backwards."""
        self.memory.periods_wh[2] += wh

    def replay_datagram(self) -> None:
        """Send the last datagram again, byte for byte."""
        assert self._endpoint is not None
        assert self._air.last_sent is not None
        self._endpoint.send_raw(self._air.last_sent, self.head_end)

    async def _answer(self, request: Request) -> Reply:
        if request.path != ("x",):
            return Reply(codes.NOT_FOUND)
        if request.method != codes.POST:
            return Reply(codes.METHOD_NOT_ALLOWED)
        try:
            envelope = Envelope.unpacked(request.payload)
        except BadMessage as error:
            return Reply(error.code)
        result = self._execute(envelope)
        if self._due:
            telling = asyncio.create_task(self._tell())
            self._telling.add(telling)
            telling.add_done_callback(self._telling.discard)
        return Reply(codes.CHANGED, result.packed())

    def _execute(self, envelope: Envelope) -> Result:
        self.memory.advance(self.plan.load, self._now())
        result = self.memory.execute(
            envelope,
            self.clock,
            clock_is_set=not self.faults.clock_unset,
            ghost=self.faults.ghost,
        )
        if result.code in TAKEN:
            self._due = EventKind.OUTPUT_CHANGED
        return result

    async def _send_unsent(self) -> bool:
        unsent = self.memory.unsent
        while unsent:
            reply = await self._post("t", unsent[0].packed())
            if reply.code == codes.UNAVAILABLE:
                return False
            unsent.popleft()
            self.refused += not reply.is_success
            await self._obey(reply)
        if self._due:
            await self._obey(None)
        return True

    async def _tell(self) -> bool:
        try:
            async with self._turn:
                await self._obey(None)
        except NoAnswer:
            return False
        return True

    async def _obey(self, reply: Reply | None) -> None:
        """Go on until there is neither a command in the last answer nor an event to tell."""
        while True:
            if reply is not None and reply.is_success and reply.payload:
                result = self._execute(Delivery.unpacked(reply.payload).envelope)
                reply = await self._post("c", result.packed())
            elif self._due:
                kind, self._due = self._due, None
                reply = await self._post("e", self._event(kind).packed())
                if self.plan.presses_button and self.memory.press_button():
                    self._due = EventKind.BUTTON_PRESSED
            else:
                return

    def _event(self, kind: EventKind) -> Event:
        memory = self.memory
        memory.events += 1
        return Event(memory.events, self.clock, kind, memory.status, memory.last_seq)

    async def _post(self, path: str, payload: bytes) -> Reply:
        assert self._endpoint is not None, "the meter is switched off"
        self._speaking += 1
        try:
            return await self._endpoint.post(
                self.head_end,
                path,
                payload,
                query=(f"ep={self.plan.serial}",),
                tuning=self.plan.tuning,
            )
        finally:
            self._speaking -= 1

    def _is_listening(self) -> bool:
        # Who speaks also listens: a press of the button calls in even from deep sleep.
        asleep_until = self.faults.asleep_until
        return self._speaking > 0 or asleep_until is None or self._now() >= asleep_until
