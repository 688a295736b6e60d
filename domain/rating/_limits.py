"""The limits that blocks come to in one cycle, for one account."""

from collections.abc import Iterator
from datetime import date

from domain.tariff import Blocks, Rounding

from ._holder import Situation, month_later

_NEAREST = Rounding()


def limits_in(blocks: Blocks, situation: Situation) -> tuple[int, ...]:
    """Return the upper bounds of all tiers but the last, in Wh."""
    months = tuple(_months(blocks, situation))
    limits = [0] * (blocks.count - 1)
    for first_day, until in months:
        for i, wh in enumerate(_bonus(blocks, situation, first_day, until)):
            limits[i] += wh
    now = blocks.limits_on(situation.first_day)
    if now.per_month:
        for first_day, _ in months:
            for i, wh in enumerate(blocks.limits_on(first_day).wh):
                limits[i] += wh
    else:
        whole = blocks.cycle.months or max(1, len(months))
        served = len(months) if blocks.by_service else whole
        for i, wh in enumerate(now.wh):
            limits[i] += _NEAREST.of(wh * served, whole)
    if blocks.days_per_month:
        normal = blocks.days_per_month * max(1, blocks.cycle.months or len(months))
        days = (situation.until - situation.first_day).days
        limits = [_NEAREST.of(wh * days, normal) for wh in limits]
    for i in range(1, len(limits)):
        limits[i] = max(limits[i], limits[i - 1])
    return tuple(limits)


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


def _bonus(blocks: Blocks, situation: Situation, first_day: date, until: date) -> Iterator[int]:
    for i in range(blocks.count - 1):
        wh = 0
        for bonus in blocks.bonuses:
            over = situation.count_of(bonus.holder, first_day, until) - bonus.from_count + 1
            if over > 0:
                wh += bonus.wh_per_month[i] * (over if bonus.each_further else 1)
        yield wh
