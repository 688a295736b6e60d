"""Power-factor adjustment 功率因数调整."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isqrt
from typing import ClassVar

from domain.tariff import Band, Charge, PowerFactor

from ._consumption import Consumption
from ._line import ChargeLine
from ._promise import NONE, Promises
from ._sheet import Sheet


@dataclass(frozen=True, slots=True)
class PowerFactorTerms:
    """A step of the table is not monotone: a little more energy may lift the factor over it.

    Not set-based: the factor is a root, and few accounts have one; they are rated one by one.
    """

    promises: ClassVar[Promises] = NONE
    charge: Charge
    rule: PowerFactor

    def lines(self, sheet: Sheet) -> Iterator[ChargeLine]:
        factor = factor_of(sheet.use, drawn_only=self.rule.drawn_only)
        percent = 0 if factor is None else percent_at(self.rule, factor)
        base = sheet.base(self.rule.base)
        base -= sheet.money.amount(sheet.use.total_wh, self.rule.less_price)
        amount = sheet.money.percent(base, percent)
        yield ChargeLine(self.charge.line, self.charge.kind, "%", base, percent, amount)


def factor_of(use: Consumption, *, drawn_only: bool = False) -> int | None:
    """Return kWh / sqrt(kWh^2 + kvarh^2) in hundredths, half up; None where nothing was used, or
    nobody knows what flowed besides.

    Reactive energy counts in both directions, or as far as it is drawn only.
    """
    if use.power_factor is not None:
        return use.power_factor
    if use.reactive_varh is None:
        return None
    drawn, given = map(abs, use.reactive_varh)
    active, reactive = use.total_wh, drawn if drawn_only else drawn + given
    if not active and not reactive:
        return None
    half_hundredths = isqrt(200**2 * active**2 // (active**2 + reactive**2))
    return (half_hundredths + 1) // 2


def percent_at(rule: PowerFactor, factor: int) -> int:
    """Return the adjustment in 1e-6 percent: below the standard more, above it less."""
    if factor < rule.standard:
        return _climb(rule.penalties, rule.standard, factor)
    return -_climb(rule.rewards, rule.standard, factor)


def _climb(bands: tuple[Band, ...], standard: int, factor: int) -> int:
    percent, reached = 0, standard
    for band in bands:
        end = min(band.to, factor) if factor > standard else max(band.to, factor)
        if (end > reached) != (factor > standard) or end == reached:
            break
        percent += abs(end - reached) * band.percent
        reached = end
    return percent
