"""What was used between two moments, as rating wants to know it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.tariff import PERIODS, Rounding

_NEAREST = Rounding()

Periods = tuple[int, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Consumption:
    """Energy by period, in the order of PERIODS: sharp, peak, flat, valley, deep_valley.

    `cycle_wh` is what was charged in the same tier cycle before this period began. The rest is
    for charges that ask for it: capacity and demand in VA and W, reactive energy of both
    directions in varh (None: nobody knows), a power factor in hundredths where it is known
    otherwise, and amounts and Wh that were settled elsewhere, by the line that they stand under.
    """

    periods_wh: Periods
    cycle_wh: int = 0
    capacity_va: int = 0
    declared_w: int = 0
    demand_w: int = 0
    reactive_varh: tuple[int, int] | None = (0, 0)
    power_factor: int | None = None
    given: tuple[tuple[str, int], ...] = ()
    given_wh: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        assert len(self.periods_wh) == len(PERIODS)
        assert min(*self.periods_wh, self.cycle_wh) >= 0, "metering holds what runs backwards"
        assert min(self.capacity_va, self.declared_w, self.demand_w) >= 0

    @property
    def total_wh(self) -> int:
        return sum(self.periods_wh)

    def with_energy(self, periods_wh: Sequence[int]) -> "Consumption":
        sharp, peak, flat, valley, deep = periods_wh
        return replace(self, periods_wh=(sharp, peak, flat, valley, deep))

    def by_days(
        self, days: Sequence[int], rounding: Rounding = _NEAREST
    ) -> tuple["Consumption", ...]:
        """Return the parts that fall to runs of days, where no reading was taken in between.

        `rounding` is that of the tariff's quantities; nothing is lost by it. What a period had
        before is carried on from part to part. Demand, capacity and given amounts are not energy:
        they stay with every part.
        """
        found: list[Consumption] = []
        left, days_left = self, sum(days)
        for each in days:
            energy = [
                wh if each == days_left else min(wh, rounding.of(wh * each, days_left))
                for wh in left.periods_wh
            ]
            found.append(left.with_energy(energy))
            rest = [wh - part for wh, part in zip(left.periods_wh, energy, strict=True)]
            left = replace(left.with_energy(rest), cycle_wh=left.cycle_wh + sum(energy))
            days_left -= each
        return tuple(found)
