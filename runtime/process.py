"""Process: a child of ours that dies with us and stops in order."""

import ctypes
import signal
import subprocess  # ruff: ignore[suspicious-subprocess-import] -- starting processes is what this file is for
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

__all__ = ["Process", "ProcessFailed", "end_leftover"]

_PR_SET_PDEATHSIG = 1
_POLL_S = 0.02


class ProcessFailed(Exception):
    """A process cannot start; the message is one line that says why."""


@dataclass(slots=True)
class Process:
    """A child process and how to end it. Start it from the main thread: it dies with its thread."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    folder: Path | None = None
    log: Path | None = None
    uid: int | None = None
    gid: int | None = None
    goodbye: signal.Signals = signal.SIGTERM
    started_at: float = field(default=0, init=False)
    child: subprocess.Popen[bytes] | None = field(default=None, init=False)

    def start(self) -> None:
        """Start it; its output goes to the log, or where ours goes."""
        self.started_at = time.monotonic()
        log = self.log.open("ab") if self.log else None
        try:
            self.child = subprocess.Popen(  # ruff: ignore[subprocess-without-shell-equals-true] -- our own command
                self.command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.environment,
                start_new_session=True,  # Ctrl-C at the terminal is ours to pass on, in order
                preexec_fn=_dying_with_parent(self.goodbye),  # ruff: ignore[subprocess-popen-preexec-fn] -- one thread
                user=self.uid,
                group=self.gid,
                extra_groups=[] if self.uid is not None else None,
            )
        finally:
            if log:
                log.close()

    def wait_until(self, ready: Callable[[], bool], *, within_s: int = 60) -> None:
        """Block until `ready`; a process that ends or is late is a ProcessFailed."""
        while not ready():
            if not self.alive() or time.monotonic() > self.started_at + within_s:
                self.stop()
                raise ProcessFailed(f"{self.name} did not start: {self.last_words()}")
            time.sleep(_POLL_S)

    def alive(self) -> bool:
        """Tell whether the process runs."""
        return self.child is not None and self.child.poll() is None

    def ask_to_stop(self) -> None:
        """Say goodbye, without waiting."""
        if self.child and self.child.poll() is None:
            self.child.send_signal(self.goodbye)

    def stop(self, *, within_s: int = 20) -> None:
        """Say goodbye, wait, and kill what does not go."""
        if self.child is None:
            return
        self.ask_to_stop()
        try:
            self.child.wait(within_s)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()
        self.child = None

    def last_words(self) -> str:
        """Return the last line of its log."""
        if self.log is None or not self.log.exists():
            return "see its output above"
        lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else "it said nothing"


def end_leftover(pid: int, folder: Path, goodbye: signal.Signals, *, within_s: int = 20) -> None:
    """End the process `pid` if it works in `folder`: one left behind there; never another one."""
    with suppress(psutil.Error):
        left = psutil.Process(pid)
        if Path(left.cwd()).resolve() != folder.resolve():
            return
        left.send_signal(goodbye)
        if psutil.wait_procs([left], timeout=within_s)[1]:
            left.kill()
            left.wait(within_s)


def _dying_with_parent(goodbye: signal.Signals) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)

    def arrange() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(goodbye))

    return arrange
