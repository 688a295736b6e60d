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
    settles whatever is open, once for an account, in the name of its last bill; an account that
    is owed something gets it back as prepaid money.
    """
    by_account: dict[int, list[Owed]] = {}
    for bill in owed:
        by_account.setdefault(bill.account_id, []).append(bill)
    found: list[Entry] = []
    for account_id, bills in by_account.items():
        before = balances.get(account_id, Balances())
        receivable_fen = before.receivable_fen + sum(bill.total_fen for bill in bills)
        found += (_billed(bill) for bill in bills if bill.total_fen)
        found += settled(account_id, bills[-1].source, before.prepaid_fen, receivable_fen)
    return found


def _billed(bill: Owed) -> Entry:
    debit, credit = Kind.RECEIVABLE, Kind.REVENUE
    if bill.total_fen < 0:
        debit, credit = credit, debit
    return Entry(bill.account_id, debit, credit, abs(bill.total_fen), "BILL", bill.source)


def settled(account_id: int, source: str, prepaid_fen: int, receivable_fen: int) -> list[Entry]:
    """Return the transfer by which prepaid money pays what is open, or gets back what is not."""
    debit, credit = Kind.PREPAID, Kind.RECEIVABLE
    fen = min(prepaid_fen, receivable_fen)
    if receivable_fen < 0:
        debit, credit, fen = credit, debit, -receivable_fen
    return [Entry(account_id, debit, credit, fen, "SETTLE", source)] if fen > 0 else []
