"""Write bills with their lines, many at a time."""

from collections.abc import Sequence
from datetime import datetime

from domain.base import copy, packed, rows

from ._draft import Draft, Numbered
from ._part import told

_NUMBERS = "select nextval('bill_id') as id from generate_series(1, $1)"

_BILL = (
    *("account_id", "id", "kind", "state", "first_day", "until", "total_fen", "energy_wh"),
    *("estimated", "reasons", "basis", "created_at", "issued_at", "original_id", "why"),
)
_LINE = (
    *("account_id", "bill_id", "n", "part", "line", "kind", "unit", "quantity", "price"),
    *("period", "tier", "share", "amount_fen"),
)


async def write_bills(drafts: Sequence[Draft], *, now: datetime) -> list[Numbered]:
    """Write the drafts as held or issued bills; the caller holds the locks and posts the money."""
    if not drafts:
        return []
    numbers = await rows(_NUMBERS, len(drafts))
    found = [Numbered(n["id"], draft) for n, draft in zip(numbers, drafts, strict=True)]
    await copy("bill", _BILL, [_bill(each, now) for each in found])
    await copy("bill_line", _LINE, [line for each in found for line in _lines(each)])
    return found


def _bill(numbered: Numbered, now: datetime) -> tuple[object, ...]:
    draft = numbered.draft
    return (
        draft.account_id,
        numbered.id,
        draft.kind,
        "HELD" if draft.is_held else "ISSUED",
        draft.first_day,
        draft.until,
        draft.total_fen,
        draft.energy_wh,
        draft.estimated,
        list(draft.reasons),
        packed(told(draft.parts)),
        now,
        None if draft.is_held else now,
        draft.original_id,
        draft.why,
    )


def _lines(numbered: Numbered) -> list[tuple[object, ...]]:
    return [
        (
            numbered.draft.account_id,
            numbered.id,
            n,
            each.part,
            each.line.line,
            each.line.kind,
            each.line.unit,
            each.line.quantity,
            each.line.price,
            each.line.period,
            each.line.tier,
            None if each.line.share == 1 else str(each.line.share),
            each.line.amount_fen,
        )
        for n, each in enumerate(numbered.draft.lines, 1)
    ]
