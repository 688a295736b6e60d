"""Which uplink numbers of a meter were taken: the last one and a bitmap of the 63 up to it."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 63  # a PostgreSQL bigint without its sign
_MASK = (1 << WIDTH) - 1


@dataclass(frozen=True, slots=True)
class UplinkWindow:
    """Bit k of `seen` is set where uplink `last_n - k` was taken (as RFC 8613 does for replays)."""

    last_n: int
    seen: int

    def has(self, n: int) -> bool:
        """Tell whether `n` is known to be taken; numbers too old for the window are not known."""
        age = self.last_n - n
        return 0 <= age < WIDTH and bool(self.seen >> age & 1)

    def taking(self, n: int) -> "UplinkWindow":
        """Return the window after `n` was taken."""
        ahead = n - self.last_n
        if ahead > 0:
            kept = self.seen << ahead & _MASK if ahead < WIDTH else 0
            return UplinkWindow(n, kept | 1)
        if -ahead < WIDTH:
            return UplinkWindow(self.last_n, self.seen | 1 << -ahead)
        return self

    def taking_all(self, numbers: Sequence[int]) -> "UplinkWindow":
        """Return the window after all of these were taken, in whatever order."""
        last_n, count = max(self.last_n, *numbers), len(set(numbers))
        ahead = last_n - self.last_n
        seen = self.seen << ahead & _MASK if ahead < WIDTH else 0
        if count == last_n - min(numbers) + 1:  # one after the other, as they usually come
            return UplinkWindow(last_n, (seen | (1 << count) - 1) & _MASK)
        for n in numbers:
            if last_n - n < WIDTH:
                seen |= 1 << last_n - n
        return UplinkWindow(last_n, seen)


def counted(seen: int, count: int) -> int:
    """Return `seen` after the next `count` numbers were taken, one after the other."""
    return (seen << count | (1 << count) - 1) & _MASK
