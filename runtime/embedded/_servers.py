"""Both servers of one folder, as one thing."""

import fcntl
import json
import os
import secrets
import socket
import tempfile
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, NamedTuple

from runtime.process import Process, ProcessFailed

from ._place import Runner, runner
from ._postgres import USER, postgres
from ._postgres import is_ready as postgres_ready
from ._valkey import answers, valkey

_DATABASE = "feikong"
_TRIES = 3


class FolderTaken(Exception):
    """Another start owns this folder's servers and is still alive."""


class FolderUnfit(Exception):
    """The data folder cannot be made or written; the message is one line that says why."""


@dataclass(slots=True)
class Servers:
    """Running servers: their URLs, and how to keep them running."""

    database_url: str
    redis_url: str
    processes: dict[str, tuple[Process, Callable[[], bool]]]

    def revive(self) -> list[str]:
        """Start again, on the same ports, what has died; return the names."""
        dead = [name for name, (process, _) in self.processes.items() if not process.alive()]
        for name in dead:
            process, ready = self.processes[name]
            process.start()
            process.wait_until(ready)
        return dead


@contextmanager
def running(
    folder: Path,
    *,
    settings: Mapping[str, str] | None = None,
    redis: bool = True,
    clock_file: Path | None = None,
) -> Generator[Servers]:
    """Run the servers of `folder` for as long as the block lasts.

    `settings` go to PostgreSQL; `clock_file` is told to who asks for them (`known`).
    Raises FolderTaken, FolderUnfit, ProcessFailed. Call from the main thread: the servers end with
    the thread that started them.
    """
    make_folder(folder)
    with ExitStack() as stack:
        stack.enter_context(_owning(folder, patience_s=1))
        password, who = _password(folder), runner(folder)
        port, process = _started(
            lambda port: postgres(
                folder, who, port=port, password=password, settings=settings or {}
            ),
            lambda _, process: postgres_ready(process),
        )
        stack.callback(process.stop)
        processes = {"PostgreSQL": (process, lambda: postgres_ready(process))}
        redis_url = ""
        if redis:
            redis_url = _start_valkey(stack, folder, who, password, processes)
        url = f"postgresql://{USER}:{password}@127.0.0.1:{port}/{_DATABASE}"
        servers = Servers(url, redis_url, processes)
        note = folder / "servers.json"
        told = Known(url, redis_url, str(clock_file) if clock_file else None)
        _write_private(note, json.dumps(told._asdict()))
        stack.callback(note.unlink, missing_ok=True)
        yield servers


def make_folder(folder: Path) -> None:
    """Make a data folder where there is none. Raises FolderUnfit, also where it is not writable."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as refused:
        said = f"{refused.strerror}: give it to uid {os.geteuid()} or set FEIKONG_DATA_DIR"
        raise FolderUnfit(f"data folder {folder}: {said}") from refused


def demand_free(folder: Path) -> None:
    """Refuse FolderTaken where another start owns the folder, before anything in it is changed."""
    with _owning(folder, patience_s=1):
        pass


class Known(NamedTuple):
    """Servers that another start runs, and the business clock that its processes go by."""

    database_url: str
    redis_url: str
    clock_file: str | None


def known(folder: Path) -> Known | None:
    """Return the servers that another start runs in this folder now."""
    try:
        with _owning(folder):
            return None
    except FolderTaken:
        pass
    except OSError:
        return None
    try:
        return Known(**json.loads((folder / "servers.json").read_text()))
    except (OSError, TypeError, ValueError):
        return None


def free_port(*, udp: bool = False) -> int:
    """Return a port of 127.0.0.1 that was free a moment ago."""
    with socket.socket(type=socket.SOCK_DGRAM if udp else socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_free(host: str, port: int, *, udp: bool = False) -> bool:
    """Tell whether nobody listens on this port."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM if udp else socket.SOCK_STREAM) as probe:
        if not udp:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _start_valkey(
    stack: ExitStack,
    folder: Path,
    who: Runner,
    password: str,
    processes: dict[str, tuple[Process, Callable[[], bool]]],
) -> str:
    port, process = _started(
        lambda port: valkey(folder, who, port=port, password=password),
        lambda port, _: answers(port, password),
    )
    stack.callback(process.stop)
    processes["Valkey"] = (process, lambda: answers(port, password))
    return f"redis://:{password}@127.0.0.1:{port}/0"


def _started(
    prepare: Callable[[int], Process], ready: Callable[[int, Process], bool]
) -> tuple[int, Process]:
    for attempt in range(_TRIES):
        port = free_port()
        process = prepare(port)
        process.start()
        try:
            process.wait_until(partial(ready, port, process))
        except ProcessFailed:
            # The port may have been taken between the look and the start.
            if attempt == _TRIES - 1:
                raise
        else:
            return port, process
    raise AssertionError


@contextmanager
def _owning(folder: Path, *, patience_s: int = 0) -> Generator[None]:
    with (folder / "owner.lock").open("a+") as lock:
        if not _locked(lock, patience_s):
            lock.seek(0)
            pid = lock.read().strip() or "?"
            msg = f"{folder} is in use by process {pid}: stop it, or set FEIKONG_DATA_DIR"
            raise FolderTaken(msg)
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


def _locked(lock: IO[str], patience_s: int) -> bool:
    deadline = time.monotonic() + patience_s  # another's `known` holds it for a moment
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.02)
        else:
            return True


def _password(folder: Path) -> str:
    file = folder / "password"
    # Empty where the disk was full when it was made: no server has it yet.
    if file.exists() and (password := file.read_text()):
        return password
    password = secrets.token_hex(16)
    _write_private(file, password)
    return password


def _write_private(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8")
