"""Do what was decided: words to the customer, commands to the meter."""

from datetime import datetime

from domain import command, notification
from domain.base import run, value
from domain.command import Verb

from ._decision import Decision, Verdict
from ._gather import Case
from ._note_decision import note_decision

_CLOSE = "update episode set closed_at = $2 where account_id = $1 and closed_at is null"
_OPEN = "insert into episode (account_id, opened_at) values ($1, $2) returning id"
_REOPEN = """
insert into episode (account_id, opened_at, alarm_message_id) values ($1, $2, $3)
"""
_SPOKEN = {
    Verdict.ALARM: "update episode set alarm_message_id = $2 where id = $1",
    Verdict.NOTICE: "update episode set notice_message_id = $2 where id = $1",
    Verdict.FINAL_NOTICE: "update episode set final_message_id = $2, final_for = $3 where id = $1",
}


async def carry_out(case: Case, decision: Decision, *, now: datetime) -> None:
    """Carry out and record a decision in the transaction that made it."""
    command_id: int | None = None
    match decision.verdict:
        case Verdict.ALARM | Verdict.NOTICE | Verdict.FINAL_NOTICE:
            await _speak(case, decision, now=now)
        case Verdict.RECOVER:
            await run(_CLOSE, case.account.id, now)
        case Verdict.RELENT:
            await _relent(case, now=now)
        case Verdict.TRIP:
            command_id = await _trip(case, now=now)
        case Verdict.RESTORE:
            command_id = await restore(case, now=now)
    await note_decision(case, decision, now=now, command_id=command_id)


async def _speak(case: Case, decision: Decision, *, now: datetime) -> None:
    episode = case.situation.episode
    episode_id = episode.id if episode else await value(_OPEN, case.account.id, now)
    announced = decision.final_for
    key = f"{decision.verdict}:{episode_id}"
    trip_at = announced or case.window.first_from(now + case.policy.notice_lead)
    message_id = await notification.queue(
        decision.verdict,
        account_id=case.account.id,
        params={"available_fen": case.situation.available_fen, "trip_at": trip_at},
        key=f"{key}:{announced:%Y%m%d}" if announced else key,
        now=now,
        shadow=case.shadow,
    )
    spoken = [episode_id, message_id, *([announced] if announced else [])]
    await run(_SPOKEN[decision.verdict], *spoken)


async def _relent(case: Case, *, now: datetime) -> None:
    """Begin anew: a later fall needs notices of its own. The alarm stays said."""
    alarm = case.situation.episode.alarm if case.situation.episode else None
    await run(_CLOSE, case.account.id, now)
    if alarm is not None:
        await run(_REOPEN, case.account.id, now, alarm.message_id)


async def _trip(case: Case, *, now: datetime) -> int | None:
    if case.shadow:
        return None
    issued = await command.issue(case.account.id, Verb.TRIP, cause="BALANCE", now=now)
    return issued[0] if issued else None


async def restore(case: Case, *, now: datetime) -> int | None:
    """Take back trips that never left, and permit closing where the output may be open."""
    account_id = case.account.id
    if case.situation.trip_open:
        await command.cancel_unsent(account_id, Verb.TRIP, now=now)
    if case.situation.off or case.situation.trip_out:
        issued = await command.issue(account_id, Verb.PERMIT_CLOSE, cause="RESTORE", now=now)
        return issued[0] if issued else None
    return None
