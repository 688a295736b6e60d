"""The commands answer in words that help."""

import fcntl
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from command import ROOT, anew, environment, feikong

from cli._servers import servers
from runtime import clock, embedded, settings
from runtime.clock import DrivenClock


@pytest.mark.parametrize("command", ["up", "migrate", "api", "worker", "headend", "verify"])
def test_a_wrong_setting_ends_every_command_with_one_line(command: str, place: Path) -> None:
    ended = anew(command, env=environment(place, api_port="web"))
    assert ended.returncode == 2
    assert not ended.stdout
    assert ended.stderr.startswith("feikong: FEIKONG_API_PORT: ")
    assert ended.stderr.count("\n") == 1


def test_a_terminal_without_chinese_shows_marks_instead(place: Path) -> None:
    narrow = environment(place) | {"PYTHONIOENCODING": "ascii"}
    shown = anew("tariff", "show", "shipped:zhejiang-residential-tou", env=narrow)
    assert (shown.returncode, shown.stderr) == (0, "")
    assert '"name": "??' in shown.stdout


def test_a_process_without_servers_says_what_it_needs(place: Path) -> None:
    ended = feikong("worker", env=environment(place))
    assert ended.returncode == 2
    assert "DATABASE_URL" in ended.stderr


def test_the_doctor_names_a_broken_setting(place: Path) -> None:
    seen = feikong("doctor", env=environment(place, pool_max=0))
    assert seen.returncode == 1
    assert "PROBLEM settings: FEIKONG_POOL_MAX" in seen.stdout


