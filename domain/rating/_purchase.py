"""Purchase: money -> kWh, through blocks that count what was bought before in the cycle."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from domain.base import Refusal
from domain.tariff import PERCENT_DIGITS, Energy, Tariff, Tiers

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
    percentages = [item for item in terms.items if isinstance(item, PercentageTerms)]
    taxes = [item for item in percentages if not item.rule.included]
    owed = sum(line.amount_fen for line in fixed)
    owed += sum(terms.money(tax.charge).percent(_base(tax, fixed), _percent(tax)) for tax in taxes)
    if money_fen < owed:
        raise PurchaseTooSmall(money_fen=money_fen, owed_fen=owed)
    on_energy = sum(_percent(tax) for tax in taxes if _on_energy(tax, terms))
    net = Fraction((money_fen - owed) * _HUNDRED_PERCENT, _HUNDRED_PERCENT + on_energy)
    energy, exact_wh = _energy(terms, net, before.bought_wh)
    lines = [*fixed, *energy]
    lines += _taxes(terms, taxes, lines, money_fen)
    lines += [_contained(item, lines) for item in percentages if item.rule.included]
    energy_wh = sum(line.quantity for line in lines if line.unit == "kWh")
    bought_wh = sum(line.quantity for line in energy)
    return Purchase(terms.tariff, tuple(lines), energy_wh, bought_wh, exact_wh, money_fen)


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


def _contained(tax: PercentageTerms, lines: list[ChargeLine]) -> ChargeLine:
    base = _base(tax, lines)
    return ChargeLine(tax.charge.line, tax.charge.kind, CONTAINED, base, _percent(tax), 0)


def _energy(terms: Terms, net: Fraction, bought_wh: int) -> tuple[list[ChargeLine], Fraction]:
    """Return the lines that `net` (exact minor units) buys, and the exact energy."""
    item = next(item for item in terms.items if isinstance(item.rule, Energy | Tiers))
    limits: Sequence[int] = item.limits if isinstance(item, TierTerms) else ()
    prices = item.rule.prices if isinstance(item.rule, Tiers) else (item.rule.single or 0,)
    charge, money = item.charge, terms.money(item.charge)
    lines: list[ChargeLine] = []
    left, taken = net, bought_wh
    for i, price in enumerate(prices):
        block = max(0, limits[i] - taken) if i < len(limits) else None
        cost = None if block is None else money.amount(block, price)
        if block is None or cost is None or cost > left:
            exact = left * money.denominator / price
            break
        lines.append(ChargeLine(charge.line, charge.kind, "kWh", block, price, cost, tier=i + 1))
        left -= cost
        taken += block
    full = taken - bought_wh
    wh = terms.tariff.roundings.quantity
    exact += full
    last = wh.of(exact.numerator, exact.denominator) - full
    rest = money.rounding.of(left.numerator, left.denominator)
    lines.append(ChargeLine(charge.line, charge.kind, "kWh", last, price, rest, tier=i + 1))
    return [line for line in lines if line.quantity or line.amount_fen], exact


def _taxes(
    terms: Terms, taxes: list[PercentageTerms], lines: list[ChargeLine], money_fen: int
) -> list[ChargeLine]:
    """Return the tax lines; the last one takes what is left, so that the lines are the money."""
    found: list[ChargeLine] = []
    left = money_fen - sum(line.amount_fen for line in lines)
    for tax in taxes:
        base, percent = _base(tax, lines), _percent(tax)
        rounded = terms.money(tax.charge).percent(base, percent)
        amount = left if tax is taxes[-1] else rounded
        left -= amount
        found.append(ChargeLine(tax.charge.line, tax.charge.kind, "%", base, percent, amount))
    return found


def _percent(tax: PercentageTerms) -> int:
    return tax.rule.rates[0].percent


def _base(tax: PercentageTerms, lines: list[ChargeLine]) -> int:
    base = tax.rule.base
    return sum(
        line.amount_fen
        for line in lines
        if not base or any(part.line == line.line for part in base)
    )


def _on_energy(tax: PercentageTerms, terms: Terms) -> bool:
    energy = next(item.charge.line for item in terms.items if isinstance(item.rule, Energy | Tiers))
    return not tax.rule.base or any(part.line == energy for part in tax.rule.base)
