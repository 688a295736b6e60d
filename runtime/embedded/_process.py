"""One server process: our child, dies with us, stops in order."""

import ctypes
import signal
import subprocess  # ruff: ignore[suspicious-subprocess-import] -- starting servers is what this file is for
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from ._place import Runner, ServerFailed

_PR_SET_PDEATHSIG = 1
_POLL_S = 0.02


@dataclass(slots=True)
class Process:
    """A server's process and how to end it."""

    name: str
    command: Sequence[str]
    folder: Path
    log: Path
    who: Runner
    goodbye: signal.Signals
    environment: Mapping[str, str] = field(default_factory=dict)
    child: subprocess.Popen[bytes] | None = None

    def start(self, ready: Callable[[], bool], *, within_s: int = 60) -> None:
        """Start and wait until `ready`."""
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(  # ruff: ignore[subprocess-without-shell-equals-true] -- our own command, no shell
                self.command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.environment,
                # Ctrl-C at the terminal is ours to pass on, in order.
                start_new_session=True,
                preexec_fn=_dying_with_parent(self.goodbye),  # ruff: ignore[subprocess-popen-preexec-fn] -- started by one thread
                user=self.who.uid,
                group=self.who.gid,
                extra_groups=[] if self.who.uid is not None else None,
            )
        deadline = time.monotonic() + within_s
        while not ready():
            if self.child.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise ServerFailed(f"{self.name} did not start: {_last_line(self.log)}")
            time.sleep(_POLL_S)

    def alive(self) -> bool:
        """Tell whether the process runs."""
        return self.child is not None and self.child.poll() is None

    def stop(self, *, within_s: int = 20) -> None:
        """Say goodbye, wait, and kill what does not go."""
        if self.child is None:
            return
        if self.child.poll() is None:
            self.child.send_signal(self.goodbye)
            try:
                self.child.wait(within_s)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
        self.child = None


def end_leftover(pid: int, folder: Path, goodbye: signal.Signals, *, within_s: int = 20) -> None:
    """End the process `pid` if it is a server left behind in `folder`; never another one's."""
    try:
        left = psutil.Process(pid)
        if Path(left.cwd()).resolve() != folder.resolve():
            return
        left.send_signal(goodbye)
        left.wait(within_s)
    except psutil.TimeoutExpired:
        left.kill()
        left.wait(within_s)
    except psutil.Error:
        return


def _dying_with_parent(goodbye: signal.Signals) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)

    def arrange() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(goodbye))

    return arrange


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
    return lines[-1] if lines else "(no log)"