class Alive(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/livez" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_the_doctor_does_not_take_a_running_api_for_a_stranger_at_its_port(place: Path) -> None:
    away = {"DATABASE_URL": "postgresql://127.0.0.1:1/x", "REDIS_URL": "redis://127.0.0.1:1/0"}
    strict = {"profile": "production", "plain_coap": False, "secrets_key": "A" * 43 + "="}
    with HTTPServer(("127.0.0.1", 0), Alive) as api:
        port, api.timeout = api.server_port, 20
        answering = threading.Thread(target=api.handle_request)
        answering.start()
        seen = feikong("doctor", env=environment(place, api_port=port, **strict) | away)
        answering.join()
    assert f"OK      port {port} for API: a running one answers there\n" in seen.stdout


def test_the_doctor_names_a_server_that_is_away(place: Path) -> None:
    away = {"DATABASE_URL": "postgresql://127.0.0.1:1/x", "REDIS_URL": "redis://127.0.0.1:1/0"}
    seen = feikong("doctor", env=environment(place) | away)
    assert seen.returncode == 1
    assert "PROBLEM PostgreSQL" in seen.stdout
    assert "check DATABASE_URL" in seen.stdout
    assert "PROBLEM Valkey" in seen.stdout


@pytest.mark.parametrize("command", [("migrate",), ("worker",), ("staff", "list")])
def test_a_server_that_is_away_ends_every_command_with_one_line(
    command: tuple[str, ...], place: Path
) -> None:
    away = {"DATABASE_URL": "postgresql://127.0.0.1:1/x", "REDIS_URL": "redis://127.0.0.1:1/0"}
    ended = feikong(*command, env=environment(place) | away)
    assert ended.returncode == 2
    assert ended.stderr.startswith("feikong: PostgreSQL: ")
    assert ended.stderr.endswith("check DATABASE_URL and that the server runs\n")
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize("command", [("demo",), ("staff", "list")])
def test_a_data_folder_that_cannot_be_made_ends_every_command_with_one_line(
    command: tuple[str, ...], place: Path
) -> None:
    (place / "file").touch()
    ended = feikong(*command, env=environment(place / "file" / "var"))
    assert ended.returncode == 2
    assert ended.stderr.startswith(f"feikong: data folder {place / 'file' / 'var'}")
    assert "set FEIKONG_DATA_DIR" in ended.stderr
    assert ended.stderr.count("\n") == 1


@pytest.mark.parametrize("command", [("bill", "run"), ("worker",), ("headend",)])
def test_a_database_without_tables_ends_a_command_with_one_line(
    command: tuple[str, ...], place: Path, database_url: str, redis_url: str
) -> None:
    bare = database_url.rpartition("/")[0] + "/postgres"
    own = {"DATABASE_URL": bare, "REDIS_URL": redis_url}
    ended = feikong(*command, env=environment(place) | own)
    missing = "feikong: migrations are missing: run feikong migrate\n"
    assert (ended.returncode, ended.stderr) == (2, missing)


@pytest.mark.parametrize(
    "command",
    [
        ("bill", "show", str(10**30)),
        ("open", "district", "x" * 30, "--name", "x"),
        ("open", "district", "x", "--name", "\udcb9"),
    ],
)
def test_a_value_that_fits_nowhere_ends_a_command_with_one_line(
    command: tuple[str, ...], place: Path, database_url: str, redis_url: str
) -> None:
    own = {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
    ended = feikong(*command, env=environment(place) | own)
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert ended.stderr.startswith("feikong: ")


def test_what_nobody_reads_or_no_disk_takes_ends_a_command_without_a_traceback(
    place: Path,
) -> None:
    def shown(to: int) -> tuple[int, str]:
        command = [sys.executable, "-m", "cli", "tariff", "show", "shipped"]
        ended = subprocess.run(
            command,
            cwd=ROOT,
            env=environment(place),
            stdout=to,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        os.close(to)
        return ended.returncode, ended.stderr

    reader, writer = os.pipe()
    os.close(reader)
    assert shown(writer) == (1, "")
    full = "feikong: the output cannot be written: No space left on device\n"
    assert shown(os.open("/dev/full", os.O_WRONLY)) == (2, full)


@pytest.mark.parametrize("command", [("demo", "--once"), ("bench", "hostile")])
def test_what_empties_its_database_does_not_run_in_production(
    command: tuple[str, ...], place: Path
) -> None:
    strict = {"profile": "production", "plain_coap": False, "secrets_key": "A" * 43 + "="}
    away = {"DATABASE_URL": "postgresql://127.0.0.1:1/x", "REDIS_URL": "redis://127.0.0.1:1/0"}
    ended = feikong(*command, env=environment(place, **strict) | away)
    said = "feikong: FEIKONG_PROFILE: production is not played with: unset it to play\n"
    assert (ended.returncode, ended.stderr.lstrip("\n")) == (2, said)
    assert list(place.iterdir()) == []


def test_a_second_demo_leaves_the_clock_of_the_first_as_it_is(place: Path) -> None:
    moment = datetime(2026, 5, 1, tzinfo=UTC)
    driven = DrivenClock.create(place / "demo" / "clock", moment)
    with (place / "demo" / "owner.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        second = feikong("demo", "--once", env=environment(place))
    assert (second.returncode, second.stderr.count("\n")) == (2, 1)
    assert "is in use by process" in second.stderr
    assert driven.now() == moment
    driven.close()


def test_the_head_end_says_in_one_line_that_commands_would_be_unprotected(place: Path) -> None:
    away = {"DATABASE_URL": "postgresql://127.0.0.1:1/x", "REDIS_URL": "redis://127.0.0.1:1/0"}
    ended = feikong("headend", env=environment(place, plain_coap=False) | away)
    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1)
    assert "FEIKONG_PLAIN_COAP=true" in ended.stderr


_STOPPED_EARLY = """
import sys
from cli._app import main

class CtrlC:
    def find_spec(self, name, path=None, target=None):
        if name == "cli.demo":
            raise KeyboardInterrupt

sys.meta_path.insert(0, CtrlC())
sys.argv = ["feikong", "demo"]
main()
"""


def test_ctrl_c_while_a_command_is_still_loading_ends_it_with_one_line(place: Path) -> None:
    command = [sys.executable, "-c", _STOPPED_EARLY]
    env = environment(place)
    ended = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (130, "Stopped.\n")


def test_a_command_on_a_play_goes_by_the_time_of_the_play(place: Path) -> None:
    moment = datetime(2026, 3, 2, tzinfo=UTC)
    DrivenClock.create(place / "clock", moment).close()
    with (
        embedded.running(place, clock_file=place / "clock"),
        servers(settings.load({"profile": "test", "data_dir": place})),
    ):
        clock.use(None)
        assert clock.now() == moment
    clock.use(None)


def test_the_doctor_names_missing_durability(
    place: Path, database_url: str, redis_url: str
) -> None:
    own = {"DATABASE_URL": database_url, "REDIS_URL": redis_url}
    seen = feikong("doctor", env=environment(place) | own)
    assert "migrations are complete" in seen.stdout
    assert "outbox: 0 waiting, 0 dead" in seen.stdout
    if "fsync is off" in seen.stdout:
        assert "set fsync = on" in seen.stdout
        assert seen.returncode == 1


def test_a_healthy_installation_passes_the_doctor(place: Path) -> None:
    env = environment(place, api_port=0, coap_port=0)
    assert feikong("migrate", env=env).stdout.split()[:1] == ["0001_initial"]
    seen = feikong("doctor", env=env)
    assert seen.returncode == 0, seen.stdout
    assert "PROBLEM" not in seen.stdout
    assert "data checksums are on" in seen.stdout


def test_verify_finds_no_breach_in_a_fresh_house(place: Path) -> None:
    env = environment(place)
    feikong("migrate", env=env)
    verified = feikong("verify", "--json", env=env)
    assert verified.returncode == 0, verified.stderr
    assert '"ok":true' in verified.stdout
