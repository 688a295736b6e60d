"""A place inside a tariff document: takes what it expects, refuses the rest, knows its path."""

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NoReturn, TypeVar

from domain.base import Refusal

T = TypeVar("T")
_DECIMAL = re.compile(r"(\d{1,12})(?:\.(\d{1,8}))?", re.ASCII)
_MISSING = object()


class TariffInvalid(Refusal):
    """The document is not a tariff: `path` says where, `reason` why."""

    code = "TARIFF_INVALID"


def invalid(path: str, reason: str) -> NoReturn:
    raise TariffInvalid(f"{path}: {reason}", path=path, reason=reason)


def scaled(text: object, digits: int, path: str) -> int:
    """Return a decimal string as a whole number of 10**-digits; never through a float."""
    found = _DECIMAL.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        invalid(path, 'expected a decimal string such as "0.568", not negative')
    fraction = (found[2] or "").rstrip("0")
    if len(fraction) > digits:
        invalid(path, f"more than {digits} decimals")
    return int(found[1] + fraction.ljust(digits, "0"))


def loaded(text: str) -> Any:
    """Return the JSON document in `text`; a key said twice is refused."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            invalid("$", f"key {twice!r} stands twice in one object")
        return found

    try:
        return json.loads(text, object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        invalid("$", f"not JSON: {error}")


@dataclass(slots=True)
class Node:
    """One object of the document. Every key is taken once; `done` refuses what nobody took."""

    content: dict[str, Any]
    path: str = "$"
    taken: set[str] = field(default_factory=set)

    @classmethod
    def at(cls, content: object, path: str = "$") -> "Node":
        if not isinstance(content, dict):
            invalid(path, "expected an object")
        return cls(content, path)

    def has(self, key: str) -> bool:
        return key in self.content

    def take(self, key: str, default: object = _MISSING) -> Any:
        self.taken.add(key)
        found = self.content.get(key, default)
        if found is _MISSING:
            invalid(self.path, f"{key!r} is missing")
        return found

    def under(self, key: str) -> str:
        return f"{self.path}.{key}"

    def refuse(self, key: str, reason: str) -> NoReturn:
        invalid(self.under(key), reason)

    def text(self, key: str, limit: int = 200, *, optional: bool = False) -> str:
        found = self.take(key, "" if optional else _MISSING)
        if not isinstance(found, str) or not (optional or found) or len(found) > limit:
            self.refuse(key, f"expected a text of 1 to {limit} characters")
        return found

    def choice(self, key: str, options: Iterable[str], default: object = _MISSING) -> str:
        found = self.take(key, default)
        known = tuple(options)
        if found not in known:
            self.refuse(key, f"expected one of {', '.join(known)}")
        return str(found)

    def whole(
        self, key: str, *, least: int = 0, most: int = 10**9, default: object = _MISSING
    ) -> int:
        found = self.take(key, default)
        if not isinstance(found, int) or isinstance(found, bool) or not least <= found <= most:
            self.refuse(key, f"expected a whole number from {least} to {most}")
        return found

    def flag(self, key: str) -> bool:
        found = self.take(key, default=False)
        if not isinstance(found, bool):
            self.refuse(key, "expected true or false")
        return found

    def day(self, key: str, *, optional: bool = False) -> date | None:
        found = self.take(key, None if optional else _MISSING)
        if (found is None and optional) or type(found) is date:  # YAML reads days by itself
            return found
        try:
            return date.fromisoformat(found)
        except (TypeError, ValueError):
            self.refuse(key, 'expected a day such as "2026-01-31"')

    def decimal(self, key: str, digits: int, default: object = _MISSING) -> int:
        return scaled(self.take(key, default), digits, self.under(key))

    def decimals(self, key: str, digits: int) -> tuple[int, ...]:
        return self.each(key, lambda item, path: scaled(item, digits, path))

    def each(
        self, key: str, parse: Callable[[Any, str], T], *, optional: bool = False
    ) -> tuple[T, ...]:
        """Return the list, which is not empty; `optional`: it may be left out altogether."""
        if optional and not self.has(key):
            return ()
        found = self.take(key)
        if not isinstance(found, list) or not found:
            self.refuse(key, "expected a list of at least one")
        return tuple(parse(item, f"{self.under(key)}[{i}]") for i, item in enumerate(found))

    def distinct(self, key: str, parse: Callable[[Any, str], T]) -> tuple[T, ...]:
        """Return an optional list in which nothing stands twice."""
        found = self.each(key, parse, optional=True)
        if len(set(found)) != len(found):
            self.refuse(key, "something stands twice")
        return found

    def node(self, key: str) -> "Node":
        return Node.at(self.take(key), self.under(key))

    def done(self) -> None:
        for key in self.content:
            if key not in self.taken:
                invalid(self.under(key), "unknown key")
