"""Look at an account and do what its situation calls for."""

from datetime import datetime

from domain import accrual, customer
from domain.base import run, transaction

from ._carry_out import carry_out
from ._decision import Decision, Verdict, alarm_line_fen, decide
from ._gather import Case, gather
from ._note_decision import is_quiet, note_decision

_BRAKE = "select pg_advisory_xact_lock(hashtextextended('trips of district ' || $1::bigint, 0))"
# Else the sweep would find a closed account due again and again, and never come to its end.
_FORGET = "update control set review_at = null where account_id = $1"
_MOST_STEPS = 8  # the longest way: restore, relent, recover, and down again


async def review(account_id: int, *, now: datetime) -> Decision:
    """Decide about the account and act, until nothing more is called for; return the last word.

    Takes the account's lock. Calling it again without news changes nothing.
    """
    counted = False
    async with transaction():
        await customer.lock([account_id])
        for _ in range(_MOST_STEPS):
            case = await gather(account_id, now=now)
            if case.account.closed_at is not None:
                await run(_FORGET, account_id)
                return Decision(Verdict.REST)
            decision = decide(case.situation, case.policy, case.window, now=now)
            if is_quiet(case, decision):
                await note_decision(case, decision, now=now)
                await _look_out(case, decision)
                return decision
            if decision.verdict is Verdict.TRIP and not counted:
                # The trips of a district are decided one after the other, so that its brake counts
                # every one of them; then the question is asked again.
                await run(_BRAKE, case.account.district_id)
                counted = True
                continue
            await carry_out(case, decision, now=now)
        raise AssertionError(f"review of account {account_id} does not settle")


async def _look_out(case: Case, decision: Decision) -> None:
    """Say what shall wake the next review: a balance, or the clock."""
    await run(
        """insert into control (account_id, review_at) values ($1, $2)
           on conflict (account_id) do update set review_at = excluded.review_at""",
        case.account.id,
        decision.review_at,
    )
    policy, episode, off = case.policy, case.situation.episode, case.situation.off
    below_fen: int | None = None
    below_days: int | None = None
    above_fen: int | None = None
    if off or (episode and episode.notice):
        above_fen = policy.restore_fen
    elif episode and episode.alarm:
        below_fen = policy.notice_fen
        above_fen = max(policy.rearm_fen, alarm_line_fen(case.situation, policy))
    else:
        below_fen, below_days = policy.alarm_fen, policy.alarm_days
    await accrual.watch(
        case.account.id, below_fen=below_fen, below_days=below_days, above_fen=above_fen
    )
