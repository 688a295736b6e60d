"""Settle a reading that was kept apart: somebody looked and answers for it."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from domain import audit
from domain.base import SYSTEM, Actor, Refusal, packed, row, rows, run, transaction, unpacked

from ._further import FURTHER, further_reading
from ._mark_changed import mark_changed
from ._place import RegistersRefused, place, standing_of
from ._plausibility import MOST_WH, broken_rule, does_not_add_up
from ._reading import BY_HAND, Reading, Registers
from ._record_further import accept_further

# The registers first, as everywhere: two exceptions of a meter may be settled side by side.
_LOCK = """
select 1 from meter_register
where meter_id = (select meter_id from reading_exception where id = $1) for no key update
"""

_TAKE = """
select id, meter_id, account_id, rule, measured_at, content, resolved_at
from reading_exception where id = $1 for update
"""

_FOLLOWING = r"""
select id, meter_id, account_id, rule, measured_at, content from reading_exception x
where meter_id = $1 and measured_at > $2 and resolved_at is null and content ? 'registers_wh'
and rule not like '%\_REUSED' and not exists (select 1 from reading r
  where r.meter_id = x.meter_id and r.measured_at = x.measured_at and not r.estimated)
order by measured_at, id for update
"""

_SETTLE = """
update reading_exception set resolved_at = $2, resolution = $3, resolved_by = $4, reason = $5,
  content = content || $6::jsonb
where id = $1
"""


class Resolution(StrEnum):
    """What became of an exception.

    ACCEPT: it was true and is charged. REJECT: it was not, and is not. REPLACE: this was true
    instead. FOLLOWED: it became plausible by the resolution of an earlier one.
    """

    ACCEPT = "ACCEPT"
    REJECT = "REJECT"
    REPLACE = "REPLACE"
    FOLLOWED = "FOLLOWED"


class UnknownException(Refusal):
    """There is no such exception."""

    code = "UNKNOWN_EXCEPTION"


class ExceptionResolved(Refusal):
    """The exception was settled before."""

    code = "EXCEPTION_RESOLVED"


class ReplacementRefused(Refusal):
    """A value is given with REPLACE, and only with it; its periods add up to its total."""

    code = "REPLACEMENT_REFUSED"


class CannotAccept(Refusal):
    """What runs backwards is true only beside a wrong earlier reading: withdraw that one first."""

    code = "CANNOT_ACCEPT"


async def resolve_exception(
    exception_id: int,
    resolution: Resolution,
    *,
    actor: Actor,
    reason: str,
    now: datetime,
    registers: Registers | None = None,
) -> None:
    """Accept the reading as true, reject it, or replace it by what the registers really showed.

    The account is computed again; readings that were held after it are judged again. Refuses with
    UnknownException, ExceptionResolved, ReplacementRefused, CannotAccept, InstantImpossible,
    RunsBackwards or RegistersRefused.
    """
    async with transaction():
        await run(_LOCK, exception_id)
        found = await row(_TAKE, exception_id)
        if found is None:
            raise UnknownException(id=exception_id)
        if found["resolved_at"] is not None:
            raise ExceptionResolved(id=exception_id)
        if (resolution is Resolution.REPLACE) != (registers is not None):
            raise ReplacementRefused(resolution=resolution)
        if resolution is Resolution.ACCEPT and found["rule"] in {"BACKWARDS", "CLOCK"}:
            raise CannotAccept(rule=found["rule"])
        if resolution in {Resolution.ACCEPT, Resolution.REPLACE}:
            await _put(found, registers, actor=actor, now=now)
        await _settle(found, resolution, actor=actor, reason=reason, now=now, replaced=registers)
        if resolution is not Resolution.REJECT:
            await judge_again(found["meter_id"], after=found["measured_at"], now=now)
        await mark_changed([found["account_id"]])


async def judge_again(meter_id: int, *, after: datetime, now: datetime) -> None:
    """Take in the held readings after an instant that have become plausible."""
    for found in await rows(_FOLLOWING, meter_id, after):
        shown = _reading(found)
        standing = await standing_of(meter_id, shown.measured_at)
        reading = _with(shown, standing.counted(shown.registers, shown.measured_at))
        broken = broken_rule(
            reading,
            before=standing.before,
            after=standing.after,
            rated_w=standing.rated_w,
            ratio=standing.ratio,
            now=now,
        )
        if broken is None and standing.is_open(shown.measured_at, now=now):
            await place(reading, standing, actor=SYSTEM, now=now)
            await _settle(found, Resolution.FOLLOWED, actor=SYSTEM, reason="", now=now)


async def _put(
    found: dict[str, Any], replaced: Registers | None, *, actor: Actor, now: datetime
) -> None:
    further = unpacked(found["content"]).get("further")
    if further is not None:
        if replaced:
            raise ReplacementRefused(resolution=Resolution.REPLACE)
        if any((further.get(name) or 0) > MOST_WH for name in (*FURTHER, "demand_w")):
            raise RegistersRefused(most_wh=MOST_WH)
        await accept_further(further_reading(found["meter_id"], found["measured_at"], further))
        return
    shown = _reading(found)
    standing = await standing_of(shown.meter_id, shown.measured_at)
    registers = standing.counted(replaced or shown.registers, shown.measured_at)
    if replaced and standing.before and does_not_add_up(standing.before.registers, registers):
        raise ReplacementRefused(resolution=Resolution.REPLACE)
    await place(_with(shown, registers), standing, actor=actor, now=now)


async def _settle(
    found: dict[str, Any],
    resolution: Resolution,
    *,
    actor: Actor,
    reason: str,
    now: datetime,
    replaced: Registers | None = None,
) -> None:
    more = {"replaced_by_wh": replaced} if replaced else {}
    await run(_SETTLE, found["id"], now, resolution, str(actor)[:80], reason[:200], packed(more))
    await audit.note(
        actor,
        "RESOLVE_EXCEPTION",
        f"reading_exception:{found['id']}",
        now=now,
        detail={"resolution": resolution, "rule": found["rule"], **more},
    )


def _reading(found: dict[str, Any]) -> Reading:
    content = unpacked(found["content"])
    total, *periods = content["registers_wh"]
    sharp, peak, flat, valley, deep = periods
    return Reading(
        found["meter_id"],
        content.get("n", BY_HAND),
        found["measured_at"],
        total,
        (sharp, peak, flat, valley, deep),
    )


def _with(reading: Reading, registers: Registers) -> Reading:
    return Reading(reading.meter_id, reading.n, reading.measured_at, registers[0], registers[1:])
