"""Write a fact down beside the change that made it true."""

from collections.abc import Callable, Iterable, Mapping

from domain import base

_ADD = "insert into outbox (topic, payload) select $1, p::jsonb from unnest($2::text[]) as w (p)"

_bells: list[Callable[[], None]] = []


def set_bell(callback: Callable[[], None] | None) -> None:
    """Have `callback` called after each commit that added facts; a hint that may get lost."""
    _bells[:] = [] if callback is None else [callback]


async def add(topic: str, **payload: object) -> None:
    """Add a fact to the caller's transaction; the bell rings once, after its commit."""
    await add_many(topic, [payload])


async def add_many(topic: str, payloads: Iterable[Mapping[str, object]]) -> None:
    """Add a fact for each of these payloads, in their order, by one statement."""
    packed = [base.packed(payload) for payload in payloads]
    if packed:
        await base.run(_ADD, topic, packed)
        base.after_commit(_ring)


def _ring() -> None:
    for bell in _bells:
        bell()
