"""Which half hour is which period: by month, kind of day and slot; 24 h covered exactly once."""

import re
from dataclasses import dataclass
from datetime import datetime

from ._node import Node, invalid

PERIODS = ("sharp", "peak", "flat", "valley", "deep_valley")
DAY_KINDS = ("workday", "weekend", "holiday", "hot")
SLOTS = 48
_RANGE = re.compile(r"([01]\d|2[0-3]):(00|30)-([01]\d|2[0-4]):(00|30)", re.ASCII)
MONTHS = tuple(range(1, 13))

Slots = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Schedule:
    """The 48 half hours of every month and kind of day, each with the name of its period."""

    days: tuple[tuple[tuple[int, str], Slots], ...]

    def slots(self, month: int, day_kind: str = "workday") -> Slots:
        return dict(self.days)[month, day_kind]

    @property
    def periods(self) -> frozenset[str]:
        return self.periods_in(MONTHS)

    def periods_in(self, months: tuple[int, ...]) -> frozenset[str]:
        found = (slots for (month, _), slots in self.days if month in months)
        return frozenset(period for slots in found for period in slots)

    def period_at(self, at: datetime, day_kind: str = "workday") -> str:
        """Return the period of a moment, which is told by the clock of the place."""
        return self.slots(at.month, day_kind)[2 * at.hour + at.minute // 30]


def schedule_of(node: Node, key: str) -> Schedule:
    found: dict[tuple[int, str], Slots] = {}

    def rule(content: object, path: str) -> None:
        inner = Node.at(content, path)
        months = months_of(inner)
        kinds = inner.distinct("days", _day_kind) or DAY_KINDS
        slots = _slots_of(inner.node("periods"))
        inner.done()
        for day in ((month, kind) for month in months for kind in kinds):
            if day in found:
                invalid(path, f"month {day[0]}, {day[1]}: another rule covers it already")
            found[day] = slots

    node.each(key, rule)
    for month in MONTHS:
        for kind in DAY_KINDS:
            if (month, kind) not in found:
                node.refuse(key, f"month {month}, {kind}: no rule covers it")
    return Schedule(tuple(sorted(found.items())))


def months_of(node: Node) -> tuple[int, ...]:
    """Return the months that a rule is for; all where it names none."""
    return node.distinct("months", _month) or MONTHS


def _month(content: object, path: str) -> int:
    if not isinstance(content, int) or isinstance(content, bool) or content not in MONTHS:
        invalid(path, "expected a month from 1 to 12")
    return content


def _day_kind(content: object, path: str) -> str:
    if content not in DAY_KINDS:
        invalid(path, f"expected one of {', '.join(DAY_KINDS)}")
    return str(content)


def _slots_of(node: Node) -> Slots:
    slots: list[str] = [""] * SLOTS
    for period in node.content:
        if period not in PERIODS:
            node.refuse(period, f"unknown period; expected one of {', '.join(PERIODS)}")
        for path, start, end in node.each(period, _range):
            for slot in _walk(start, end):
                if slots[slot]:
                    invalid(path, f"{_clock(slot)} is {slots[slot]} already")
                slots[slot] = period
    if "" in slots:
        invalid(node.path, f"{_clock(slots.index(''))} belongs to no period")
    return tuple(slots)


def _range(content: object, path: str) -> tuple[str, int, int]:
    found = _RANGE.fullmatch(content) if isinstance(content, str) else None
    if found is None:
        invalid(path, 'expected half hours such as "08:00-22:00"')
    start, end = (2 * int(found[i]) + (found[i + 1] == "30") for i in (1, 3))
    if start == end or end > SLOTS:
        invalid(path, "a day has 24 hours, and a range must not be empty")
    return path, start, end


def _walk(start: int, end: int) -> range | tuple[int, ...]:
    """Return the slots of a range; one that ends before it starts passes midnight."""
    return range(start, end) if start < end else (*range(start, SLOTS), *range(end))


def _clock(slot: int) -> str:
    return f"{slot // 2:02}:{slot % 2 * 30:02}"
