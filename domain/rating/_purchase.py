"""Purchase: money -> kWh, through blocks that count what was bought before in the cycle."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from domain.base import Refusal
from domain.tariff import PERCENT_DIGITS, Base, Energy, Part, Tariff, Tiers

from ._given import GivenTerms
from ._line import CONTAINED, ChargeLine
from ._money import Money
from ._percentage import PercentageTerms
from ._quota import FreeEnergyTerms
from ._standing import StandingTerms
from ._terms import Terms
from ._tiers import TierTerms

_HUNDRED_PERCENT = 100 * 10**PERCENT_DIGITS


class PurchaseTooSmall(Refusal):
    """The money does not even cover what is due with it."""

    code = "PURCHASE_TOO_SMALL"


@dataclass(frozen=True, slots=True)
class Before:
    """What the account had before this purchase.

    `bought_wh` in the same cycle, without what was free; `free_wh`: the free energy that it was
    given this month. `standing_days` since per-day charges were last taken; `months_due`: for how
    many months, this one included, no purchase has taken the charges per month. `given`: amounts
    to be taken with it, arrears for one, by the line that they stand under.
    """

    bought_wh: int = 0
    free_wh: int = 0
    standing_days: int = 0
    months_due: int = 1
    given: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Purchase:
    """The lines add up to the money exactly; `energy_wh` is what the token is worth.

    `bought_wh` of it counts on in the blocks: all but what was free. `exact_wh` is what was bought
    before the tariff's rounding of quantities.
    """

    tariff: Tariff
    lines: tuple[ChargeLine, ...]
    energy_wh: int
    bought_wh: int
    exact_wh: Fraction
    money_fen: int

    @property
    def average_price(self) -> int:
        """Return money per kWh in 1e-8, rounded as the tariff rounds prices; 0 for no energy."""
        unit = Money.of(self.tariff).denominator
        rounding = self.tariff.roundings.price
        return rounding.of(self.money_fen * unit, self.energy_wh) if self.energy_wh else 0


def purchase(terms: Terms, money_fen: int, *, before: Before | None = None) -> Purchase:
    """Return what the money buys under a tariff with `basis: purchase`, on the day of the terms.

    Standing charges and other amounts that are due and taxes are taken first; every full block
    costs its rounded amount, the rest of the money goes into the last block reached. Free energy
    comes on top and does not count in the blocks. Refusals: PurchaseTooSmall.
    """
    assert terms.tariff.basis == "purchase"
    assert money_fen >= 0
    before = before or Before()
    fixed = _fixed(terms, before)
    taxes = _taxes_of(terms)
    on_top = [tax for tax in taxes if not tax.item.rule.included]
    owed = sum(line.amount_fen for line in [*fixed, *_taxed(terms, on_top, fixed)])
    if money_fen < owed:
        raise PurchaseTooSmall(money_fen=money_fen, owed_fen=owed)
    energy, exact_wh = _energy(terms, on_top, money_fen - owed, before.bought_wh)
    lines = [*fixed, *energy]
    lines += _to_the_fen(_taxed(terms, on_top, lines), lines, money_fen)
    lines += [tax.contained(lines) for tax in taxes if tax.item.rule.included]
    energy_wh = sum(line.quantity for line in lines if line.unit == "kWh")
    bought_wh = sum(line.quantity for line in energy)
    return Purchase(terms.tariff, tuple(lines), energy_wh, bought_wh, exact_wh, money_fen)


@dataclass(frozen=True, slots=True)
class _Tax:
    """A tax, and the lines it is on: those that it names, or all before it."""

    item: PercentageTerms
    parts: Base

    @property
    def line(self) -> str:
        return self.item.charge.line

    @property
    def percent(self) -> int:
        return self.item.rule.rates[0].percent

    def is_on(self, line: str, tier: int | None) -> bool:
        return any(part.holds(line, tier) for part in self.parts)

    def base(self, lines: Iterable[ChargeLine]) -> int:
        return sum(line.amount_fen for line in lines if self.is_on(line.line, line.tier))

    def contained(self, lines: list[ChargeLine]) -> ChargeLine:
        kind, base = self.item.charge.kind, self.base(lines)
        return ChargeLine(self.line, kind, CONTAINED, base, self.percent, 0)


def _taxes_of(terms: Terms) -> list[_Tax]:
    found: list[_Tax] = []
    earlier: list[Part] = []
    for item in terms.items:
        if isinstance(item, PercentageTerms):
            found.append(_Tax(item, item.rule.base or tuple(earlier)))
        earlier.append(Part(item.charge.line))
    return found


def _taxed(terms: Terms, taxes: list[_Tax], lines: list[ChargeLine]) -> list[ChargeLine]:
    """Return the taxes on the lines, and on the taxes before them."""
    found: list[ChargeLine] = []
    for tax in taxes:
        base, charge = tax.base([*lines, *found]), tax.item.charge
        amount = terms.money(charge).percent(base, tax.percent)
        found.append(ChargeLine(charge.line, charge.kind, "%", base, tax.percent, amount))
    return found


def _to_the_fen(
    taxes: list[ChargeLine], lines: list[ChargeLine], money_fen: int
) -> list[ChargeLine]:
    """Return the taxes, the last due one with what is left, so that all lines are the money."""
    left = money_fen - sum(line.amount_fen for line in [*lines, *taxes])
    due = [i for i, tax in enumerate(taxes) if tax.quantity][-1:]
    return [
        replace(tax, amount_fen=tax.amount_fen + left) if i in due else tax
        for i, tax in enumerate(taxes)
    ]


def _fixed(terms: Terms, before: Before) -> list[ChargeLine]:
    """Return what comes before energy is bought: standing charges, arrears, free energy."""
    found: list[ChargeLine] = []
    for item in terms.items:
        match item:
            case StandingTerms():
                due = replace(item, days=before.standing_days, share=Fraction(before.months_due))
                found.append(due.line(terms.money(item.charge), 0))
            case GivenTerms(charge):
                amount = sum(fen for line, fen in before.given if line == charge.line)
                found.append(ChargeLine(charge.line, charge.kind, "", 0, 0, amount))
            case FreeEnergyTerms(charge):
                free = max(0, item.free_wh - before.free_wh)
                found.append(ChargeLine(charge.line, charge.kind, "kWh", free, 0, 0))
    return [line for line in found if line.quantity * line.share or line.amount_fen]


def _energy(
    terms: Terms, taxes: list[_Tax], money_fen: int, bought_wh: int
) -> tuple[list[ChargeLine], Fraction]:
    """Return the lines that the money buys beside the taxes on them, and the exact energy."""
    item = next(item for item in terms.items if isinstance(item.rule, Energy | Tiers))
    limits: Sequence[int] = item.limits if isinstance(item, TierTerms) else ()
    prices = item.rule.prices if isinstance(item.rule, Tiers) else (item.rule.single or 0,)
    charge, money = item.charge, terms.money(item.charge)
    lines: list[ChargeLine] = []
    left, taken = Fraction(money_fen), bought_wh
    for i, price in enumerate(prices):
        times = _times(taxes, charge.line, i + 1)
        block = max(0, limits[i] - taken) if i < len(limits) else None
        cost = None if block is None else money.amount(block, price)
        if block is None or cost is None or cost * times > left:
            left /= times
            exact = left * money.denominator / price
            break
        lines.append(ChargeLine(charge.line, charge.kind, "kWh", block, price, cost, tier=i + 1))
        left -= cost * times
        taken += block
    full = taken - bought_wh
    exact += full
    last = terms.tariff.roundings.quantity.of(*exact.as_integer_ratio()) - full
    rest = money.rounding.of(left.numerator, left.denominator)
    lines.append(ChargeLine(charge.line, charge.kind, "kWh", last, price, rest, tier=i + 1))
    return [line for line in lines if line.quantity or line.amount_fen], exact


def _times(taxes: list[_Tax], line: str, tier: int) -> Fraction:
    """Return what a minor unit of energy in this tier costs with its taxes."""
    parts = {line: Fraction(1)}
    for tax in taxes:
        base = sum(part for name, part in parts.items() if tax.is_on(name, tier))
        parts[tax.line] = base * Fraction(tax.percent, _HUNDRED_PERCENT)
    return sum(parts.values(), Fraction())
