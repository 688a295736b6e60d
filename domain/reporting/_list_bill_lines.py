"""The lines of many bills at once, as people see them."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from domain import rating
from domain.base import Asking, Question

from ._list_bills import BillView

_BILL = "join bill b on b.account_id = l.account_id and b.id = l.bill_id"
_TITLE = """split_part((
  select jsonb_path_query_first(v.document, '$.charges[*] ? (@.line == $line).title',
    jsonb_build_object('line', l.line)) #>> '{{}}' from tariff_version v
  where v.code = b.basis -> l.part ->> 'tariff' and v.version = b.basis -> l.part ->> 'version'
), ' / ', {half})"""


class BillLineView(NamedTuple):
    """A line of a bill, with what it says about its part; units as in `billing.BillLine`.

    `title` is in the language of whoever asked.
    """

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
    title: str | None

    @property
    def contained_fen(self) -> int:
        return rating.contained_fen(self.unit, self.quantity, self.price)


LINE_COLUMNS = BillLineView._fields
"""The columns of `bill_lines_of`."""

_OTHERWISE = {"rule": "l.kind", "share": "coalesce(l.share, '1')"}
_OF_BILL = {
    "first_day": "(b.basis -> l.part ->> 'first_day')::date",
    "until": "(b.basis -> l.part ->> 'until')::date",
    "tariff": "b.basis -> l.part ->> 'tariff'",
    "version": "b.basis -> l.part ->> 'version'",
    "title": _TITLE,
}


def bill_lines_of(bill: str, *, locale: str, needed: frozenset[str] | None = None) -> Question:
    """Return the query for the lines of the bill whose row stands at `bill`, in SQL.

    `needed` names the columns that will be looked at (all, if None); others may be null.
    """
    select, tables = _told(locale, needed)
    return Question(
        f"select {select} from {tables}"
        f" where l.account_id = {bill}.account_id and l.bill_id = {bill}.id order by l.n"
    )


def ask_bill_lines(
    bills: Sequence[BillView], *, locale: str, needed: frozenset[str] | None = None
) -> Asking[dict[int, list[BillLineView]]]:
    """Ask for the lines of these bills, in their order; the caller has seen their accounts.

    `needed` names the attributes that will be looked at (all, if None); others may be None.
    """
    select, tables = _told(locale, needed)
    (lines,) = yield [
        Question(
            f"select {select}, l.bill_id from {tables}"
            " where l.account_id = any($1) and l.bill_id = any($2) order by l.bill_id, l.n",
            ([each.account_id for each in bills], [each.id for each in bills]),
        )
    ]
    found: dict[int, list[BillLineView]] = {each.id: [] for each in bills}
    for *line, bill_id in lines:
        found[bill_id].append(BillLineView._make(line))
    return found


def _told(locale: str, needed: frozenset[str] | None) -> tuple[str, str]:
    """Return the columns and the tables: the bill is left out where nobody needs its parts."""
    half = -1 if locale.startswith("en") else 1  # a title in two languages: Chinese comes first
    of_bill = {
        name: sql.format(half=half)
        for name, sql in _OF_BILL.items()
        if needed is None or name in needed
    }
    told = (
        _OTHERWISE.get(name, of_bill.get(name, "null" if name in _OF_BILL else f"l.{name}"))
        for name in LINE_COLUMNS
    )
    return ", ".join(told), f"bill_line l {_BILL if of_bill else ''}"
