"""What a kind of charge promises about its amounts; tests hold every kind to it."""

from enum import StrEnum


class Promise(StrEnum):
    """MONOTONE: more energy never costs less.

    SPLIT_INVARIANT: energy rated in two parts, the second after the first in the tier cycle, costs
    the same but for the rounding of its lines. ORDER_INVARIANT: so it does when the two parts
    change places. A credit keeps the last two only; what is reckoned on other lines promises no
    more than they do.
    """

    MONOTONE = "MONOTONE"
    SPLIT_INVARIANT = "SPLIT_INVARIANT"
    ORDER_INVARIANT = "ORDER_INVARIANT"


Promises = frozenset[Promise]
ALL: Promises = frozenset(Promise)
NOT_SPLIT: Promises = frozenset({Promise.MONOTONE, Promise.ORDER_INVARIANT})
MONOTONE: Promises = frozenset({Promise.MONOTONE})
ORDER: Promises = frozenset({Promise.ORDER_INVARIANT})
NONE: Promises = frozenset()
