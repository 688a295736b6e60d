"""The lines of many bills at once, as people see them."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from domain import rating
from domain.base import Asking, Question

from ._list_bills import BillView

_TOLD = """
select part, line, kind, unit, quantity, price, coalesce(share, '1'), period, tier, amount_fen"""
_LINES = f"""{_TOLD}, null, null, null, null, bill_id
from bill_line where account_id = any($1) and bill_id = any($2) order by bill_id, n
"""
_PARTS = """
select b.id, p ->> 'first_day', p ->> 'until', p ->> 'tariff', p ->> 'version'
from bill b cross join lateral jsonb_array_elements(b.basis) with ordinality as e (p, n)
where b.account_id = any($1) and b.id = any($2) order by b.id, e.n
"""
_OF_PARTS = frozenset({"first_day", "until", "tariff", "version"})


class BillLineView(NamedTuple):
    """A line of a bill, with what it says about its part; units as in `billing.BillLine`."""

    part: int
    line: str
    rule: str
    unit: str
    quantity: int
    price: int
    share: str
    period: str | None
    tier: int | None
    amount_fen: int
    first_day: date
    until: date
    tariff: str
    version: str

    @property
    def contained_fen(self) -> int:
        return rating.contained_fen(self.unit, self.quantity, self.price)


LINE_COLUMNS = BillLineView._fields[:10]
"""The columns of `bill_lines_of`: what a line says by itself."""


def bill_lines_of(bill: str) -> Question:
    """Return the query for the lines of the bill whose row stands at `bill`, in SQL."""
    return Question(
        f"{_TOLD} from bill_line where account_id = {bill}.account_id and bill_id = {bill}.id"
        " order by n"
    )


def ask_bill_lines(
    bills: Sequence[BillView], needed: frozenset[str] | None = None
) -> Asking[dict[int, list[BillLineView]]]:
    """Ask for the lines of these bills, in their order; the caller has seen their accounts.

    `needed` names the attributes that will be looked at (all, if None); others may be None.
    """
    of = [each.account_id for each in bills], [each.id for each in bills]
    found: dict[int, list[BillLineView]] = {each.id: [] for each in bills}
    make = BillLineView._make
    if needed is not None and needed.isdisjoint(_OF_PARTS):
        (lines,) = yield [Question(_LINES, of)]
        for line in lines:
            found[line[-1]].append(make(line[:-1]))
        return found
    lines, parts = yield [Question(_LINES, of), Question(_PARTS, of)]
    told: dict[int, list[tuple[date, date, str, str]]] = {each.id: [] for each in bills}
    for bill_id, first_day, until, tariff, version in parts:
        days = date.fromisoformat(first_day), date.fromisoformat(until)
        told[bill_id].append((*days, tariff, version))
    for part, *line, bill_id in lines:
        found[bill_id].append(make((part, *line[:-4], *told[bill_id][part])))
    return found
