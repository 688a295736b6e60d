"""Patience: a server that was killed comes back in a moment, and the play goes on."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

_TRIES = 20
_PAUSE_S = 0.5

Answer = TypeVar("Answer")


async def patiently(
    act: Callable[[], Awaitable[Answer]], *, tries: int = _TRIES, pause_s: float = _PAUSE_S
) -> Answer:
    """Do it, and where it fails again, a pause later; what the last try raises is raised."""
    for _ in range(tries - 1):
        try:
            return await act()
        except Exception:  # ruff: ignore[blind-except] -- drivers and clients raise what they like in an outage
            await asyncio.sleep(pause_s)
    return await act()
