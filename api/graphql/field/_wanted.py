"""Wanted: what a field wants to be loaded. Those of many objects are loaded at once."""

from collections.abc import Awaitable, Callable
from typing import Any, Generic, NamedTuple, TypeVar

from strawberry.dataloader import DataLoader

from domain.base import Asking, asked

T = TypeVar("T")
Loading = Callable[[list[Any]], Asking[list[Any]] | Awaitable[list[Any]]]
"""Takes the keys of all who want it, and loads what belongs to each, in their order.

Either by asking (generators, so that several loadings share a statement) or by itself.
"""


class Wanted(NamedTuple, Generic[T]):
    """What belongs to `key`, loaded by `by`, and made into the field's value by `made`."""

    by: Loading
    key: Any
    made: Callable[[Any], T]


class Loaders:
    """What the fields of one request want, where each is resolved by itself.

    They batch but never remember, so that a subscription's next event is read afresh.
    """

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[Loading, DataLoader[Any, Any]] = {}

    async def load(self, wanted: Wanted[T]) -> T:
        """Return the value of a field."""
        loader = self._known.get(wanted.by)
        if loader is None:

            async def load(keys: list[Any]) -> list[Any]:
                found = wanted.by(keys)
                return await (found if isinstance(found, Awaitable) else asked(found))

            loader = self._known[wanted.by] = DataLoader(load_fn=load, cache=False)
        if loader.batch and loader.batch.tasks and loader.batch.tasks[-1].future.cancelled():
            # All who waited for it may have been cancelled, and it with them, before it began:
            # strawberry would put this one there, too, and nothing would come.
            loader.batch = None
        return wanted.made(await loader.load(wanted.key))
