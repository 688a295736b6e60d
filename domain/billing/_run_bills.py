"""The bill run: everybody whose period has ended gets a bill, and every bill is looked at."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from domain.base import packed, row, rows, run, transaction, unpacked, value

from ._bill_accounts import Run, bill_accounts
from ._checks import Checks
from ._draft import Numbered, issued
from ._find_changed import find_changed
from ._gather import Gathering
from ._piece import Agreed, Footing
from ._rated import Rating

_log = logging.getLogger(__name__)

FAULT = "FAULT"
"""Counted beside the reasons of held bills: accounts that a fault kept from being billed."""
_FAULTS_MAX = 20

# Whose period has ended, or who stands before a day on which a part ends inside it: $7 for reasons
# of their own.
_CANDIDATES = """
with d as (
  select id, timezone, ($3::timestamptz at time zone timezone)::date as today from district
)
select b.account_id from charge_segment b join account a on a.id = b.account_id
join d on d.id = a.district_id left join bill_cycle c on c.account_id = a.id
cross join lateral (select coalesce(c.reading_day, 1) - 1 as late,
  (b.since at time zone d.timezone)::date as day) as s
where b.account_id > $1 and ($2::bigint is null or a.district_id = $2)
and (a.closed_at is not null or a.id = any($7::bigint[])
  or s.day < date_trunc('month', (d.today - s.late)::timestamp)::date + s.late
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
  ended_at = $7, reached = $8
where id = $1
"""

_RUN = "select * from bill_run where id = $1"
_REACHED = "select reached from bill_run where id = $1 for update"

_CODES = "select distinct tariff_code from agreement"
_LONGEST = timedelta(days=70)
"""Longer than two periods: who is behind that far is due by its period's end anyway."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run has come: accounts looked at, bills by what became of them.

    `run_id` is None where nobody was due. `is_done`: nobody else is.
    """

    accounts: int = 0
    issued: int = 0
    held: int = 0
    total_fen: int = 0
    reasons: tuple[tuple[str, int], ...] = ()
    run_id: int | None = None
    is_done: bool = False


async def run_bills(
    *,
    now: datetime,
    district_id: int | None = None,
    batch: int = 1_000,
    checks: Checks | None = None,
    progress: Callable[[Progress], bool | None] | None = None,
) -> Progress:
    """Bill every account whose period has ended by `now`, in batches of one transaction each.

    A bill that passes the checks is issued and posted, another is held with its reasons and holds
    up nobody else; nor does an account that cannot be billed for a fault, which is logged: only
    many of them in a row end the run where it stands, by that fault. What a run has done no other
    run does again: it may be stopped and started at any point, and two may run side by side: how
    far it has come is written with its bills. Parts of a period that end before it (a new price, a
    season, a new tier cycle) are closed on the way. `progress` is told after each batch; if it
    answers False, the run stops there, and `continue_run` goes on.
    """
    this = Run(now, checks or Checks(), Gathering(), Rating())
    return await _go_on(this, _Course(district_id, batch, 0, Progress()), progress)


async def continue_run(
    run_id: int,
    *,
    now: datetime,
    batch: int = 1_000,
    progress: Callable[[Progress], bool | None] | None = None,
) -> Progress:
    """Go on with a run that was stopped, or that somebody has asked for (`start_run`).

    One that has ended stays as it is.
    """
    found = await row(_RUN, run_id)
    assert found is not None
    counts = (found["accounts"], found["issued"], found["held"], found["total_fen"])
    reasons = tuple(sorted(unpacked(found["reasons"]).items()))
    done = Progress(*counts, reasons, run_id, is_done=found["ended_at"] is not None)
    if done.is_done:
        return done
    this = Run(now, Checks(), Gathering(), Rating())
    return await _go_on(
        this, _Course(found["district_id"], batch, found["reached"], done), progress
    )


@dataclass(frozen=True, slots=True)
class _Course:
    """Whom a run is for, and where it stands."""

    district_id: int | None
    batch: int
    reached: int
    done: Progress


async def _go_on(
    this: Run, course: _Course, progress: Callable[[Progress], bool | None] | None
) -> Progress:
    cuts, at_once, in_row = await _cuts(this, course.district_id), course.batch, 0
    while ids := await _candidates(cuts, this.now, course, limit=at_once):
        try:
            gone, in_row = await _batch(ids, this, course), 0
        except Exception:
            if len(ids) > 1:  # fewer at once, until it is seen whose fault it is
                at_once = len(ids) // 2
                continue
            in_row += 1
            if in_row > _FAULTS_MAX:  # it is nobody's in particular
                raise
            _log.exception("account %d could not be billed and was passed over", ids[0])
            gone = await _batch(ids, this, course, at_fault=True)
        if gone is None:
            return course.done  # somebody else goes on with it
        course, at_once = gone, min(course.batch, at_once * 2)
        if progress is not None and progress(course.done) is False:
            return course.done
    if course.done.run_id is not None:
        await _note(course, ended_at=this.now)
    return replace(course.done, is_done=True)


async def _batch(
    ids: list[int], this: Run, course: _Course, *, at_fault: bool = False
) -> _Course | None:
    """Bill these, or count them as at fault; None: this run has gone on without us."""
    async with transaction():
        found = course.done
        if found.run_id is None:
            # A run that finds nobody leaves no trace: it is asked every hour.
            found = replace(found, run_id=await value(_BEGIN, course.district_id, this.now))
        elif await value(_REACHED, found.run_id) != course.reached:
            return None
        if at_fault:
            found = _with_reasons(found, [FAULT])
        due = [] if at_fault else ids
        while due:
            written, due = await bill_accounts(due, this)
            found = _counted(found, written)
        found = replace(found, accounts=found.accounts + len(ids))
        gone = replace(course, reached=ids[-1], done=found)
        await _note(gone)
        return gone


async def _note(course: _Course, *, ended_at: datetime | None = None) -> None:
    found = course.done
    counts = (found.accounts, found.issued, found.held, found.total_fen)
    reasons = packed(dict(found.reasons))
    await run(_NOTE, found.run_id, *counts, reasons, ended_at, course.reached)


@dataclass(frozen=True, slots=True)
class _Cuts:
    """Days of late on which a part of a period may have ended, by tariff; and for whom else."""

    codes: list[str]
    days: list[date]
    changed: list[int]


async def _cuts(this: Run, district_id: int | None) -> _Cuts:
    versions = await this.seen.versions([each["tariff_code"] for each in await rows(_CODES)])
    today = this.now.date() + timedelta(days=2)  # wherever on earth it is later
    found: list[tuple[str, date]] = []
    for code in versions:
        footing = Footing((Agreed(code, date.min, None),))
        cut = this.seen.pieces(footing, today - _LONGEST, today)
        found += ((code, piece.first_day) for piece in cut[1:])
    changed = await find_changed(district_id, seen=this.seen, now=this.now)
    return _Cuts([code for code, _ in found], [day for _, day in found], changed)


async def _candidates(cuts: _Cuts, now: datetime, course: _Course, *, limit: int) -> list[int]:
    who = (course.reached, course.district_id)
    found = await rows(_CANDIDATES, *who, now, cuts.codes, cuts.days, limit, cuts.changed)
    return [each["account_id"] for each in found]


def _counted(found: Progress, written: Sequence[Numbered]) -> Progress:
    out = issued(written)
    found = _with_reasons(found, (reason for bill in written for reason in bill.draft.reasons))
    return replace(
        found,
        issued=found.issued + len(out),
        held=found.held + len(written) - len(out),
        total_fen=found.total_fen + sum(bill.draft.total_fen or 0 for bill in out),
    )


def _with_reasons(found: Progress, reasons: Iterable[str]) -> Progress:
    counted = Counter(dict(found.reasons))
    counted.update(reasons)
    return replace(found, reasons=tuple(sorted(counted.items())))
