"""Base: what every room stands on.

Money is whole fen (the currency's minor unit), energy whole Wh, both `int`. A `Refusal` is the
business saying no. `transaction` is opened by an act and joined by the acts it calls.
"""

from . import _columns as columns
from ._actor import SYSTEM, Actor, ActorKind
from ._refusal import Refusal
from ._transaction import (
    LISTED,
    after_commit,
    copy,
    listed,
    packed,
    row,
    rows,
    run,
    transaction,
    unpacked,
    value,
)

__all__ = [
    "LISTED",
    "SYSTEM",
    "Actor",
    "ActorKind",
    "Refusal",
    "after_commit",
    "columns",
    "copy",
    "listed",
    "packed",
    "row",
    "rows",
    "run",
    "transaction",
    "unpacked",
    "value",
]
