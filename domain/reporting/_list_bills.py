"""Bills, narrowed by the sight of who asks: customers see what went out, operators all."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import NamedTuple

from domain.base import Asking, Listing, Question
from domain.identity import Sight

OUT = "('ISSUED', 'REVERSED')"
"""The states of a bill that has gone out: issued, reversed, or itself a reversal."""

FIELDS = """x.id, x.account_id, a.number as account_number, x.kind, x.state, x.first_day, x.until,
  x.total_fen, x.energy_wh, x.estimated, x.reasons, x.created_at, x.issued_at, x.original_id, x.why,
  (select max(r.id) from bill r where r.account_id = x.account_id and r.original_id = x.id
     and r.kind = 'REVERSAL') as reversal_id,
  (select max(r.id) from bill r where r.account_id = x.account_id and r.original_id = x.id
     and r.kind = 'BILL') as replacement_id"""


class BillView(NamedTuple):
    """A bill from its first day until (not on) `until`; `kind` is BILL or REVERSAL.

    `original_id`: what it reverses or takes the place of. `reversal_id` and `replacement_id`: what
    reverses it and what took its place.
    """

    id: int
    account_id: int
    account_number: str
    kind: str
    state: str
    first_day: date
    until: date
    total_fen: int | None
    energy_wh: int
    estimated: bool
    reasons: Sequence[str]
    created_at: datetime
    issued_at: datetime | None
    original_id: int | None
    why: str | None
    reversal_id: int | None
    replacement_id: int | None


def list_bills(
    sight: Sight,
    *,
    limit: int,
    before: int | None = None,
    bill_id: int | None = None,
    state: str | None = None,
) -> Listing[BillView]:
    """Return bills of the accounts in sight, newest first; inspectors see none."""
    seen, who = sight.accounts(right="BILLS")
    shown = {"CUSTOMER": f"x.state in {OUT}", "OPERATOR": "true"}.get(sight.role, "false")
    whole = Question(
        f"""select {FIELDS} from bill x join account a on a.id = x.account_id
            where {seen} and {shown} and ($2::bigint is null or x.id = $2)
            and ($3::text is null or x.state = $3)""",
        (who, bill_id, state),
    )
    return Listing(whole, lambda row: BillView(**row), limit=limit, before=before)


def ask_bills_out(bill_ids: Collection[int]) -> Asking[dict[int, BillView]]:
    """Ask for those of these bills that have gone out; the caller has seen their account."""
    (found,) = yield [
        Question(
            f"""select {FIELDS} from bill x join account a on a.id = x.account_id
                where x.id = any($1) and x.state in {OUT}""",
            (list(bill_ids),),
        )
    ]
    return {view.id: view for view in map(BillView._make, found)}
