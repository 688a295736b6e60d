"""Which uplink numbers of a meter were taken: the last one and a bitmap of the 63 up to it."""

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
