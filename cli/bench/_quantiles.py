"""Percentiles of whole microseconds."""

from collections.abc import Sequence

_US_PER_MS = 1_000
_PERCENTS = (50, 95, 99)


def quantiles_ms(samples_us: Sequence[int]) -> dict[str, int]:
    """Return how many samples there are and their percentiles, in ms rounded up.

    A percentile is the least sample that so many percent of the samples do not exceed.
    """
    ordered = sorted(samples_us)
    found = {"n": len(ordered)}
    for percent in _PERCENTS:
        rank = -(-len(ordered) * percent // 100)
        found[f"p{percent}"] = -(-ordered[rank - 1] // _US_PER_MS)
    return found
