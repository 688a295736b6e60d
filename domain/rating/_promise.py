"""What a kind of charge promises about its amounts; tests hold every kind to it."""

from enum import StrEnum


class Promise(StrEnum):
    """MONOTONE: more use never costs less.

    SPLIT_INVARIANT: a period rated in two parts, the second after the first, costs the same but
    for the rounding of its lines. ORDER_INVARIANT: the two parts may change places.
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
