"""Base: what every room stands on.

Money is whole fen (the currency's minor unit), energy whole Wh, both `int`. A `Refusal` is the
business saying no. `transaction` is opened by an act and joined by the acts it calls; `reading_as`
is around what a person reads. A `Listing` has pages and a length, both by one query.
"""

from . import _columns as columns
from . import _wall as wall
from ._actor import SYSTEM, Actor, ActorKind
from ._listing import Listing
from ._question import Question, shifted, side_by_side
from ._reading import ReaderKind, as_house, reading, reading_as
from ._refusal import Refusal
from ._together import Asking, all_of, asked, last_texts, together
from ._transaction import (
    LISTED,
    after_commit,
    copy,
    copy_packed,
    listed,
    packed,
    records,
    row,
    rows,
    run,
    transaction,
    unpacked,
    value,
    wait_for_disk,
)

__all__ = [
    "LISTED",
    "SYSTEM",
    "Actor",
    "ActorKind",
    "Asking",
    "Listing",
    "Question",
    "ReaderKind",
    "Refusal",
    "after_commit",
    "all_of",
    "as_house",
    "asked",
    "columns",
    "copy",
    "copy_packed",
    "last_texts",
    "listed",
    "packed",
    "reading",
    "reading_as",
    "records",
    "row",
    "rows",
    "run",
    "shifted",
    "side_by_side",
    "together",
    "transaction",
    "unpacked",
    "value",
    "wait_for_disk",
    "wall",
]
