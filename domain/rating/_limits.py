"""The limits that blocks come to in one cycle, for one account."""

from collections.abc import Iterator
from datetime import date
from itertools import accumulate

from domain.tariff import Blocks, Rounding

from ._holder import Situation, month_later

_NEAREST = Rounding()


def limits_in(blocks: Blocks, situation: Situation) -> tuple[int, ...]:
    """Return the upper bounds of all tiers but the last, in Wh."""
    found = _by_days(blocks, situation) if blocks.days_per_month else _by_months(blocks, situation)
    # A bonus on the first limit only may lift it over the second: that tier is then empty.
    return tuple(accumulate(found, max))


def counts_on(blocks: Blocks, situation: Situation) -> bool:
    """Tell whether tiers count on from energy that was charged before the first day.

    Limits by the days of a billing period are for its own energy, not for what came before it.
    """
    return situation.goes_on or (blocks.cycle.months > 0 and not blocks.days_per_month)


def _by_months(blocks: Blocks, situation: Situation) -> list[int]:
    months = tuple(_months(blocks, situation))
    now = blocks.limits_on(situation.first_day)
    if now.per_month:
        by_month = [blocks.limits_on(first_day).wh for first_day, _ in months]
        limits = [sum(each) for each in zip(*by_month, strict=True)] or [0] * len(now.wh)
    else:
        whole = blocks.cycle.months or max(1, len(months))
        served = len(months) if blocks.by_service else whole
        limits = [_NEAREST.of(wh * served, whole) for wh in now.wh]
    # What begins in a later month of the cycle lifts nothing yet: a bill of March stays what it is
    # when somebody moves in in May.
    known = max((end for start, end in months if start < situation.until), default=situation.until)
    bonuses = [_bonus(blocks, situation, *month, known) for month in months]
    return [wh + sum(bonus[i] for bonus in bonuses) for i, wh in enumerate(limits)]


def _by_days(blocks: Blocks, situation: Situation) -> list[int]:
    now, cycle = blocks.limits_on(situation.first_day), blocks.cycle.around(situation.first_day)
    # Days before a cycle that begins inside the billing period had limits of their own.
    since = max(situation.period_from, cycle[0]) if cycle else situation.period_from
    months = 1 if now.per_month else blocks.cycle.months or 1
    days = (situation.until - since).days
    bonus = _bonus(blocks, situation, since, situation.until, situation.until)
    return [
        _NEAREST.of((wh + bonus[i] * months) * days, blocks.days_per_month * months)
        for i, wh in enumerate(now.wh)
    ]


def _months(blocks: Blocks, situation: Situation) -> Iterator[tuple[date, date]]:
    """Return the months of the cycle; `by_service`: those in which the account was served."""
    cycle = blocks.cycle.around(situation.first_day)
    found = situation.months() if cycle is None else _walk(*cycle)
    for first_day, until in found:
        if not blocks.by_service or situation.served_days(first_day, until):
            yield first_day, until


def _walk(start: date, end: date) -> Iterator[tuple[date, date]]:
    while start < end:
        yield start, month_later(start, 1)
        start = month_later(start, 1)


def _bonus(
    blocks: Blocks, situation: Situation, first_day: date, until: date, known: date
) -> list[int]:
    """Return what the months' bonus adds to each limit, of entitlements that began by `known`."""
    found = [0] * (blocks.count - 1)
    for bonus in blocks.bonuses:
        over = situation.count_of(bonus.holder, first_day, until, known) - bonus.from_count + 1
        if over > 0:
            times = over if bonus.each_further else 1
            found = [wh + times * more for wh, more in zip(found, bonus.wh_per_month, strict=True)]
    return found
