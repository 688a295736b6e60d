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
_DAY = re.compile(r"(?:19|20|21)\d\d-\d\d-\d\d", re.ASCII)
_MISSING = object()

LONGEST = 1_000_000
"""Characters of a document; the largest that is shipped has 5,000."""

_MOST_ENTRIES = 400
_LARGEST = 10**15
"""In the unit of the thing: what is computed of it stays within bigint."""


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
    number = int(found[1] + fraction.ljust(digits, "0"))
    if number > _LARGEST:
        invalid(path, "too large")
    return number


def loaded(text: str) -> Any:
    """Return the JSON document in `text`; a key said twice is refused, and what is no JSON."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found:
                invalid("$", f"key {key!r} stands twice in one object")
            found[key] = value
        return found

    if len(text) > LONGEST:
        invalid("$", f"longer than {LONGEST} characters")
    try:
        return json.loads(text, object_pairs_hook=once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        invalid("$", f"not JSON: {error}")


def _no_constant(name: str) -> NoReturn:
    invalid("$", f"not JSON: {name}")


def named(text: object, limit: int, path: str) -> str:
    """Return a text of at least one character that can be printed, and stored."""
    if not isinstance(text, str) or not 0 < len(text) <= limit or not text.isprintable():
        invalid(path, f"expected a text of 1 to {limit} characters that can be printed, in quotes")
    return text


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
        is_empty = isinstance(found, str) and not found
        return "" if optional and is_empty else named(found, limit, self.under(key))

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
            if not isinstance(found, str) or not _DAY.fullmatch(found):
                raise ValueError
            return date.fromisoformat(found)
        except ValueError:
            self.refuse(key, 'expected a day such as "2026-01-31", from 1900 to 2199')

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
        if len(found) > _MOST_ENTRIES:
            self.refuse(key, f"more than {_MOST_ENTRIES} entries")
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
