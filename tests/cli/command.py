"""Run `feikong` as a person or a machine would: as a process of its own."""

import multiprocessing
import os
import queue
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60

# Nine tenths of a short command are imports. A process in which these are done already, and
# nothing else, is copied for each command: `feikong`. `anew` starts from nothing, as a shell does.
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["cli", "cli._bill", "cli._doctor", "cli._verify", "api"])


def environment(folder: Path, **settings: object) -> dict[str, str]:
    """Return an environment with these settings and no others."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("FEIKONG_")}
    given = {"profile": "test", "data_dir": folder, "plain_coap": True, "log_format": "json"}
    return kept | {f"FEIKONG_{k}".upper(): str(v) for k, v in {**given, **settings}.items()}


def feikong(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    with TemporaryDirectory() as folder:
        files = [Path(folder, name) for name in ("stdout", "stderr")]
        process = _FORKS.Process(target=_run, args=(arguments, env, files))
        process.start()
        process.join(PATIENCE_S)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(arguments, PATIENCE_S)
        said = [file.read_text("utf-8") for file in files]
    return subprocess.CompletedProcess(arguments, process.exitcode, *said)


def _run(arguments: tuple[str, ...], env: dict[str, str], files: list[Path]) -> None:
    for number, file in enumerate(files, start=1):
        os.dup2(os.open(file, os.O_WRONLY | os.O_CREAT), number)
    os.environ.clear()
    os.environ.update(env)
    os.chdir(ROOT)
    sys.argv = ["feikong", *arguments]
    from cli import main  # loaded before the copy was made, and not in the process of the tests

    main()


def anew(*arguments: str, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command to its end in a process that starts from nothing."""
    command = [sys.executable, "-m", "cli", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=PATIENCE_S, check=False
    )


class Running:
    """A command that runs on; its lines are read as they come."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.lines: list[str] = []
        self._queue: queue.Queue[str | None] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self._queue.put(line)
        self._queue.put(None)

    def says(self, pattern: str) -> str:
        """Wait for a line that holds the pattern; return its first group, or all of it."""
        while True:
            line = self._queue.get(timeout=PATIENCE_S)
            assert line is not None, "".join(self.lines)
            self.lines.append(line)
            found = re.search(pattern, line)
            if found:
                return found.group(1) if found.groups() else found.group()

    def children(self) -> list[psutil.Process]:
        """Return all processes below it."""
        return psutil.Process(self.process.pid).children(recursive=True)


@contextmanager
def started(*arguments: str, env: dict[str, str]) -> Generator[Running]:
    """Run a command for the block; kill what is left of it afterwards."""
    with subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        running = Running(process)
        try:
            yield running
        finally:
            process.kill()


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait for a condition, at most PATIENCE_S seconds."""
    deadline = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < deadline, f"never came true: {what}"
        time.sleep(0.02)
