"""Energy that is not charged, and energy that the meter does not see: before all prices."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import ClassVar

from domain.base import Refusal
from domain.tariff import (
    PERCENT_DIGITS,
    PERIODS,
    Charge,
    FreeEnergy,
    GivenEnergy,
    Loss,
    Rounding,
)

from ._consumption import Consumption
from ._form import Form, Part
from ._line import ChargeLine
from ._promise import NOT_SPLIT, ORDER, Promises
from ._sheet import Sheet

_HUNDRED_PERCENT = 100 * 10**PERCENT_DIGITS
_NEAREST = Rounding()
_HOURS = 24


class MoreDeductedThanUsed(Refusal):
    """More energy is to be taken off than was used: a reading or the sub-meter is wrong."""

    code = "MORE_DEDUCTED_THAN_USED"


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
        use, rule = sheet.use, self.rule
        lost = rule.iron_w * self.hours + _NEAREST.of(use.total_wh * rule.percent, _HUNDRED_PERCENT)
        reactive = rule.iron_var * self.hours
        reactive += _NEAREST.of(use.total_wh * rule.reactive_percent, _HUNDRED_PERCENT)
        sheet.use = use.with_energy(shared_out(lost, use, rule.idle))
        if use.reactive_varh is not None:
            taken, given = use.reactive_varh
            sheet.use = replace(sheet.use, reactive_varh=(abs(taken) + reactive, given))
        yield ChargeLine(self.charge.line, self.charge.kind, "kWh", lost, 0, 0)


@dataclass(frozen=True, slots=True)
class GivenEnergyTerms:
    """Not set-based: there is no column that would bring it. Given once, it does not split."""

    promises: ClassVar[Promises] = ORDER
    charge: Charge
    rule: GivenEnergy

    def lines(self, sheet: Sheet) -> Iterator[ChargeLine]:
        use, line = sheet.use, self.charge.line
        wh = sum(wh for name, wh in use.given_wh if name == line)
        wh = -wh if self.rule.deducted else wh
        if use.total_wh + wh < 0:
            raise MoreDeductedThanUsed(line=line, energy_wh=use.total_wh, deducted_wh=-wh)
        sheet.use = use.with_energy(shared_out(wh, use, self.rule.idle))
        yield ChargeLine(line, self.charge.kind, "kWh", wh, 0, 0)


def shared_out(wh: int, use: Consumption, idle: int) -> list[int]:
    """Return the energies with `wh` more in all, shared by their parts in whole Wh."""
    energies, total = use.periods_wh, use.total_wh
    if not total:
        return [wh if i == idle else 0 for i in range(len(PERIODS))]
    ends = [(total + wh) * end // total for end in accumulate(energies, initial=0)]
    return [upper - lower for lower, upper in pairwise(ends)]
