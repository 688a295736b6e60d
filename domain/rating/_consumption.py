"""What was used between two moments, as rating wants to know it."""

from dataclasses import dataclass

from domain.tariff import PERIODS


@dataclass(frozen=True, slots=True)
class Consumption:
    """Energy by period, in the order of PERIODS: sharp, peak, flat, valley, deep_valley.

    `cycle_wh` is what was charged in the same tier cycle before this period began.
    """

    periods_wh: tuple[int, int, int, int, int]
    cycle_wh: int = 0

    def __post_init__(self) -> None:
        assert len(self.periods_wh) == len(PERIODS)
        assert min(*self.periods_wh, self.cycle_wh) >= 0, "metering holds what runs backwards"

    @property
    def total_wh(self) -> int:
        return sum(self.periods_wh)
