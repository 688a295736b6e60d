"""Write a fact down beside the change that made it true."""

from collections.abc import Callable

from domain import base

_bells: list[Callable[[], None]] = []


def set_bell(callback: Callable[[], None] | None) -> None:
    """Have `callback` called after each commit that added facts; a hint that may get lost."""
    _bells[:] = [] if callback is None else [callback]


async def add(topic: str, **payload: object) -> None:
    """Add a fact to the caller's transaction; the bell rings once, after its commit."""
    await base.run(
        "insert into outbox (topic, payload) values ($1, $2::jsonb)", topic, base.packed(payload)
    )
    base.after_commit(_ring)


def _ring() -> None:
    for bell in _bells:
        bell()
