"""One of the servers, as a process of its own; it tells its CPU for each line that it is sent."""

import sys
import threading
import time
from typing import Any

import uvicorn

from api import create_app
from runtime import logs
from runtime.settings import load, use

from ._plain import Plain
from .stock import Stock


def main(kind: str, port: int) -> None:
    """Serve until the pipe is closed."""
    use(load())
    logs.configure(level="error", form="json", process=kind)
    server = uvicorn.Server(
        uvicorn.Config(
            _app(kind),
            host="127.0.0.1",
            port=port,
            loop="uvloop",
            http="httptools",
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="on",
        )
    )
    threading.Thread(target=_tell, args=(server,), daemon=True).start()
    server.run()


def _app(kind: str) -> Any:
    if kind == "plain":
        return Plain().app
    return Stock().app if kind == "stock" else create_app(planned=kind == "ours")


def _tell(server: uvicorn.Server) -> None:
    for _ in sys.stdin:
        told = time.process_time_ns() if server.started else -1
        print(told, flush=True)
    server.should_exit = True


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
