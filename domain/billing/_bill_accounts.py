"""Take accounts one step further: what has ended becomes a bill, and every bill is looked at."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from domain import accrual, customer
from domain.accrual import Service
from domain.base import packed, rows, run

from ._announce import announce
from ._calendar import day_of
from ._checks import Checks, Past
from ._draft import Numbered, issued
from ._gather import Gathering, OpenPart, gather
from ._issue import issue
from ._part import told
from ._postings import Owed
from ._rated import Rating
from ._read_registers import At, estimate_missing, read_registers
from ._registers import Stood
from ._reopen import reopen
from ._service_of import services_of
from ._step import Step, ends_at, step
from ._write_bills import write_bills

HISTORY = 12
_ENERGY_ONLY = Service()

_PAST = """
select account_id, until - first_day as days, energy_wh from (
  select account_id, until, first_day, energy_wh,
    row_number() over (partition by account_id order by first_day desc) as n
  from bill where account_id = any($1) and kind = 'BILL' and state = 'ISSUED'
) as past where n <= $2 order by account_id, n
"""

_HELD = "select account_id from bill where account_id = any($1) and state = 'HELD'"

_CLOSE = """
insert into open_bill_part (account_id, n, part)
select account_id, n, part::jsonb
from unnest($1::bigint[], $2::smallint[], $3::text[]) as w (account_id, n, part)
"""


@dataclass(frozen=True, slots=True)
class Run:
    now: datetime
    checks: Checks
    seen: Gathering
    rating: Rating


async def bill_now(account_id: int, *, now: datetime) -> None:
    """Bill what of the account has ended, within the transaction of the caller."""
    this, due = Run(now, Checks(), Gathering(), Rating()), [account_id]
    while due:
        _, due = await bill_accounts(due, this)


async def bill_accounts(account_ids: list[int], this: Run) -> tuple[list[Numbered], list[int]]:
    """Take each account one step further; return the bills, and who may have another step due."""
    await customer.lock(account_ids)
    held = {each["account_id"] for each in await rows(_HELD, account_ids)}
    open_parts = await _due([i for i in account_ids if i not in held], this)
    if reopened := await reopen(open_parts, now=this.now):
        open_parts = [p for p in open_parts if p.standing.account_id not in reopened]
        open_parts += await _due(reopened, this)
    if not open_parts:
        return [], []
    open_parts, stood = await _read(open_parts, this)
    steps = await _steps(open_parts, stood, this)
    drafts = [each.draft for each in steps if each.draft is not None]
    await _close(open_parts, steps)
    written = await write_bills(drafts, now=this.now)
    await _post(steps, written, now=this.now)
    ended = [p.standing.account_id for p in open_parts if p.standing.closed_on is not None]
    if ended:
        await accrual.stop(ended)
    return written, [
        part.standing.account_id
        for part, each in zip(open_parts, steps, strict=True)
        if _goes_on(part, each, this.now)
    ]


async def _due(account_ids: list[int], this: Run) -> list[OpenPart]:
    found = await gather(account_ids, seen=this.seen)
    return [part for part in found if _is_due(part, this.now)]


def _goes_on(part: OpenPart, done: Step, now: datetime) -> bool:
    """Tell whether the account may have another step due at once."""
    standing = part.standing
    if standing.closed_on is not None:
        return done.turn is not None and part.piece.until < standing.closed_on
    return done.next_until <= day_of(now, standing.zone)


def _is_due(part: OpenPart, now: datetime) -> bool:
    if part.standing.closed_on is not None:
        return True
    until = part.period_until if part.piece.tariff is None else part.piece.until
    return until <= day_of(now, part.standing.zone)


async def _read(open_parts: list[OpenPart], this: Run) -> tuple[list[OpenPart], dict[At, Stood]]:
    """Return where the meters stood; parts that still wait for their reading are left out."""
    running = [
        (meter, part)
        for part in open_parts
        for meter in part.meters
        if meter.runs_at(ends_at(part))
    ]
    wanted = {
        (meter.meter_id, ends_at(part)): (meter.meter_id, part.piece.until, part.standing.zone)
        for meter, part in running
    }
    bases = {meter.meter_id: meter.base for meter, _ in running}
    stood = await read_registers(wanted.values(), bases)
    silent = {key for key, each in stood.items() if each.missing}
    late = {key for key in silent if this.now - key[1] >= this.checks.patience}
    stood |= await estimate_missing([wanted[key] for key in sorted(late)], bases, now=this.now)
    waiting = {meter_id for meter_id, _ in silent - late}
    ready = [part for part in open_parts if not any(m.meter_id in waiting for m in part.meters)]
    return ready, stood


async def _steps(open_parts: Sequence[OpenPart], stood: dict[At, Stood], this: Run) -> list[Step]:
    past: dict[int, list[Past]] = {}
    ids = [part.standing.account_id for part in open_parts]
    for each in await rows(_PAST, ids, HISTORY):
        past.setdefault(each["account_id"], []).append(Past(each["days"], each["energy_wh"]))
    services = await services_of(open_parts)
    return [
        step(
            part,
            stood,
            past.get(part.standing.account_id, ()),
            service=services.get(part.standing.account_id, _ENERGY_ONLY),
            checks=this.checks,
            seen=this.seen,
            rating=this.rating,
        )
        for part in open_parts
    ]


async def _close(open_parts: Sequence[OpenPart], steps: Sequence[Step]) -> None:
    """Keep the parts that ended inside their period; let go of those that are on a bill now."""
    billed = [
        part.standing.account_id
        for part, each in zip(open_parts, steps, strict=True)
        if part.closed and each.draft is not None and each.turn is not None
    ]
    if billed:
        await run("delete from open_bill_part where account_id = any($1)", billed)
    closed = [
        (part.standing.account_id, len(part.closed), packed(told([each.closed])[0]))
        for part, each in zip(open_parts, steps, strict=True)
        if each.closed is not None
    ]
    if closed:
        await run(_CLOSE, *(list(column) for column in zip(*closed, strict=True)))


async def _post(steps: Sequence[Step], written: Sequence[Numbered], *, now: datetime) -> None:
    """Move the accounts on, and post what is issued; what crossed a line is looked at again."""
    turns = {each.turn.account_id: each.turn for each in steps if each.turn is not None}
    owed: list[Owed] = []
    for bill in issued(written):
        draft = bill.draft
        assert draft.total_fen is not None
        owed.append(Owed(bill.id, draft.account_id, draft.total_fen))
        turns[draft.account_id] = replace(
            turns[draft.account_id], billed_fen=draft.total_fen, billed_wh=draft.energy_wh
        )
    await issue(owed, list(turns.values()), now=now)
    await announce([bill.bill_id for bill in owed])
