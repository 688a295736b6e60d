"""Load a bill with its parts and lines."""

from collections.abc import Collection
from dataclasses import dataclass

from domain.base import Refusal, row, rows

from ._part import Part
from ._rated import RatedLine
from ._stored import BILL_COLUMNS, Bill, bill_in, line_in, parts_in

_LINES = "select * from bill_line where account_id = $1 and bill_id = $2 order by n"
_LINES_OF_MANY = """
select * from bill_line where account_id = any($1) and bill_id = any($2) order by bill_id, n
"""


class UnknownBill(Refusal):
    """There is no such bill."""

    code = "UNKNOWN_BILL"


@dataclass(frozen=True, slots=True)
class Loaded:
    """A bill, what it was computed from, and its lines."""

    bill: Bill
    parts: tuple[Part, ...]
    lines: tuple[RatedLine, ...]


async def load(bill_id: int) -> Loaded:
    """Return the bill. Refusals: UnknownBill."""
    found = await row(f"select {BILL_COLUMNS}, basis from bill where id = $1", bill_id)
    if found is None:
        raise UnknownBill(bill_id=bill_id)
    lines = await rows(_LINES, found["account_id"], bill_id)
    return Loaded(bill_in(found), parts_in(found), tuple(map(line_in, lines)))


async def load_many(bill_ids: Collection[int]) -> list[Loaded]:
    """Return these bills, in no order; those that do not exist are left out."""
    found = await rows(f"select {BILL_COLUMNS}, basis from bill where id = any($1)", list(bill_ids))
    lines: dict[int, list[RatedLine]] = {each["id"]: [] for each in found}
    owners = list({each["account_id"] for each in found})
    for each in await rows(_LINES_OF_MANY, owners, list(lines)):
        lines[each["bill_id"]].append(line_in(each))
    return [Loaded(bill_in(each), parts_in(each), tuple(lines[each["id"]])) for each in found]


async def load_issued(account_id: int) -> list[Loaded]:
    """Return the bills that the account owes or has paid, oldest first, without their lines."""
    found = await rows(
        f"""select {BILL_COLUMNS}, basis from bill
            where account_id = $1 and kind = 'BILL' and state = 'ISSUED' order by first_day""",
        account_id,
    )
    return [Loaded(bill_in(each), parts_in(each), ()) for each in found]
