"""Checks: what makes a person look at a bill before it goes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Checks:
    """A bill is held where its daily use is above `spike_times` the account's own history.

    Below `spike_from_wh` a day nobody minds, and `spike_bills` of history are needed to say.
    `patience` is how long a bill waits for the reading of its last midnight, until it is estimated.
    """

    spike_times: int = 3
    spike_from_wh: int = 20_000
    spike_bills: int = 2
    patience: timedelta = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier bill of the account: its days and its use."""

    days: int
    energy_wh: int


def reasons_to_hold(
    checks: Checks,
    past: Sequence[Past],
    *,
    days: int,
    energy_wh: int,
    total_fen: int,
    missing: bool,
    unknown_factor: bool = False,
    unknown_demand: bool = False,
) -> tuple[str, ...]:
    """Return why the bill must not go out unseen; `past` is newest first.

    MISSING_READ: nothing was read in the period, or its end could not be estimated. NEGATIVE:
    money would flow back. ZERO: nothing was used, and the last bill, which somebody has looked
    at, was not zero too. SPIKE: far more than the account ever uses. MISSING_REACTIVE: the power
    factor is priced, and no reactive energy was read; it is not adjusted then. MISSING_DEMAND:
    demand is priced, energy was used, and no quarter of an hour was measured.
    """
    spike = spikes(checks, past, days=days, energy_wh=energy_wh)
    found = {
        "MISSING_READ": missing,
        "NEGATIVE": total_fen < 0,
        "ZERO": energy_wh == 0 and not (past and past[0].energy_wh == 0),
        "SPIKE": spike,
        "MISSING_REACTIVE": unknown_factor,
        "MISSING_DEMAND": unknown_demand,
    }
    return tuple(reason for reason, holds in found.items() if holds)


def spikes(checks: Checks, past: Sequence[Past], *, days: int, energy_wh: int) -> bool:
    """Tell whether so much in so many days is far above the account's own average day."""
    past_days = sum(each.days for each in past)
    if len(past) < checks.spike_bills or energy_wh < checks.spike_from_wh * days:
        return False
    past_wh = sum(each.energy_wh for each in past)
    return energy_wh * past_days > checks.spike_times * past_wh * days
