"""Item: a charge of the tariff, settled for one situation."""

from domain import tariff
from domain.tariff import Charge

from ._brackets import BracketTerms
from ._demand import DemandTerms
from ._energy import EnergyTerms
from ._given import GivenTerms
from ._holder import Situation
from ._limits import counts_on, limits_in
from ._matrix import MatrixTerms
from ._minimum import MinimumTerms, RefundTerms, RoundOffTerms
from ._percentage import PercentageTerms, StepwisePercentageTerms
from ._power_factor import PowerFactorTerms
from ._quota import FreeEnergyTerms, GivenEnergyTerms, LossTerms
from ._standing import StandingTerms, StepsTerms
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
    | StepsTerms
    | TierTerms
)
"""What SQL can say too."""

Item = Computed | GivenEnergyTerms | GivenTerms | LossTerms | PowerFactorTerms


def applies(charge: Charge, situation: Situation) -> bool:
    when = charge.when
    return (
        situation.first_day.month in when.months
        and (not when.holds or situation.holds(when.holds))
        and (not when.lacks or not situation.holds(when.lacks))
    )


def item_of(  # ruff: ignore[complex-structure, too-many-return-statements, too-many-branches] -- one case for every kind, and nothing else
    charge: Charge, situation: Situation
) -> Item:
    months = int(situation.share("whole"))
    match charge.rule:
        case tariff.Energy() as rule:
            return EnergyTerms(charge, rule)
        case tariff.Tiers() as rule:
            limits = limits_in(rule.blocks, situation)
            return TierTerms(charge, rule, limits, counts_on(rule.blocks, situation))
        case tariff.Matrix() as rule:
            limits = limits_in(rule.blocks, situation)
            return MatrixTerms(charge, rule, limits, counts_on(rule.blocks, situation))
        case tariff.Brackets() as rule:
            days = (situation.until - situation.first_day).days
            return BracketTerms.of(charge, rule, days=days, goes_on=situation.goes_on)
        case tariff.Standing() as rule:
            return StandingTerms(charge, rule, situation.days, situation.share(rule.proration))
        case tariff.Steps() as rule:
            return StepsTerms(charge, rule, situation.share(rule.proration))
        case tariff.Demand() as rule:
            return DemandTerms(charge, rule, situation.share(rule.proration))
        case tariff.Minimum() as rule:
            return MinimumTerms(charge, rule, situation.share(rule.proration))
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
        case tariff.GivenEnergy() as rule:
            return GivenEnergyTerms(charge, rule)


def _percentage(charge: Charge, rule: tariff.Percentage, days: int) -> PercentageTerms:
    bounds = tuple(
        rate.below * (days if rate.per_day else 1) for rate in rule.rates if rate.below is not None
    )
    kind = StepwisePercentageTerms if bounds else PercentageTerms
    return kind(charge, rule, bounds)
