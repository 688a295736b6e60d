"""Supervisor: the parent of the house's processes. What dies is started again; all end with it."""

import asyncio
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import structlog

from runtime.embedded import Servers
from runtime.process import Process, ProcessFailed

log = structlog.get_logger()

_LOOK_S = 0.1
_LONG_LIFE_S = 30
_BACKOFF_MAX_S = 10


class Supervisor:
    """Runs child processes; starts again what dies, with backoff."""

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        servers: Servers | None = None,
        logs: Path | None = None,
    ) -> None:
        """Keep `servers` alive too; children write to `logs`/NAME.log, or where we write."""
        self._environment = environment
        self._servers = servers
        self._logs = logs
        self.processes: dict[str, Process] = {}
        self._deaths: dict[str, int] = {}

    def start(self, name: str, *arguments: str) -> None:
        """Start `feikong NAME` (or python with `arguments`); call it from the main thread."""
        process = Process(
            name,
            [sys.executable, *(arguments or ("-m", "cli", name))],
            self._environment,
            # `-m cli` is found from the folder that holds the rooms.
            folder=Path(__file__).parent.parent,
            log=self._logs / f"{name}.log" if self._logs else None,
        )
        process.start()
        self.processes[name] = process

    async def ready(self, check: Callable[[], bool], *, within_s: int = 60) -> None:
        """Wait until `check` holds; a child that ends before that is a ProcessFailed."""
        deadline = time.monotonic() + within_s
        while not await asyncio.to_thread(check):
            for process in self.processes.values():
                if not process.alive():
                    raise ProcessFailed(f"{process.name} did not start: {process.last_words()}")
            if time.monotonic() > deadline:
                late = ", ".join(self.processes)
                raise ProcessFailed(f"not ready after {within_s} s: {late}")
            await asyncio.sleep(_LOOK_S)

    async def watch(self) -> None:
        """Start again what has died, for ever."""
        while True:
            if self._servers:
                self._revive_servers(self._servers)
            for process in self.processes.values():
                if not process.alive():
                    self._revive(process)
            await asyncio.sleep(_LOOK_S)

    def _revive_servers(self, servers: Servers) -> None:
        try:
            for name in servers.revive():
                log.warning("server_restarted", server=name)
        # A long recovery, say, or a full disk: at the next look it is tried again.
        except (ProcessFailed, OSError) as failed:
            log.warning("server_not_restarted", error=str(failed))

    def _revive(self, process: Process) -> None:
        lived_s = time.monotonic() - process.started_at
        deaths = 0 if lived_s > _LONG_LIFE_S else self._deaths.get(process.name, 0)
        if lived_s < min(_BACKOFF_MAX_S, 2**deaths / 4):
            return
        log.warning("process_restarted", child=process.name, deaths=deaths + 1)
        self._deaths[process.name] = deaths + 1
        try:
            process.start()
        except OSError as failed:  # no room for its log, no memory for it
            log.warning("process_not_restarted", child=process.name, error=str(failed))

    def stop(self) -> None:
        """Stop all children, at once and then for good."""
        for process in self.processes.values():
            process.ask_to_stop()
        for process in self.processes.values():
            process.stop()
        self.processes.clear()
