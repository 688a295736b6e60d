"""What was used by an account's meters, each over its own span (换表, 换变比)."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Span:
    """A register from its base to its end, while one meter stood behind one ratio."""

    base_wh: int
    end_wh: int
    ratio: int = 1

    @property
    def used_wh(self) -> int:
        """What was used: the way of the register times the ratio."""
        return (self.end_wh - self.base_wh) * self.ratio


def used_wh(spans: Iterable[Span]) -> int:
    """Return what was used over all spans: the old meter up to its removal and the new one."""
    return sum(span.used_wh for span in spans)
