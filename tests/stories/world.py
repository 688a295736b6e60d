"""The world of the stories: the whole house, meters on real CoAP, people, and driven time.

Business time stands still until the story moves it. Nothing here waits for a while: everything
waits for a condition, with a bound.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any
from uuid import uuid4

import httpx
from websockets.asyncio.client import connect

from api import open_keys, ready_sign_in
from auth import SigningIdentity, signed_headers
from cli.demo._quiet import until_quiet
from devices.coap import Tuning
from devices.codec import Mode
from devices.simulator import Load, Plan, SimulatedMeter
from domain import identity
from domain.base import rows
from runtime import clock as runtime_clock
from runtime.clock import DrivenClock
from tests import seed
from tests.api.conftest import DOCUMENTS
from tests.stories.wire import Address, Wire
from workers.gateways import RecordingGateway

REPORT_EVERY = timedelta(hours=2)
PATIENT = Tuning(first_wait_s=0.3, retransmissions=6, timeout_s=30.0)
STAFF = {"inspector": "13900000001", "operator": "13700000001", "chief": "13700000002"}
CHANNEL = SigningIdentity("hmac-sha256", "key-D1", "secret")
PEAK = 1
SUPPLY = {(1, 1): "ON", (0, 0): "OFF", (0, 2): "READY_TO_CLOSE"}

_references = count(1)


@dataclass(eq=False)
class Household:
    """An account, its meter on the air, and the person who presses its button."""

    account_id: int
    number: str
    phone: str
    meter: SimulatedMeter
    wire: Wire

    @property
    def supply(self) -> str:
        """What the relay itself shows, in the words of the API; nobody was asked."""
        return SUPPLY[self.meter.memory.output_state, self.meter.memory.control_state]

    def is_off(self) -> bool:
        return self.supply == "OFF"

    async def commands(self) -> list[tuple[int, str]]:
        """Return (verb, state) of every command, oldest first."""
        found = await rows(
            "select verb, state from command where account_id = $1 order by id", self.account_id
        )
        return [(each["verb"], each["state"]) for each in found]


class Sms:
    """What the SMS provider was asked to send."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def asked(self) -> list[dict[str, Any]]:
        """Return every request, in order: repetitions of one message carry its one id."""
        text = self._path.read_text(encoding="utf-8") if self._path.exists() else ""
        return [json.loads(line) for line in text.splitlines()]

    def to(self, home: Household) -> list[str]:
        """Return the texts that reached a household's phone."""
        return [each["text"] for each in self._sent(home)]

    def kinds_to(self, home: Household) -> list[str]:
        """Return of what kind they were."""
        return [each["kind"] for each in self._sent(home)]

    def _sent(self, home: Household) -> list[dict[str, Any]]:
        once = {each["id"]: each for each in reversed(self.asked())}
        return [once[key] for key in sorted(once) if once[key]["phone"] == home.phone]


