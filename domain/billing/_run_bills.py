"""The bill run: everybody whose period has ended gets a bill, and every bill is looked at."""

from collections import Counter
from collections.abc import Callable, Sequence
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
    up nobody else. What a run has done no other run does again: it may be stopped and started at
    any point, and two may run side by side: how far it has come is written with its bills. Parts
    of a period that end before it (a new price, a season, a new tier cycle) are closed on the
    way. `progress` is told after each batch; if it answers False, the run stops there, and
    `continue_run` goes on.
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
    cuts = await _cuts(this, course.district_id)
    found, last = course.done, course.reached
    while ids := await _candidates(last, cuts, this.now, course):
        async with transaction():
            if found.run_id is None:
                # A run that finds nobody leaves no trace: it is asked every hour.
                found = replace(found, run_id=await value(_BEGIN, course.district_id, this.now))
            elif await value(_REACHED, found.run_id) != last:
                return found  # somebody else goes on with it
            due = ids
            while due:
                written, due = await bill_accounts(due, this)
                found = _counted(found, written)
            found, last = replace(found, accounts=found.accounts + len(ids)), ids[-1]
            await _note(found, last)
        if progress is not None and progress(found) is False:
            return found
    if found.run_id is not None:
        await _note(found, last, ended_at=this.now)
    return replace(found, is_done=True)


async def _note(found: Progress, reached: int, *, ended_at: datetime | None = None) -> None:
    counts = (found.accounts, found.issued, found.held, found.total_fen)
    reasons = packed(dict(found.reasons))
    await run(_NOTE, found.run_id, *counts, reasons, ended_at, reached)


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


async def _candidates(last: int, cuts: _Cuts, now: datetime, course: _Course) -> list[int]:
    given = (last, course.district_id, now, cuts.codes, cuts.days, course.batch, cuts.changed)
    found = await rows(_CANDIDATES, *given)
    return [each["account_id"] for each in found]


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
