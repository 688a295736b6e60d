"""Bill runs that operators ask for, and corrections (退补)."""

from datetime import date

import strawberry

from auth import OPERATORS
from domain import billing, customer
from domain.reporting import list_bills

from ._bill import Bill, bill
from ._customer import seen_account
from ._desk import BillRun, bill_run
from ._door import Info, mutation
from ._payload import Payload
from ._scalar import Money, money
from ._why import WHY, why_of

_f = strawberry.field


@strawberry.input(description="Input of startBillRun.")
class StartBillRunInput:
    district: str | None = _f(
        default=None,
        description="Code of a district; null: the caller's own, or all of whoever has all.",
    )


@strawberry.type(description="Answer of startBillRun.")
class StartBillRunPayload(Payload):
    bill_run: BillRun | None = _f(default=None, description="The run; ask for it again by its id.")


@strawberry.input(description="Input of correctBills.")
class CorrectBillsInput:
    account_number: str = _f(description="Account (户号) whose bills are wrong.")
    since: date = _f(description="A day of the first wrong bill.")
    why: str = _f(description=WHY)


@strawberry.type(description="Answer of correctBills.")
class CorrectBillsPayload(Payload):
    reversed: list[Bill] = _f(default_factory=list, description="The bills that were wrong.")
    replacements: list[Bill] = _f(default_factory=list, description="What took their place.")
    difference: Money | None = _f(default=None, description="What is owed more, or less.")


@mutation(
    allow=OPERATORS,
    description="Have everybody billed whose period has ended. The worker does it, a batch after"
    " the other; asked again while it goes on, it is the same run.",
)
async def start_bill_run(info: Info, input: StartBillRunInput) -> StartBillRunPayload:
    who, district_id = info.context.who, info.context.who.district_id
    if input.district is not None:
        named = await customer.district_by_code(input.district)
        if district_id not in {None, named}:
            raise customer.UnknownDistrict(district=input.district)
        district_id = named
    run_id = await billing.start_run(
        district_id=district_id, actor=who.actor, now=info.context.now()
    )
    (found,) = await billing.runs_of(limit=1, before=run_id + 1)
    return StartBillRunPayload(bill_run=bill_run(found))


@mutation(
    allow=OPERATORS,
    description="Rate bills again with what is known now (退补), through the tiers of the year;"
    " what differs is reversed and replaced. The customer sees both.",
)
async def correct_bills(info: Info, input: CorrectBillsInput) -> CorrectBillsPayload:
    why, found = why_of(input.why, field="why"), await seen_account(info, input.account_number)
    done = await billing.correct(
        found.id,
        since=input.since,
        why=why,
        actor=info.context.who.actor,
        now=info.context.now(),
    )
    return CorrectBillsPayload(
        reversed=[await _bill(info, each) for each in done.reversed_ids],
        replacements=[await _bill(info, each) for each in done.replacement_ids],
        difference=money(done.difference_fen),
    )


async def _bill(info: Info, bill_id: int) -> Bill:
    (found,) = await list_bills(info.context.sight, limit=1, bill_id=bill_id)
    return bill(found)
