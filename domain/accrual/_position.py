"""The available balance and its parts: the reference that the set-based statement must equal."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

WINDOW = timedelta(days=7)
"""The average daily charge looks back one to two of these windows."""

SETTLED_AFTER = timedelta(days=1)
"""Before this much time there is no average worth telling."""


@dataclass(frozen=True, slots=True)
class Position:
    """What an account has left: available = prepaid - receivable - late fee - unbilled, in fen.

    `unbilled_fen` is recomputed from the start of the open period each time, never added up, so
    rounding cannot drift. `as_of` is the instant of the reading it stands on. `daily_fen` is the
    average charge of a day, 0 while unknown; `window_*` and `before_*` are its two anchors.
    """

    account_id: int
    billed_fen: int
    prepaid_fen: int
    receivable_fen: int
    late_fee_fen: int
    unbilled_fen: int
    available_fen: int
    as_of: datetime | None
    daily_fen: int
    window_at: datetime
    window_fen: int
    before_at: datetime
    before_fen: int


def advanced(
    was: Position, *, prepaid_fen: int, receivable_fen: int, unbilled_fen: int, as_of: datetime
) -> Position:
    """Return the position after these balances and this charge up to `as_of`."""
    charged_fen = was.billed_fen + unbilled_fen
    moved = was
    if as_of - was.window_at >= WINDOW:
        moved = replace(
            was,
            before_at=was.window_at,
            before_fen=was.window_fen,
            window_at=as_of,
            window_fen=charged_fen,
        )
    span = as_of - moved.before_at
    grown_fen = max(0, charged_fen - moved.before_fen)
    known = span >= SETTLED_AFTER
    return replace(
        moved,
        prepaid_fen=prepaid_fen,
        receivable_fen=receivable_fen,
        unbilled_fen=unbilled_fen,
        available_fen=prepaid_fen - receivable_fen - was.late_fee_fen - unbilled_fen,
        as_of=as_of,
        daily_fen=grown_fen * 86_400 // int(span.total_seconds()) if known else 0,
    )


def days_left(available_fen: int, daily_fen: int) -> int | None:
    """Return for how many whole days the balance lasts at the average charge; None if unknown."""
    if daily_fen <= 0:
        return None
    return max(0, available_fen) // daily_fen
