"""Postings: what bills mean in the ledger."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from domain.ledger import Balances, Entry, Kind


@dataclass(frozen=True, slots=True)
class Owed:
    """A bill that goes out: so much is owed from now on, or given back where it is negative."""

    bill_id: int
    account_id: int
    total_fen: int

    @property
    def source(self) -> str:
        return f"bill:{self.bill_id}"


def postings(owed: Iterable[Owed], balances: Mapping[int, Balances]) -> list[Entry]:
    """Return the transfers of bills: what is owed, and what prepaid money settles at once.

    Dr receivable / Cr revenue, then Dr prepaid / Cr receivable up to what is there. Prepaid money
    settles whatever is open; an account that is owed something gets it back as prepaid money.
    """
    found: list[Entry] = []
    for bill in owed:
        if bill.total_fen:
            found.append(_billed(bill))
        before = balances.get(bill.account_id, Balances())
        settled = _settled(bill, before.prepaid_fen, before.receivable_fen + bill.total_fen)
        if settled is not None:
            found.append(settled)
    return found


def _billed(bill: Owed) -> Entry:
    debit, credit = Kind.RECEIVABLE, Kind.REVENUE
    if bill.total_fen < 0:
        debit, credit = credit, debit
    return Entry(bill.account_id, debit, credit, abs(bill.total_fen), "BILL", bill.source)


def _settled(bill: Owed, prepaid_fen: int, receivable_fen: int) -> Entry | None:
    debit, credit = Kind.PREPAID, Kind.RECEIVABLE
    fen = min(prepaid_fen, receivable_fen)
    if receivable_fen < 0:
        debit, credit, fen = credit, debit, -receivable_fen
    if fen <= 0:
        return None
    return Entry(bill.account_id, debit, credit, fen, "SETTLE", bill.source)
