"""An amount that somebody else has settled: an agreed correction, a line of another system."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Given:
    """The consumption brings the amount under the charge's line."""
