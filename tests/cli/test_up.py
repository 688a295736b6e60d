"""`feikong up`: one command runs everything, twice on a machine, and after any death."""

import asyncio
import signal
import socket
import threading
import urllib.request
from contextlib import suppress
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path

import psutil
import pytest
from command import Running, environment, feikong, started, until

from cli import House, Supervisor
from cli._house import answers
from cli._run import _checks
from runtime.embedded import is_free
from runtime.settings import load

NAMES = {"api", "worker", "headend"}


def _env(folder: Path, **settings: object) -> dict[str, str]:
    ports = {"worker_health_port": 0, "headend_health_port": 0, "coap_port": 0, "api_port": 0}
    return environment(folder, **{**ports, **settings})


def _ready(running: Running) -> str:
    url = running.says(r"GraphQL +(http://\S+)/graphql")
    with urllib.request.urlopen(f"{url}/readyz", timeout=10) as answer:
        assert answer.status == 200
    return url


def _roles(running: Running) -> dict[str, psutil.Process]:
    found = {}
    for child in running.children():
        with suppress(psutil.Error):  # it may have just died
            command = child.cmdline()
            if command[-1:] and command[-1] in NAMES:
                found[command[-1]] = child
    return found


async def test_a_head_end_is_ready_when_it_hears_the_meters() -> None:
    opened = asyncio.Event()
    hears = _checks(opened)["coap"]
    assert not await hears()
    opened.set()
    assert await hears()
    assert set(_checks(None)) == {"database"}


def test_our_own_processes_are_not_asked_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with HTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler) as server:
        answering = threading.Thread(target=server.handle_request)
        answering.start()
        assert answers(f"http://127.0.0.1:{server.server_port}/")
        answering.join()


def test_a_house_may_stand_at_an_address_of_ipv6() -> None:
    try:
        busy = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("no IPv6 here")
    with busy:
        port = busy.getsockname()[1]
        assert not is_free("::1", port)
    assert is_free("::1", port)
    at = load({"profile": "test", "api_host": "::1", "api_port": port})
    assert House(at, Supervisor({})).api_url == f"http://[::1]:{port}"


def test_ctrl_c_stops_everything_that_up_started(place: Path) -> None:
    with started("-m", "cli", "up", env=_env(place)) as running:
        _ready(running)
        children = running.children()
        assert set(_roles(running)) == NAMES
        assert len(children) >= 5  # with PostgreSQL and Valkey
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(60) == 0
        assert [child for child in children if child.is_running()] == []


def test_up_without_protection_of_commands_runs_no_head_end_and_says_so(place: Path) -> None:
    with started("-m", "cli", "up", env=_env(place, plain_coap=False)) as running:
        _ready(running)
        running.says(r"CoAP +no head end runs: .*FEIKONG_PLAIN_COAP=true")
        assert set(_roles(running)) == NAMES - {"headend"}
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(60) == 0


def test_killed_parts_come_back_and_a_killed_whole_starts_again(place: Path) -> None:
    with started("-m", "cli", "up", env=_env(place)) as running:
        _ready(running)
        before = _roles(running)
        for child in before.values():
            child.kill()
        until(
            lambda: (
                set(_roles(running)) == NAMES
                and all(now.pid != before[name].pid for name, now in _roles(running).items())
            ),
            "all three are back",
        )
        left = running.children()
        running.process.kill()
        until(lambda: not any(child.is_running() for child in left), "children are gone")
    with started("-m", "cli", "up", env=_env(place)) as again:
        _ready(again)
        verified = feikong("verify", env=_env(place))  # finds the running house's servers
        assert verified.returncode == 0, verified.stderr
        second = feikong("up", env=_env(place))
        assert second.returncode == 2
        assert "is in use by process" in second.stderr
        again.process.terminate()
        assert again.process.wait(60) == 0


def test_a_second_copy_avoids_the_busy_port(place: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        with (
            started("-m", "cli", "up", env=_env(place / "one", api_port=port)) as one,
            started("-m", "cli", "up", env=_env(place / "two", api_port=port)) as two,
        ):
            urls = {_ready(one), _ready(two)}
            assert len(urls) == 2
            assert not any(url.endswith(f":{port}") for url in urls)
            for running in (one, two):
                running.process.terminate()
                assert running.process.wait(60) == 0


def test_production_reports_a_busy_port(place: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        env = _env(place, api_port=port, profile="production", plain_coap=False)
        env |= {"FEIKONG_SECRETS_KEY": "A" * 43 + "="}
        own = {"DATABASE_URL": "postgresql://127.0.0.1:1/x", "REDIS_URL": "redis://127.0.0.1:1/0"}
        ended = feikong("up", env=env | own)
    assert ended.returncode == 2
    assert f"port {port} of 127.0.0.1 is busy" in ended.stderr


def test_production_without_a_head_end_asks_for_none_of_its_ports(place: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as busy:
        busy.bind(("127.0.0.1", 0))
        port = busy.getsockname()[1]
        env = _env(place, coap_port=port, profile="production", plain_coap=False)
        env |= {"FEIKONG_SECRETS_KEY": "A" * 43 + "="}
        own = {"DATABASE_URL": "postgresql://127.0.0.1:1/x", "REDIS_URL": "redis://127.0.0.1:1/0"}
        assert "PostgreSQL: " in feikong("up", env=env | own).stderr
        assert "CoAP" not in feikong("doctor", env=env | own).stdout
