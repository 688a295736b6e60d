"""Energy that is not charged, and energy that the meter does not see: before all prices."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import ClassVar

from domain.tariff import PERCENT_DIGITS, PERIODS, Charge, FreeEnergy, Loss, Rounding

from ._form import Form, Part
from ._line import ChargeLine
from ._promise import NOT_SPLIT, ORDER, Promises
from ._sheet import Sheet

_HUNDRED_PERCENT = 100 * 10**PERCENT_DIGITS
_NEAREST = Rounding()
_HOURS = 24


@dataclass(frozen=True, slots=True)
class FreeEnergyTerms:
    """`free_wh`: the quota of the whole period."""

    promises: ClassVar[Promises] = NOT_SPLIT
    charge: Charge
    rule: FreeEnergy
    free_wh: int

    def lines(self, sheet: Sheet) -> Iterator[ChargeLine]:
        energies, left = list(sheet.use.periods_wh), self.free_wh
        for i in self.rule.order:
            taken = min(left, energies[i])
            energies[i] -= taken
            left -= taken
        sheet.use = sheet.use.with_energy(energies)
        taken = self.free_wh - left
        yield ChargeLine(self.charge.line, self.charge.kind, "kWh", -taken, 0, 0)

    def sql(self, form: Form) -> list[Part]:
        free = form.constant(self.free_wh)
        energies = [""] * len(PERIODS)
        before = "0"
        for i in self.rule.order:
            energy = form.period(i)
            energies[i] = f"greatest(0, {energy} - greatest(0, {free} - ({before})))"
            before = f"{before} + {energy}"
        form.adjust(energies)
        return []


@dataclass(frozen=True, slots=True)
class LossTerms:
    """`hours`: how long iron losses ran.

    More energy in a cheap period draws the iron losses there: not monotone. Not set-based: few
    accounts are metered on the low side, they are rated one by one.
    """

    promises: ClassVar[Promises] = ORDER
    charge: Charge
    rule: Loss
    hours: int

    @classmethod
    def of(cls, charge: Charge, rule: Loss, days: int) -> "LossTerms":
        return cls(charge, rule, days * _HOURS)

    def lines(self, sheet: Sheet) -> Iterator[ChargeLine]:
        energies, total = sheet.use.periods_wh, sheet.use.total_wh
        lost = self.rule.iron_w * self.hours
        lost += _NEAREST.of(total * self.rule.percent, _HUNDRED_PERCENT)
        if total:
            ends = [lost * end // total for end in accumulate(energies, initial=0)]
            added = [upper - lower for lower, upper in pairwise(ends)]
        else:
            added = [lost if i == self.rule.idle else 0 for i in range(len(PERIODS))]
        sheet.use = sheet.use.with_energy([a + b for a, b in zip(energies, added, strict=True)])
        yield ChargeLine(self.charge.line, self.charge.kind, "kWh", lost, 0, 0)