class World:
    """Everything that a story moves and looks at."""

    def __init__(self, clock: DrivenClock, api_url: str, head_end: Address, sms: Sms) -> None:
        self.clock = clock
        self.sms = sms
        self.gateway: RecordingGateway | None = None
        self.after_hand_over: Callable[[str], Any] | None = None
        self.quiet_within_s = 20.0
        self.report_every = REPORT_EVERY
        self.homes: list[Household] = []
        self._api_url = api_url
        self._head_end = head_end
        self._http = httpx.AsyncClient(base_url=api_url, timeout=10)
        self._report_at = clock.now() + REPORT_EVERY
        self._district_id = 0
        self._tokens: dict[str, str] = {}

    async def found(self) -> None:
        """Open the district and enrol its people."""
        self._district_id = await seed.district(now=self.clock.now())
        for who, phone in STAFF.items():
            role = "INSPECTOR" if who == "inspector" else "OPERATOR"
            mine = None if who == "chief" else self._district_id
            await identity.enrol(phone, role=role, name=who, district_id=mine)

    async def close(self) -> None:
        await asyncio.gather(*(home.meter.stop() for home in self.homes))
        for home in self.homes:
            home.wire.cut()
        await self._http.aclose()

    async def meter(
        self, *, prepaid: str = "5.00", hourly_wh: int = 5_000, mode: Mode = Mode.DRX
    ) -> Household:
        """Open an account with so much money and a meter that draws so much; it registers."""
        now = self.clock.now()
        opening_fen = int(prepaid.replace(".", ""))
        opened = await seed.home(self._district_id, now=now, opening_fen=opening_fen)
        wire = await Wire.laid(self._head_end)
        load = Load((hourly_wh,), now, lambda _: PEAK)
        plan = Plan(opened.serial, load, installed_at=now, mode=mode, tuning=PATIENT)
        meter = SimulatedMeter(plan, head_end=wire.address, now=self.clock.now)
        phone = f"138{opened.number.removeprefix('33')}"
        home = Household(opened.account_id, opened.number, phone, meter, wire)
        self.homes.append(home)
        assert await meter.start()
        return home

    async def drain(self) -> datetime | None:
        """Wait until all that is due now has happened; return the next due moment."""
        while True:
            said = self._carried()
            await asyncio.gather(*(home.meter.settled() for home in self.homes))
            due = await until_quiet(now=self.clock.now(), within_s=self.quiet_within_s)
            if self._carried() == said:
                return due

    async def passes(self, **duration: int) -> None:
        """Let time pass from one due moment or report to the next."""
        end = self.clock.now() + timedelta(**duration)
        due = await self.drain()
        while self._next(due) <= end:
            due = await self._step(due)
        self.clock.advance_to(end)
        await self.drain()

    async def until(self, true: Callable[[], bool], *, days: int = 3) -> None:
        """Let time pass until something is true."""
        end = self.clock.now() + timedelta(days=days)
        due = await self.drain()
        while not true():
            assert self.clock.now() < end, "it never came true"
            due = await self._step(due)

    async def report(self) -> None:
        """Let every meter report now."""
        await asyncio.gather(*(home.meter.report() for home in self.homes))
        await self.drain()

    async def press_button(self, home: Household) -> None:
        """Hold the button of the meter for three seconds."""
        await home.meter.press_button()
        await self.drain()

    async def pay(self, home: Household, amount: str, *, reference: str = "") -> httpx.Response:
        """Have the bank say that a household paid: signed, over HTTP."""
        url = f"{self._api_url}/channels/bank-D1/payments"
        body = json.dumps({
            "reference": reference or f"story-{next(_references)}",
            "account": home.number,
            "amount": amount,
            "currency": "CNY",
            "paid_at": self.clock.now().isoformat(),
        }).encode()
        nonce = f"nonce-{next(_references):08d}"
        signed = signed_headers(CHANNEL, method="POST", url=url, body=body, nonce=nonce)
        answer = await self._http.post(
            url, content=body, headers={**signed, "content-type": "application/json"}
        )
        assert answer.status_code == httpx.codes.OK, answer.text
        return answer

    async def graphql(self, operation: str, *, as_: Household | str = "", **variables: Any) -> Any:
        """Send an operation of the examples, as its app does; return the data."""
        headers = {"authorization": f"Bearer {await self.token(as_)}"} if as_ else {}
        body = {
            "query": DOCUMENTS[operation],
            "operationName": operation,
            "variables": {"key": str(uuid4())} | variables,
        }
        answer = (await self._http.post("/graphql", json=body, headers=headers)).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    @asynccontextmanager
    async def watch(self, home: Household) -> AsyncGenerator[AsyncIterator[dict[str, Any]]]:
        """Subscribe to a household's account as its customer; gives the events."""
        uri = self._api_url.replace("http", "ws", 1) + "/graphql"
        async with connect(uri, subprotocols=["graphql-transport-ws"]) as socket:  # type: ignore[list-item]
            token = f"Bearer {await self.token(home)}"
            await socket.send(
                json.dumps({
                    "type": "connection_init",
                    "payload": {"authorization": token},
                })
            )
            assert json.loads(await socket.recv())["type"] == "connection_ack"
            query = {"query": DOCUMENTS["AccountChanged"], "variables": {"number": home.number}}
            await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": query}))

            async def events() -> AsyncIterator[dict[str, Any]]:
                while True:
                    async with asyncio.timeout(self.quiet_within_s):
                        said = json.loads(await socket.recv())
                    assert said["type"] == "next", said
                    yield said["payload"]["data"]["accountChanged"]

            yield events()

    async def token(self, who: Household | str) -> str:
        """Sign somebody in: a household's customer, or one of the staff."""
        phone = STAFF[who] if isinstance(who, str) else who.phone
        if phone not in self._tokens:
            if isinstance(who, Household):
                person_id = await identity.enrol(phone, role="CUSTOMER", name="王")
                await identity.grant_access(person_id, who.account_id)
            wall = runtime_clock.wall()
            signed = await ready_sign_in(
                await open_keys(wall=wall), phone=phone, wall=wall, life=timedelta(hours=1)
            )
            self._tokens[phone] = signed.access.text
        return self._tokens[phone]

    def _carried(self) -> int:
        return sum(home.wire.carried for home in self.homes)

    def _next(self, due: datetime | None) -> datetime:
        return max(self.clock.now(), min(due or self._report_at, self._report_at))

    async def _step(self, due: datetime | None) -> datetime | None:
        """Go on by one step: what the clock makes due comes first, then what the meters say."""
        if self.clock.now() < self._report_at:
            self.clock.advance_to(self._next(due))
        else:
            self._report_at += self.report_every
            await asyncio.gather(*(home.meter.report() for home in self.homes))
        return await self.drain()


async def until(true: Callable[[], bool], within_s: float = 20) -> None:
    """Wait until it is true; a bound, never a hope."""
    deadline = monotonic() + within_s
    while not true():
        assert monotonic() < deadline, "it never came true"
        await asyncio.sleep(0.005)
