"""A schema for tests: each way to tell a field, in each shape, and what may go wrong with it."""

import asyncio
from dataclasses import dataclass
from random import Random
from typing import Any

import strawberry

from api.graphql.field import Info, Wanted, field, told
from auth import ANYBODY, SIGNED_IN

SHAPES = {
    "sure": "{}",
    "maybe": "{} | None",
    "list": "list[{}]",
    "maybe_list": "list[{} | None] | None",
    "rows": "list[list[{}]]",
    "maybe_rows": "list[list[{} | None] | None] | None",
    "sure_rows_of_maybe": "list[list[{} | None]]",
    "maybe_rows_of_sure": "list[list[{}] | None]",
}
"""Each shape of a field, with its type."""

WAYS = ("plain", "now", "later", "wanted", "refused")
WHATS = {"word": "str", "spot": "Spot"}


class Trouble(Exception):
    """A field fails."""


@dataclass(frozen=True)
class Chances:
    """How often something is wrong, in a hundred; with plain fields seldom: that ends a plan."""

    fails: int = 12
    null: int = 15
    null_where_none_may_be: int = 3
    no_word: int = 1


class View:
    """What stands behind a spot: all below it follows from the seed and the path to it."""

    chances = Chances()

    def __init__(self, seed: int, path: tuple[Any, ...] = ()) -> None:
        self.seed = seed
        self.path = path

    def value(self, way: str, shape: str, what: str) -> Any:
        """Return the value of a field, or fail."""
        path = (*self.path, way, shape, what)
        rarely = 20 if way == "plain" else 1
        if self.happens("fails", path, self.chances.fails, rarely):
            raise Trouble(".".join(map(str, path)))
        return self.shaped(SHAPES[shape], path, what, rarely)

    def shaped(self, kind: str, path: tuple[Any, ...], what: str, rarely: int) -> Any:
        may_be_null = kind.endswith("| None")
        chance = self.chances.null if may_be_null else self.chances.null_where_none_may_be
        if self.happens("null", path, chance, 1 if may_be_null else rarely):
            return None
        kind = kind.removesuffix(" | None")
        if kind.startswith("list["):
            count = Random(repr((self.seed, path))).randint(0, 2)
            inner = kind[len("list[") : -1]
            return [self.shaped(inner, (*path, k), what, rarely) for k in range(count)]
        if what == "spot":
            return Spot(view=View(self.seed, path))
        if self.happens("no word", path, self.chances.no_word, rarely):
            return {"no": "word"}
        return ".".join(map(str, path))

    def happens(self, event: str, path: tuple[Any, ...], percent: int, rarely: int) -> bool:
        return Random(repr((self.seed, event, path))).random() * rarely * 100 < percent


async def load(keys: list[Any]) -> list[Any]:
    """Return what is wanted, all at once; each may still fail by itself."""
    await asyncio.sleep(0)
    return keys


def _made(key: Any) -> Any:
    view, *asked = key
    return view.value(*asked)


def _field(way: str, shape: str, what: str) -> Any:
    asked = way, shape, what

    if way == "plain":
        return told("view", lambda view: view.value(*asked), description="A plain field.")

    def now(self: Any, info: Info) -> Any:
        return self.view.value(*asked)

    async def later(self: Any, info: Info) -> Any:
        await asyncio.sleep(0)
        return self.view.value(*asked)

    def wanted(self: Any, info: Info) -> Any:
        return Wanted(load, (self.view, *asked), _made)

    resolver = {"now": now, "later": later, "wanted": wanted, "refused": now}[way]
    resolver.__annotations__["return"] = SHAPES[shape].format(WHATS[what])
    allow = SIGNED_IN if way == "refused" else ANYBODY
    return field(allow=allow, description="A resolved field.")(resolver)


def _spot() -> Any:
    body: dict[str, Any] = {"__module__": __name__}
    kinds: dict[str, Any] = {"view": strawberry.Private[object]}
    for way in WAYS:
        for shape, kind in SHAPES.items():
            for what, name in WHATS.items():
                of = f"{way}_{shape}_{what}"
                body[of] = _field(way, shape, what)
                if way == "plain":
                    kinds[of] = kind.format(name)
    made = type("Spot", (), body | {"__annotations__": kinds})
    return strawberry.type(made, description="A place, with every kind of field.")


Spot = _spot()


def schema(seeds: list[int]) -> strawberry.Schema:
    """Return the schema; `seeds` holds the seed of the world that is read."""

    @strawberry.type(description="All that can be asked.")
    class Query:
        @field(allow=ANYBODY, description="Where to begin.")
        def spot(self, info: Info) -> Spot:
            return Spot(view=View(seeds[-1]))

        @field(allow=ANYBODY, description="Where to begin; null may stand there.")
        async def maybe_spot(self, info: Info) -> Spot | None:
            return Spot(view=View(seeds[-1], ("maybe",)))

    return strawberry.Schema(Query)
