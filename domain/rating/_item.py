"""Item: a charge of the tariff, settled for one situation."""

from domain import tariff
from domain.tariff import Charge, Tariff

from ._brackets import BracketTerms
from ._demand import DemandTerms
from ._energy import EnergyTerms
from ._given import GivenTerms
from ._holder import Situation
from ._limits import limits_in
from ._matrix import MatrixTerms
from ._minimum import MinimumTerms, RefundTerms, RoundOffTerms
from ._money import Money
from ._percentage import PercentageTerms, StepwisePercentageTerms
from ._power_factor import PowerFactorTerms
from ._quota import FreeEnergyTerms, LossTerms
from ._standing import StandingTerms
from ._tiers import TierTerms

Computed = (
    BracketTerms
    | DemandTerms
    | EnergyTerms
    | FreeEnergyTerms
    | MatrixTerms
    | MinimumTerms
    | PercentageTerms
    | RefundTerms
    | RoundOffTerms
    | StandingTerms
    | TierTerms
)
"""What SQL can say too."""

Item = Computed | GivenTerms | LossTerms | PowerFactorTerms


def applies(charge: Charge, situation: Situation) -> bool:
    when = charge.when
    return (
        situation.first_day.month in when.months
        and (not when.holds or situation.holds(when.holds))
        and (not when.lacks or not situation.holds(when.lacks))
    )


def item_of(  # ruff: ignore[complex-structure, too-many-return-statements, too-many-branches] -- one case for every kind, and nothing else
    charge: Charge, whole: Tariff, situation: Situation
) -> Item:
    money, months = Money.of(whole, charge.rounding), int(situation.share("whole"))
    match charge.rule:
        case tariff.Energy() as rule:
            return EnergyTerms(charge, rule)
        case tariff.Tiers() as rule:
            return TierTerms(charge, rule, limits_in(rule.blocks, situation))
        case tariff.Matrix() as rule:
            return MatrixTerms(charge, rule, limits_in(rule.blocks, situation))
        case tariff.Brackets() as rule:
            return BracketTerms(charge, rule)
        case tariff.Standing() as rule:
            return StandingTerms(charge, rule, situation.days, situation.share(rule.proration))
        case tariff.Demand() as rule:
            return DemandTerms(charge, rule, situation.share(rule.proration))
        case tariff.Minimum() as rule:
            share = situation.share(rule.proration)
            return MinimumTerms(charge, rule, money.amount(1000, rule.price, share))
        case tariff.Refund() as rule:
            return RefundTerms(charge, rule, rule.fen_per_month * months)
        case tariff.FreeEnergy() as rule:
            return FreeEnergyTerms(charge, rule, rule.wh_per_month * months)
        case tariff.Loss() as rule:
            return LossTerms.of(charge, rule, situation.days)
        case tariff.Percentage() as rule:
            return _percentage(charge, rule, situation.days)
        case tariff.PowerFactor() as rule:
            return PowerFactorTerms(charge, rule)
        case tariff.RoundOff() as rule:
            return RoundOffTerms(charge, rule)
        case tariff.Given() as rule:
            return GivenTerms(charge, rule)


def _percentage(charge: Charge, rule: tariff.Percentage, days: int) -> PercentageTerms:
    bounds = tuple(
        rate.below * (days if rate.per_day else 1) for rate in rule.rates if rate.below is not None
    )
    kind = StepwisePercentageTerms if bounds else PercentageTerms
    return kind(charge, rule, bounds)
