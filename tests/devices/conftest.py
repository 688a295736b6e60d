"""A town of paper: the domain's doors without a database, so that the wire can be tested alone."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from devices.coap import Endpoint, Reply, Tuning, open_endpoint
from devices.codec import Mode
from devices.headend import Doors, HeadEnd, Limits
from devices.simulator import Fleet, Load, Plan, SimulatedMeter
from domain.command import Envelope, Heard, Link, Uplink, Verb

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
QUICK = Tuning(first_wait_s=0.1, retransmissions=3, timeout_s=3.0)
IMPATIENT = Tuning(first_wait_s=0.1, retransmissions=2, timeout_s=1.0)
LIMITS = Limits(
    tunings=dict.fromkeys(Mode, IMPATIENT),
    rest_first_s=0.4,
)


class Town:
    """Keeps what was said and tells what is queued, as the domain would."""

    def __init__(self) -> None:
        self.now = NOW
        self.elapsed_s = 0.0
        self.installed: dict[str, int] = {}
        self.groups: list[list[Uplink]] = []
        self.commands: dict[int, list[Envelope]] = {}
        self.results: list[tuple[int, int]] = []
        self.unanswered: list[int] = []
        self.questions = 0
        self.dispatched = 0
        self.links: dict[int, Link] = {}
        self.open = asyncio.Event()
        self.open.set()
        self.broken = False
        self._numbers = count(1)

    def clock(self) -> datetime:
        return self.now

    def elapsed(self) -> float:
        return self.elapsed_s

    @property
    def uplinks(self) -> list[Uplink]:
        return [uplink for group in self.groups for uplink in group]

    def command(self, meter_id: int, verb: Verb, **changes) -> Envelope:
        number = next(self._numbers)
        fields = {
            "command_id": 1000 + number,
            "meter_id": meter_id,
            "seq": number,
            "verb": verb,
            "args": {},
            "not_before": self.now,
            "expires_at": self.now + timedelta(hours=2),
            **changes,
        }
        envelope = Envelope(**fields)
        self.commands.setdefault(meter_id, []).append(envelope)
        return envelope

    def doors(self) -> Doors:
        return Doors(
            meters_of=self._meters_of,
            hear=self._hear,
            dispatch=self._dispatch,
            record_result=self._record_result,
            record_unanswered=self._record_unanswered,
            link_of=self._link_of,
        )

    async def _meters_of(self, serials):
        self.questions += 1
        return {serial: self.installed[serial] for serial in serials if serial in self.installed}

    async def _hear(self, uplinks, *, now):
        await self.open.wait()
        if self.broken:
            raise ConnectionError("the database is away")
        self.groups.append(list(uplinks))
        return [
            Heard(uplink.meter_id, None, bool(self.commands.get(uplink.meter_id)))
            for uplink in uplinks
        ]

    async def _dispatch(self, meter_id, *, now):
        self.dispatched += 1
        if self.broken:
            raise ConnectionError("the database is away")
        waiting = self.commands.get(meter_id)
        return waiting.pop(0) if waiting else None

    async def _record_result(self, command_id, *, meter_id, code, supply, now):
        self.results.append((command_id, code))
        return command_id > 1000

    async def _record_unanswered(self, command_id, *, now):
        self.unanswered.append(command_id)

    async def _link_of(self, meter_id):
        return self.links.get(meter_id)


@pytest.fixture
def town() -> Town:
    return Town()


@pytest.fixture
async def head_end(town: Town) -> AsyncIterator[HeadEnd]:
    head_end = head_end_of(town)
    town.port = await head_end.start(host="127.0.0.1", port=0)
    yield head_end
    town.open.set()
    await head_end.stop()


@pytest.fixture
async def meters(town: Town, head_end: HeadEnd) -> AsyncIterator[Callable[..., SimulatedMeter]]:
    """Give a maker of installed, registered meters: `meter = await meters("M1", mode=...)`."""
    made = []

    async def make(serial: str = "M1", **plan) -> SimulatedMeter:
        town.installed[serial] = len(town.installed) + 1
        meter = SimulatedMeter(
            Plan(serial, load(), **{"tuning": QUICK, **plan}),
            head_end=f"127.0.0.1:{town.port}",
            now=town.clock,
        )
        made.append(meter)
        assert await meter.start()
        return meter

    yield make
    await asyncio.gather(*(meter.stop() for meter in made))


@pytest.fixture
async def stranger() -> AsyncIterator[Endpoint]:
    """Give a bare client."""

    async def deaf(_) -> Reply:
        return Reply(0x84)

    endpoint = await open_endpoint(deaf, host="127.0.0.1", port=0)
    yield endpoint
    await endpoint.close()


def head_end_of(town: Town, **limits) -> HeadEnd:
    return HeadEnd(
        plain_allowed=True,
        now=town.clock,
        elapsed=town.elapsed,
        doors=town.doors(),
        limits=replace(LIMITS, **limits),
    )


def load(*hourly_wh: int) -> Load:
    return Load(hourly_wh or (600,), NOW - timedelta(hours=2), lambda hour: hour.hour % 5)


def fleet(town: Town, serials, **plan) -> Fleet:
    for serial in serials:
        town.installed[serial] = len(town.installed) + 1
    return Fleet(
        [Plan(serial, load(), **{"tuning": QUICK, **plan}) for serial in serials],
        head_end=f"127.0.0.1:{town.port}",
        now=town.clock,
    )


async def until(condition: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait until something is true, and no longer than that."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.005)
