"""Embedded servers: two copies side by side, one owner per folder, alive after a kill."""

import asyncio
import os
import pwd
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import asyncpg
import psutil
import pytest

from runtime.embedded import FolderTaken, known, running
from runtime.redis import is_ready

ROOT = Path(__file__).parents[2]
OWNER = """
import signal, sys, time
from pathlib import Path
from runtime.embedded import running
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background ignores it
with running(Path(sys.argv[1])) as servers:
    print(servers.database_url, servers.redis_url, flush=True)
    time.sleep(600)
"""


async def _run(url: str, sql: str) -> object:
    connection = await asyncpg.connect(f"{url.rpartition('/')[0]}/postgres")
    try:
        return await connection.fetchval(sql)
    finally:
        await connection.close()


def _processes_in(place: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.cwd().startswith(str(place)):
                found.append(process)
        except psutil.Error:
            continue
    return found


def test_servers_are_safe_by_default_and_leave_nothing_running(place: Path) -> None:
    with running(place) as servers:
        url = servers.database_url
        for name, value in {
            "fsync": "on",
            "synchronous_commit": "on",
            "data_checksums": "on",
            "listen_addresses": "127.0.0.1",
            "password_encryption": "scram-sha-256",
        }.items():
            assert asyncio.run(_run(url, f"show {name}")) == value
        assert asyncio.run(is_ready(servers.redis_url))
        with pytest.raises(asyncpg.InvalidPasswordError):
            asyncio.run(_run(url.replace(":", ":x", 2).replace(":x//", "://"), "select 1"))
        assert not asyncio.run(is_ready(servers.redis_url.replace("://:", "://:x")))
        assert all(process.username() != "root" for process in _processes_in(place))
    assert _processes_in(place) == []


def test_two_copies_run_side_by_side(place: Path) -> None:
    with running(place / "one") as one, running(place / "two") as two:
        assert one.database_url != two.database_url
        asyncio.run(_run(one.database_url, "create table only_here ()"))
        assert asyncio.run(_run(two.database_url, "select to_regclass('only_here')")) is None


def test_a_folder_has_one_owner(place: Path) -> None:
    with running(place) as servers:
        assert known(place) == (servers.database_url, servers.redis_url, None)
        with pytest.raises(FolderTaken, match=str(os.getpid())), running(place):
            pass
        assert asyncio.run(_run(servers.database_url, "select 1")) == 1
    assert known(place) is None


def test_an_empty_password_left_by_a_full_disk_is_made_anew(place: Path) -> None:
    (place / "password").touch()
    with running(place, redis=False) as servers:
        assert asyncio.run(_run(servers.database_url, "select 1")) == 1


def test_a_second_start_after_kill_9_keeps_the_data(place: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(place)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout
        url = owner.stdout.readline().split()[0]
        asyncio.run(_run(url, "create table kept as select 7 as n"))
        owner.send_signal(signal.SIGKILL)
    with running(place) as servers:
        assert asyncio.run(_run(servers.database_url, "select n from kept")) == 7
    assert _processes_in(place) == []


def test_a_killed_server_is_revived_on_its_port(place: Path) -> None:
    with running(place) as servers:
        process, _ = servers.processes["PostgreSQL"]
        assert process.child
        process.child.kill()
        process.child.wait()
        assert servers.revive() == ["PostgreSQL"]
        assert asyncio.run(_run(servers.database_url, "select 1")) == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has a folder that others cannot reach")
def test_below_a_closed_folder_the_data_lie_elsewhere_and_stay(place: Path) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    try:
        for statement in ("create table kept ()", "select 'kept'::regclass"):
            with running(closed / "var") as servers:
                asyncio.run(_run(servers.database_url, statement))
        elsewhere = (closed / "var/postgres").resolve()
        assert closed not in elsewhere.parents
    finally:
        shutil.rmtree((closed / "var/postgres").resolve().parent)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_ordinary_user_runs_the_servers(place: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    python = shutil.which("python3", path="/usr/bin:/usr/local/bin")
    if python is None or not _can_load(python, nobody.pw_uid):
        pytest.skip("no python that an ordinary user may run with these packages")
    os.chown(place, nobody.pw_uid, nobody.pw_gid)
    with subprocess.Popen(
        [python, "-c", OWNER, str(place / "var")],
        cwd=ROOT,
        env=_paths(),
        stdout=subprocess.PIPE,
        text=True,
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
    ) as owner:
        assert owner.stdout
        url = owner.stdout.readline().split()[0]
        assert asyncio.run(_run(url, "select 1")) == 1
        owner.send_signal(signal.SIGINT)
    assert psutil.wait_procs(_processes_in(place), timeout=20)[1] == []


def _paths() -> dict[str, str]:
    return {"PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)]), "HOME": "/tmp"}  # ruff: ignore[hardcoded-temp-file]


def _can_load(python: str, uid: int) -> bool:
    tried = subprocess.run(
        [python, "-c", "import runtime.embedded, runtime.database"],
        cwd="/",
        env=_paths(),
        user=uid,
        extra_groups=[],
        capture_output=True,
        check=False,
    )
    return tried.returncode == 0
