"""Every decision is kept with its evidence."""

from datetime import datetime

from domain.base import packed, row, run, unpacked

from ._decision import Decision, Verdict
from ._gather import Case

_LAST = """
select verdict, evidence from decision where account_id = $1 order by id desc limit 1
"""

_QUIET = frozenset({Verdict.REST, Verdict.WAIT})


def is_quiet(case: Case, decision: Decision) -> bool:
    """Tell whether the decision is to do nothing now; in shadow no command is ever issued."""
    return decision.verdict in _QUIET or (case.shadow and decision.verdict is Verdict.RESTORE)


async def note_decision(
    case: Case, decision: Decision, *, now: datetime, command_id: int | None = None
) -> None:
    """Write the decision into the history.

    Decisions to do nothing are written when what they stand on has changed: the same guards held
    back by the same names are one decision, however often it is asked.
    """
    evidence = [
        {"guard": guard.name, "holds": guard.holds, **guard.evidence} for guard in decision.guards
    ]
    if is_quiet(case, decision) and not await _is_new(case, decision):
        return
    await run(
        """insert into decision (account_id, episode_id, at, verdict, shadow, evidence, command_id)
           values ($1, $2, $3, $4, $5, $6::jsonb, $7)""",
        case.account.id,
        case.situation.episode.id if case.situation.episode else None,
        now,
        decision.verdict,
        case.shadow,
        packed(evidence),
        command_id,
    )


async def _is_new(case: Case, decision: Decision) -> bool:
    last = await row(_LAST, case.account.id)
    if last is None:
        return decision.verdict is not Verdict.REST
    held = sorted(each["guard"] for each in unpacked(last["evidence"]) if not each["holds"])
    return (last["verdict"], held) != (
        decision.verdict,
        sorted(guard.name for guard in decision.why_not),
    )
