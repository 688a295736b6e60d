"""A register has so many digits and starts again at zero (翻转); readings are stored unrolled."""

from ._reading import Registers

_WH_DIGITS = 3


def span_wh(digits: int) -> int:
    """Return at how many Wh a register with so many whole digits of a kWh starts again."""
    return int(10 ** (digits + _WH_DIGITS))


def unrolled(shown_wh: int, *, last_wh: int, digits: int) -> int:
    """Return the lowest count from `last_wh` on that such a register shows as `shown_wh`.

    What shows more than its digits can is taken at its word.
    """
    span = span_wh(digits)
    return shown_wh if shown_wh >= span else last_wh + (shown_wh - last_wh) % span


def continued(shown: Registers, last: Registers, *, digits: int, limit_wh: int) -> Registers:
    """Return the registers counted on from `last`.

    One that shows less than before has started again only where it needed no more than
    `limit_wh` for it; otherwise it is left below, to be found running backwards.
    """
    total, sharp, peak, flat, valley, deep = (
        continued_one(now, before, digits=digits, limit_wh=limit_wh)
        for now, before in zip(shown, last, strict=True)
    )
    return (total, sharp, peak, flat, valley, deep)


def continued_one(shown: int, last: int, *, digits: int, limit_wh: int) -> int:
    """Return one register counted on from `last`, as `continued` does."""
    count = unrolled(shown, last_wh=last, digits=digits)
    in_turn = shown + last - last % span_wh(digits)
    return count if count - last <= limit_wh else in_turn


def in_turn(shown: Registers, last: Registers, *, digits: int) -> Registers:
    """Return the registers as counts of the turn that `last` is in."""
    span = span_wh(digits)
    total, sharp, peak, flat, valley, deep = (
        now + before - before % span for now, before in zip(shown, last, strict=True)
    )
    return (total, sharp, peak, flat, valley, deep)


def shows(count: Registers, shown: Registers, *, digits: int) -> bool:
    """Tell whether registers that stand at `count` show `shown`."""
    return all(shows_one(a, b, digits=digits) for a, b in zip(count, shown, strict=True))


def shows_one(count: int, shown: int, *, digits: int) -> bool:
    """Tell whether one register that stands at `count` shows `shown`."""
    return (count - shown) % span_wh(digits) == 0
