"""Schedule: what is due by the business clock. Due work is rows; this only asks and sweeps.

Any number of schedules may run: each sweep takes the rows that no other one holds.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import Final, Protocol

import structlog

from auth import new_key
from domain import billing, charge_control, command, identity, metering, notification, payment
from runtime import clock

log = structlog.get_logger()

AT_ONCE = 500
POLL_S = 0.03
ASK_S = 0.5
STEP = timedelta(seconds=ASK_S)
TOLD_AGAIN_S = 60.0
SWEEP_TURN_S = 5.0
BILL_TURN_S = 5.0
LOOK_OVER_TURN_S = 5.0
METERS_AT_ONCE = 200
CHORES_EVERY = timedelta(hours=1)
DAYS_AHEAD = range(-1, 8)


class Act(Protocol):
    """Does up to `limit` of what is due and returns how many."""

    def __call__(self, *, limit: int, now: datetime) -> Awaitable[int]: ...


@dataclass(frozen=True, slots=True)
class Sweep:
    """A kind of due work: when is the next one, and the act that does it."""

    due: Callable[[], Awaitable[datetime | None]]
    act: Act


SWEEPS: Final = (
    Sweep(charge_control.next_review_at, charge_control.review_due),
    Sweep(command.next_expiry, command.expire),
    Sweep(notification.expects_receipt_until, notification.give_up),
    Sweep(notification.due_at, notification.send_due),
)


async def schedule() -> None:
    """Sweep for ever: at once when a driven clock steps, else twice a second."""
    chores_at, told, chores_told = clock.now(), Told(), Told()
    while True:
        asked, now = monotonic(), clock.now()
        try:
            await sweep(now=now)
        except Exception as outage:  # ruff: ignore[blind-except] -- the edge: the other sweeps go on
            told = tell(outage, told)
        try:
            if now >= chores_at:
                await chores(now=now)
                chores_at = now + CHORES_EVERY
        except Exception as outage:  # ruff: ignore[blind-except] -- as above
            chores_told = tell(outage, chores_told, what="chores_outage")
        await _step(now, asked)


@dataclass(frozen=True, slots=True)
class Told:
    """What was told last of a loop, and when (seconds of this process)."""

    outage: str = ""
    at: float = 0.0


def tell(outage: Exception, told: Told, *, what: str = "schedule_outage") -> Told:
    """Log what a loop met: the same once a minute, not twice a second."""
    said, at = repr(outage), monotonic()
    if said == told.outage and at - told.at < TOLD_AGAIN_S:
        return told
    log.warning(what, error=said, exc_info=outage)
    return Told(said, at)


async def _step(now: datetime, asked: float) -> None:
    """Wait for the clock's next step: a driven one may take it at once."""
    while clock.now() - now < STEP and monotonic() - asked < ASK_S:  # ruff: ignore[async-busy-wait] -- a clock has no event
        await asyncio.sleep(POLL_S)


async def bill() -> None:
    """Bill for ever whoever's period has ended, and turn tier cycles; apart from the sweeps.

    Looks every hour of business time: a bill whose reading came late is not a day late. A turn
    is bounded; what it leaves is the next one's.
    """
    due_at, run_id = clock.now(), None
    while True:
        now = clock.now()
        if now >= due_at:
            try:
                done = await bill_turn(run_id, now=now)
                run_id = None if done.is_done else done.run_id
                if done.is_done:
                    due_at = now + CHORES_EVERY
                    await correct_turn(now=now)
            except Exception as outage:
                log.warning("billing_outage", error=repr(outage), exc_info=outage)
        await asyncio.sleep(ASK_S)


async def bill_turn(
    run_id: int | None, *, now: datetime, turn_s: float = BILL_TURN_S
) -> billing.Progress:
    """Begin a bill run, or go on with this one, for so long at most.

    A fault, which is logged, ends the turn; the next one goes on where this one has come to.
    """
    until, reached = monotonic() + turn_s, billing.Progress(run_id=run_id)

    def goes_on(found: billing.Progress) -> bool:
        nonlocal reached
        reached = found
        return monotonic() < until

    try:
        if run_id is None:
            return await billing.run_bills(now=now, progress=goes_on)
        return await billing.continue_run(run_id, now=now, progress=goes_on)
    except Exception as outage:
        log.warning("billing_outage", error=repr(outage), exc_info=outage)
        return reached


async def correct_turn(*, now: datetime, turn_s: float = BILL_TURN_S) -> None:
    """Correct the bills that later readings contradict, for so long at most."""
    until = monotonic() + turn_s
    reached: int | None = 0
    while reached is not None and monotonic() < until:
        reached = await billing.correct_measured(limit=20, now=now, after=reached)


async def look_over() -> None:
    """Look over all meters for ever, each night; apart from the sweeps, a turn at a time."""
    while True:
        asked, now = monotonic(), clock.now()
        try:
            await look_over_turn(now=now)
        except Exception as outage:
            log.warning("look_over_outage", error=repr(outage), exc_info=outage)
        await _step(now, asked)


async def look_over_turn(*, now: datetime, turn_s: float = LOOK_OVER_TURN_S) -> None:
    """Go on with the round over the meters that is due, for so long at most."""
    until = monotonic() + turn_s
    while monotonic() < until:
        due = await metering.next_round_at()
        if due is None or due > now:
            break
        await metering.look_over(off=command.meters_off, limit=METERS_AT_ONCE, now=now)


async def sweep(*, now: datetime, turn_s: float = SWEEP_TURN_S) -> None:
    """Do what is due, of each kind for so long at most: what is left is the next turn's.

    A sweep that fails does not hold up the others: its fault is raised last.
    """
    faults: list[Exception] = []
    for kind in SWEEPS:
        until = monotonic() + turn_s
        try:
            due = await kind.due()
            if due is not None and due <= now:
                while await kind.act(limit=AT_ONCE, now=now) >= AT_ONCE and monotonic() < until:
                    pass
        except Exception as fault:  # ruff: ignore[blind-except] -- kept for the end, raised there
            faults.append(fault)
    if faults:
        raise ExceptionGroup("sweeps", faults)


async def next_due() -> datetime | None:
    """Return the next moment at which a sweep or the nightly round has something to do."""
    moments = [await kind.due() for kind in SWEEPS] + [await metering.next_round_at()]
    return min((moment for moment in moments if moment is not None), default=None)


async def chores(*, now: datetime) -> None:
    """Keep the house in order, every hour of business time.

    A chore that fails does not hold up the others: its fault is raised last.
    """
    wall, days = clock.wall(), [now.date() + timedelta(days=n) for n in DAYS_AHEAD]
    faults: list[Exception] = []
    for chore in (
        partial(payment.forget_nonces, wall=wall),
        partial(identity.forget_attempts, wall=wall),
        partial(metering.plan_rounds, now=now),
        partial(metering.ensure_partitions, days),
        partial(identity.rotate_keys, make=new_key, wall=wall, older_than=identity.KEY_LIFE),
    ):
        try:
            await chore()
        except Exception as fault:  # ruff: ignore[blind-except] -- kept for the end, raised there
            faults.append(fault)
    if faults:
        raise ExceptionGroup("chores", faults)
