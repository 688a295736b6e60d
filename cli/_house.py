"""The whole house on one machine."""

import asyncio
import signal
import urllib.error
import urllib.request
from collections.abc import AsyncGenerator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from runtime import embedded
from runtime.database import migrate, wipe
from runtime.settings import Settings, WrongSettings, use

from ._supervisor import Supervisor

PLAIN_COAP = (
    "its protection of commands (OSCORE) is not built yet; FEIKONG_PLAIN_COAP=true runs it without,"
    " for trials"
)
_PORTS = (("api_host", "api_port"), ("health_host", "worker_health_port"))
_HEADEND_PORTS = (("coap_host", "coap_port"), ("health_host", "headend_health_port"))
# Our own processes are asked, which no proxy of the environment reaches.
_STRAIGHT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class House:
    """A running house: its settings (URLs and ports as they came out) and its supervisor."""

    settings: Settings
    supervisor: Supervisor

    @property
    def api_url(self) -> str:
        """The API's address."""
        return f"http://{at(self.settings.api_host, self.settings.api_port)}"


@asynccontextmanager
async def house(
    given: Settings, *, logs: Path | None = None, anew: bool = False
) -> AsyncGenerator[House]:
    """Run servers (unless URLs are given), migrations and all processes for the block.

    Busy ports are avoided, in production refused. Children write to `logs`/NAME.log if given.
    `anew` empties a play's database first. The head end runs where plain CoAP is allowed: meters
    speak no other yet.
    """
    with ExitStack() as stack:
        servers = None
        if not (given.database_url and given.redis_url):
            servers = stack.enter_context(
                embedded.running(given.data_dir, clock_file=given.clock_file)
            )
        chosen = _with_ports(given).model_copy(
            update={
                "database_url": given.database_url or (servers and servers.database_url),
                "redis_url": given.redis_url or (servers and servers.redis_url),
            }
        )
        use(chosen)
        assert chosen.database_url
        if anew:
            await wipe(chosen.database_url)
        await migrate(chosen.database_url)
        supervisor = Supervisor(chosen.environment(), servers=servers, logs=logs)
        stack.callback(supervisor.stop)
        for name in ("api", "worker", *(("headend",) if chosen.plain_coap else ())):
            supervisor.start(name)
        await supervisor.ready(lambda: all(answers(url) for url in _health_urls(chosen)))
        watching = asyncio.create_task(supervisor.watch())
        try:
            yield House(chosen, supervisor)
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)


async def up(given: Settings) -> int:
    """Run the house until SIGTERM or Ctrl-C."""
    console = Console(stderr=True, highlight=False, soft_wrap=True)
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    running = asyncio.current_task()
    assert running is not None
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, running.cancel)
    try:
        async with house(given) as live:
            console.print(f"GraphQL  {live.api_url}/graphql")
            console.print(f"CoAP     {_coap(live.settings)}")
            console.print("Ctrl-C stops everything.")
            await told.wait()
    except asyncio.CancelledError:
        console.print("Stopped.")
    return 0


def _coap(given: Settings) -> str:
    if given.plain_coap:
        return f"coap://{at(given.coap_host, given.coap_port)}"
    return f"no head end runs: {PLAIN_COAP}"


def _with_ports(given: Settings) -> Settings:
    ports: dict[str, int] = {}
    for host_name, port_name in (*_PORTS, *(_HEADEND_PORTS if given.plain_coap else ())):
        host, port = getattr(given, host_name), getattr(given, port_name)
        udp = port_name == "coap_port"
        if port and port not in ports.values() and embedded.is_free(host, port, udp=udp):
            ports[port_name] = port
        elif port and given.profile == "production":
            msg = f"FEIKONG_{port_name.upper()}: port {port} of {host} is busy"
            raise WrongSettings(msg)
        else:
            ports[port_name] = embedded.free_port(udp=udp)
    return given.model_copy(update=ports)


def _health_urls(given: Settings) -> tuple[str, ...]:
    ports = [given.worker_health_port]
    if given.plain_coap:
        ports.append(given.headend_health_port)
    return (
        f"http://{at(given.api_host, given.api_port)}/readyz",
        *(f"http://{at(given.health_host, port)}/readyz" for port in ports),
    )


def at(host: str, port: int) -> str:
    """Return host and port as they stand in a URL."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def answers(url: str) -> bool:
    """Tell whether 200 comes from there."""
    try:
        with _STRAIGHT.open(url, timeout=2) as answer:
            return bool(answer.status == 200)  # ruff: ignore[magic-value-comparison]
    except (urllib.error.URLError, OSError):
        return False
