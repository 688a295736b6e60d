"""Changes: the days from which on an account is another one to a tariff."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from domain.tariff import Tariff

from ._holder import Entitlement

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Contracted:
    """What an account has contracted from `since` on: capacity in VA, declared demand in W."""

    since: date
    capacity_va: int = 0
    declared_w: int = 0


def changes_of(
    tariff: Tariff, entitlements: Sequence[Entitlement], contracted: Sequence[Contracted]
) -> tuple[date, ...]:
    """Return the days on which a charge begins or ends for the account, or asks for another size.

    A period is cut there, like where a season begins. A household's bonus cuts nothing: it counts
    by months. `contracted` is in order.
    """
    if not entitlements and not contracted:
        return ()
    charges = tariff.charges
    names = {name for each in charges for name in (each.when.holds, each.when.lacks) if name}
    sizes = {size for each in charges for size in each.asks_contract}
    return tuple(sorted({*_held(names, entitlements), *_sized(sizes, contracted)}))


def contracted_on(day: date, contracted: Sequence[Contracted]) -> Contracted:
    """Return what holds on the day, of what was contracted in order; nothing before the first."""
    earlier = [each for each in contracted if each.since <= day]
    return earlier[-1] if earlier else Contracted(date.min)


def _held(names: set[str], entitlements: Sequence[Entitlement]) -> Iterator[date]:
    for name in names:
        held = [each for each in entitlements if each.name == name]
        for day in {day for each in held for day in (each.since, each.until) if day}:
            before, after = (
                any(each.overlaps(start, start + _DAY) for each in held)
                for start in (day - _DAY, day)
            )
            if before != after:
                yield day


def _sized(sizes: set[str], contracted: Sequence[Contracted]) -> Iterator[date]:
    for each in contracted:
        before = contracted_on(each.since - _DAY, contracted)
        if any(getattr(each, size) != getattr(before, size) for size in sizes):
            yield each.since
