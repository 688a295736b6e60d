"""The bill run: everybody whose period has ended gets a bill, and every bill is looked at."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from domain import customer
from domain.base import packed, rows, run, transaction, value

from ._calendar import day_of
from ._checks import Checks, Past
from ._draft import Numbered, issued
from ._gather import Gathering, OpenPart, gather
from ._issue import issue
from ._part import told
from ._piece import Agreed
from ._postings import Owed
from ._rated import Rating
from ._read_registers import At, estimate_missing, read_registers
from ._registers import Stood
from ._service_of import service_of
from ._step import Step, ends_at, step
from ._write_bills import write_bills

HISTORY = 12

# Whose period has ended, or who stands before a day on which a part ends inside it.
_CANDIDATES = """
with d as (
  select id, timezone, ($3::timestamptz at time zone timezone)::date as today from district
)
select b.account_id from charge_segment b join account a on a.id = b.account_id
join d on d.id = a.district_id left join bill_cycle c on c.account_id = a.id
cross join lateral (select coalesce(c.reading_day, 1) - 1 as late,
  (b.since at time zone d.timezone)::date as day) as s
where b.account_id > $1 and ($2::bigint is null or a.district_id = $2)
and (s.day < date_trunc('month', (d.today - s.late)::timestamp)::date + s.late
  or exists (select 1 from agreement g where g.account_id = a.id and (
    (g.valid_from > s.day and g.valid_from <= d.today)
    or exists (select 1 from unnest($4::text[], $5::date[]) as k (code, day)
      where k.code = g.tariff_code and k.day > s.day and k.day <= d.today))))
and not exists (select 1 from bill h where h.account_id = b.account_id and h.state = 'HELD')
group by b.account_id order by b.account_id limit $6
"""

_BEGIN = "insert into bill_run (district_id, started_at) values ($1, $2) returning id"

_NOTE = """
update bill_run set accounts = $2, issued = $3, held = $4, total_fen = $5, reasons = $6::jsonb,
  ended_at = $7
where id = $1
"""

_CODES = "select distinct tariff_code from agreement"
_LONGEST = timedelta(days=70)
"""Longer than two periods: who is behind that far is due by its period's end anyway."""

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
class Progress:
    """How far a run has come: accounts looked at, bills by what became of them."""

    accounts: int = 0
    issued: int = 0
    held: int = 0
    total_fen: int = 0
    reasons: tuple[tuple[str, int], ...] = ()


async def run_bills(
    *,
    now: datetime,
    district_id: int | None = None,
    batch: int = 1_000,
    checks: Checks | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Progress:
    """Bill every account whose period has ended by `now`, in batches of one transaction each.

    A bill that passes the checks is issued and posted, another is held with its reasons and holds
    up nobody else. What a run has done no other run does again: it may be stopped and started at
    any point, and two may run side by side. Parts of a period that end before it (a new price,
    a season, a new tier cycle) are closed on the way. `progress` is told after each batch.
    """
    this = _Run(now, checks or Checks(), Gathering(), Rating())
    cuts = await _cuts(this)
    number: int | None = None
    found, last = Progress(), 0
    while ids := await _candidates(last, cuts, now=now, district_id=district_id, batch=batch):
        last = ids[-1]
        due = ids
        # A run that finds nobody leaves no trace: it is asked every hour.
        number = number or await value(_BEGIN, district_id, now)
        while due:
            async with transaction():
                written, due = await _bill(due, this)
            found = _counted(found, written)
        found = replace(found, accounts=found.accounts + len(ids))
        await _note(number, found)
        if progress is not None:
            progress(found)
    if number is not None:
        await _note(number, found, ended_at=now)
    return found


async def _note(number: int, found: Progress, *, ended_at: datetime | None = None) -> None:
    counts = (found.accounts, found.issued, found.held, found.total_fen)
    await run(_NOTE, number, *counts, packed(dict(found.reasons)), ended_at)


@dataclass(frozen=True, slots=True)
class _Run:
    now: datetime
    checks: Checks
    seen: Gathering
    rating: Rating


async def _cuts(this: _Run) -> list[tuple[str, date]]:
    """Return the days of late on which a part of a period may have ended, by tariff."""
    versions = await this.seen.versions([each["tariff_code"] for each in await rows(_CODES)])
    today = this.now.date() + timedelta(days=2)  # wherever on earth it is later
    found: list[tuple[str, date]] = []
    for code in versions:
        cut = this.seen.pieces((Agreed(code, date.min, None),), today - _LONGEST, today)
        found += ((code, piece.first_day) for piece in cut[1:])
    return found


async def _candidates(
    last: int,
    cuts: Sequence[tuple[str, date]],
    *,
    now: datetime,
    district_id: int | None,
    batch: int,
) -> list[int]:
    codes, days = [code for code, _ in cuts], [day for _, day in cuts]
    found = await rows(_CANDIDATES, last, district_id, now, codes, days, batch)
    return [each["account_id"] for each in found]


async def _bill(account_ids: list[int], this: _Run) -> tuple[list[Numbered], list[int]]:
    """Take each account one step further; return the bills, and who may have another step due."""
    await customer.lock(account_ids)
    held = {each["account_id"] for each in await rows(_HELD, account_ids)}
    open_parts = [
        part
        for part in await gather([i for i in account_ids if i not in held], seen=this.seen)
        if _is_due(part, this.now)
    ]
    if not open_parts:
        return [], []
    open_parts, stood = await _read(open_parts, this)
    steps = await _steps(open_parts, stood, this)
    drafts = [each.draft for each in steps if each.draft is not None]
    await _close(open_parts, steps)
    written = await write_bills(drafts, now=this.now)
    await _post(steps, written, now=this.now)
    return written, [
        part.standing.account_id
        for part, each in zip(open_parts, steps, strict=True)
        if each.next_until <= day_of(this.now, part.standing.zone)
    ]


def _is_due(part: OpenPart, now: datetime) -> bool:
    until = part.period_until if part.piece.tariff is None else part.piece.until
    return until <= day_of(now, part.standing.zone)


async def _read(open_parts: list[OpenPart], this: _Run) -> tuple[list[OpenPart], dict[At, Stood]]:
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


async def _steps(open_parts: Sequence[OpenPart], stood: dict[At, Stood], this: _Run) -> list[Step]:
    past: dict[int, list[Past]] = {}
    ids = [part.standing.account_id for part in open_parts]
    for each in await rows(_PAST, ids, HISTORY):
        past.setdefault(each["account_id"], []).append(Past(each["days"], each["energy_wh"]))
    return [
        step(
            part,
            stood,
            past.get(part.standing.account_id, ()),
            service=await service_of(
                part.standing.account_id,
                part.piece.tariff,
                first_day=part.piece.first_day,
                until=part.piece.until,
                zone=part.standing.zone,
            ),
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


def _counted(found: Progress, written: Sequence[Numbered]) -> Progress:
    out = issued(written)
    reasons = Counter(dict(found.reasons))
    reasons.update(reason for bill in written for reason in bill.draft.reasons)
    return replace(
        found,
        issued=found.issued + len(out),
        held=found.held + len(written) - len(out),
        total_fen=found.total_fen + sum(bill.draft.total_fen or 0 for bill in out),
        reasons=tuple(sorted(reasons.items())),
    )
