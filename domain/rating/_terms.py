"""Terms: a tariff with everything settled that does not depend on how much was used."""

from dataclasses import dataclass
from datetime import date, timedelta

from domain.base import Refusal
from domain.tariff import Blocks, Brackets, Charge, Tariff

from ._consumption import Consumption
from ._demand import DemandTerms
from ._holder import Holder, Situation, month_later
from ._item import Computed, Item, applies, item_of
from ._line import Charges
from ._matrix import MatrixTerms
from ._minimum import MinimumTerms, RefundTerms
from ._money import Money
from ._percentage import StepwisePercentageTerms
from ._quota import FreeEnergyTerms, LossTerms
from ._sheet import Sheet
from ._standing import StandingTerms, StepsTerms
from ._tiers import TierTerms

_ANYBODY = Holder()
_BY_DAYS = (
    DemandTerms
    | FreeEnergyTerms
    | LossTerms
    | MinimumTerms
    | RefundTerms
    | StandingTerms
    | StepsTerms
    | StepwisePercentageTerms
)


class PeriodNeedsCut(Refusal):
    """Inside the period a season or a tier cycle begins: rate the parts, by a reading of that day.

    `cuts_of` names the days.
    """

    code = "PERIOD_NEEDS_CUT"


@dataclass(frozen=True, slots=True)
class Terms:
    """What the tariff comes to for one period and one kind of account: many accounts share it."""

    tariff: Tariff
    items: tuple[Item, ...]

    def money(self, charge: Charge) -> Money:
        """Return how the money of a charge's lines is rounded."""
        return Money.of(self.tariff, charge.rounding)

    @property
    def is_set_based(self) -> bool:
        """Tell whether `set_based` can say all of it; else the accounts go through `rate`."""
        return all(isinstance(item, Computed) for item in self.items)

    @property
    def is_lasting(self) -> bool:
        """Tell whether they are the same however long the period is and since when it is served."""
        return not any(_counts_days(item) for item in self.items)

    @property
    def limits(self) -> tuple[int, ...]:
        """Return the tier limits of the cycle in Wh, as they are for this account; () for none."""
        found = (item.limits for item in self.items if isinstance(item, TierTerms | MatrixTerms))
        return next(found, ())


def terms_of(
    tariff: Tariff, *, first_day: date, until: date | None = None, holder: Holder = _ANYBODY
) -> Terms:
    """Return the tariff's terms for a period and the account that `holder` describes.

    `until` is not included; without it the period is one day. Refusals: PeriodNeedsCut.
    """
    situation = Situation(first_day, until or first_day + timedelta(days=1), holder)
    cuts = cuts_of(tariff, situation.first_day, situation.until)
    if cuts:
        raise PeriodNeedsCut(cuts=cuts)
    charges = (charge for charge in tariff.charges if applies(charge, situation))
    return Terms(tariff, tuple(item_of(charge, situation) for charge in charges))


def cuts_of(tariff: Tariff, first_day: date, until: date) -> tuple[date, ...]:
    """Return the days inside a period on which a season or a tier cycle begins."""
    edges = {
        day
        for charge in tariff.charges
        if charge.blocks
        for limits in charge.blocks.limits
        for day in (limits.valid_from, limits.valid_to)
        if day
    }
    month = date(first_day.year, first_day.month, 1)
    while (month := month_later(month, 1)) < until:
        edges.add(month)
    return tuple(
        day
        for day in sorted(edges)
        if first_day < day < until and _differs(tariff, day - timedelta(days=1), day)
    )


def rate(terms: Terms, consumption: Consumption) -> Charges:
    """Return what the consumption costs, line by line, each line rounded once.

    Refusals: PeriodNotPriced, BeyondBrackets.
    """
    step = terms.tariff.roundings.quantity
    if step.step > 1:
        consumption = consumption.with_energy([step.of(wh, 1) for wh in consumption.periods_wh])
    sheet = Sheet(Money.of(terms.tariff), consumption)
    for item in terms.items:
        sheet.money = terms.money(item.charge)
        lines = list(item.lines(sheet))
        sheet.lines += [line.negated() for line in lines] if item.charge.credit else lines
    return Charges(terms.tariff, tuple(sheet.lines), sheet.use.total_wh)


def _counts_days(item: Item) -> bool:
    blocks, rule = item.charge.blocks, item.charge.rule
    if blocks is not None:
        return blocks.by_service or blocks.days_per_month > 0 or blocks.cycle.months == 0
    if isinstance(rule, Brackets):
        return rule.days_per_month > 0 or any(each.fixed for each in rule.brackets)
    return isinstance(item, _BY_DAYS)


def _differs(tariff: Tariff, before: date, after: date) -> bool:
    for charge in tariff.charges:
        if charge.applies_on(before) != charge.applies_on(after):
            return True
        if charge.blocks and _block_differs(charge.blocks, before, after):
            return True
    return False


def _block_differs(blocks: Blocks, before: date, after: date) -> bool:
    if blocks.cycle.around(before) != blocks.cycle.around(after):
        return True
    # Monthly limits of a longer cycle are summed up over it: their seasons need no cut.
    summed = blocks.limits_on(before).per_month and blocks.limits_on(after).per_month
    return not summed and blocks.limits_on(before) != blocks.limits_on(after)
