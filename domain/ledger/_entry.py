"""A transfer of money between two ledger accounts."""

from dataclasses import dataclass

from ._accounts import Kind


@dataclass(frozen=True, slots=True)
class Entry:
    """Move `amount_fen` (> 0) from the credited to the debited side, for one customer account.

    `source` names what caused it ("payment:12") and makes it happen once: the pair
    (source, kind) is unique in the ledger.
    """

    account_id: int
    debit: Kind
    credit: Kind
    amount_fen: int
    kind: str
    source: str

    def __post_init__(self) -> None:
        assert self.amount_fen > 0, "a transfer moves a positive amount"
        assert self.debit is not self.credit, "a transfer has two sides"


def effect_fen(entry: Entry, kind: Kind, *, credit_raises: bool) -> int:
    """Return by how much `entry` changes the stored balance of this customer's `kind` account."""
    if kind is entry.credit:
        return entry.amount_fen if credit_raises else -entry.amount_fen
    if kind is entry.debit:
        return -entry.amount_fen if credit_raises else entry.amount_fen
    return 0
