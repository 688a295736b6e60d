"""Bill runs that operators ask for, and corrections (退补)."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import strawberry

from api.graphql.error import WHY, Payload, why_of
from api.graphql.field import Info, idempotency_key, mutation, once, replayed
from api.graphql.identity import seen_account
from api.graphql.node import Node, global_id
from api.graphql.scalar import Money, money
from auth import OPERATORS
from domain import billing, customer
from domain.reporting import list_bills

from ._bill import Bill, bill

_f = strawberry.field


@strawberry.type(description="How many bills of a run were held for one reason.")
class HeldCount:
    reason: str = _f(description="The reason, such as SPIKE or ZERO.")
    bills: int = _f(description="How many bills.")


@strawberry.type(description="A bill run (发行): everybody whose period had ended got a bill.")
class BillRun(Node):
    started_at: datetime = _f(description="When it began, or was asked for.")
    asked_by: str | None = _f(description="Who asked for it; null: the schedule.")
    ended_at: datetime | None = _f(description="When it ended; null while it runs or was cut off.")
    accounts: int = _f(description="Accounts that it has looked at.")
    issued: int = _f(description="Bills that went out.")
    held: int = _f(description="Bills that wait for somebody.")
    total: Money = _f(description="Sum of the bills that went out.")
    reasons: list[HeldCount] = _f(
        description="Why bills were held. FAULT: passed over for a fault that the log names."
    )


@strawberry.input(description="Input of startBillRun.")
class StartBillRunInput:
    district: str | None = _f(
        default=None,
        description="Code of a district; null: the caller's own, or all of whoever has all.",
    )
    idempotency_key: UUID = idempotency_key()


@strawberry.type(description="Answer of startBillRun.")
class StartBillRunPayload(Payload):
    bill_run: BillRun | None = _f(default=None, description="The run; ask for it again by its id.")
    replayed: bool = replayed()


@strawberry.input(description="Input of correctBills.")
class CorrectBillsInput:
    account_number: str = _f(description="Account (户号) whose bills are wrong.")
    since: date = _f(description="A day of the first wrong bill.")
    why: str = _f(description=WHY)
    idempotency_key: UUID = idempotency_key()


@strawberry.type(description="Answer of correctBills.")
class CorrectBillsPayload(Payload):
    reversed: list[Bill] = _f(default_factory=list, description="The bills that were wrong.")
    replacements: list[Bill] = _f(default_factory=list, description="What took their place.")
    difference: Money | None = _f(default=None, description="What is owed more, or less.")
    replayed: bool = replayed()


def bill_run(view: billing.RunView) -> BillRun:
    """Return the run as its object."""
    return BillRun(
        id=global_id("BillRun", view.id),
        started_at=view.started_at,
        asked_by=view.asked_by,
        ended_at=view.ended_at,
        accounts=view.accounts,
        issued=view.issued,
        held=view.held,
        total=money(view.total_fen),
        reasons=[HeldCount(reason=name, bills=n) for name, n in view.reasons.items()],
    )


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

    async def start() -> dict[str, Any]:
        now = info.context.now()
        run_id = await billing.start_run(district_id=district_id, actor=who.actor, now=now)
        return {"run_id": run_id}

    done = await once(info, input, start)
    (found,) = await billing.runs_of(limit=1, before=done.answer["run_id"] + 1)
    return StartBillRunPayload(bill_run=bill_run(found), replayed=done.replayed)


@mutation(
    allow=OPERATORS,
    description="Rate bills again with what is known now (退补), through the tiers of the year;"
    " what differs is reversed and replaced. The customer sees both.",
)
async def correct_bills(info: Info, input: CorrectBillsInput) -> CorrectBillsPayload:
    why, found = why_of(input.why, field="why"), await seen_account(info, input.account_number)
    actor, now = info.context.who.actor, info.context.now()

    async def correct() -> dict[str, Any]:
        done = await billing.correct(found.id, since=input.since, why=why, actor=actor, now=now)
        return {
            "reversed": done.reversed_ids,
            "replacements": done.replacement_ids,
            "difference_fen": done.difference_fen,
        }

    done = await once(info, input, correct)
    return CorrectBillsPayload(
        reversed=[await _bill(info, each) for each in done.answer["reversed"]],
        replacements=[await _bill(info, each) for each in done.answer["replacements"]],
        difference=money(done.answer["difference_fen"]),
        replayed=done.replayed,
    )


async def _bill(info: Info, bill_id: int) -> Bill:
    (found,) = await list_bills(info.context.sight, limit=1, bill_id=bill_id)
    return bill(found)
