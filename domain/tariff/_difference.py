"""Difference: what changes from one document to another, place by place."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any


@dataclass(frozen=True, slots=True)
class Change:
    """At `path` the one document says `before`, the other `after`; None: nothing."""

    path: str
    before: Any
    after: Any


def difference(before: Any, after: Any) -> tuple[Change, ...]:
    """Return the changes that make the document `before` into `after`."""
    return tuple(_changes(before, after, "$"))


def _changes(before: Any, after: Any, path: str) -> Iterator[Change]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in (*before, *(key for key in after if key not in before)):
            yield from _changes(before.get(key), after.get(key), f"{path}.{key}")
    elif isinstance(before, list) and isinstance(after, list):
        for i, (one, other) in enumerate(zip_longest(before, after)):
            yield from _changes(one, other, f"{path}[{i}]")
    elif before != after:
        yield Change(path, before, after)
