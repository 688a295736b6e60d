"""Questions to charge control: why not, and what was decided."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from domain.base import rows, unpacked

from ._decision import Decision, decide
from ._gather import gather


async def why_not(account_id: int, *, now: datetime) -> Decision:
    """Return what would be decided now, with every guard and its evidence; nothing is changed."""
    case = await gather(account_id, now=now)
    return decide(case.situation, case.policy, case.window, now=now)


@dataclass(frozen=True, slots=True)
class PastDecision:
    """A decision of the history; `evidence` lists the guards as they stood."""

    id: int
    at: datetime
    verdict: str
    shadow: bool
    evidence: list[dict[str, Any]]
    command_id: int | None


async def decisions_of(
    account_id: int, *, before_id: int | None = None, limit: int = 20
) -> list[PastDecision]:
    """Return the account's decisions, newest first, older than `before_id`."""
    found = await rows(
        """select id, at, verdict, shadow, evidence, command_id from decision
           where account_id = $1 and ($2::bigint is null or id < $2) order by id desc limit $3""",
        account_id,
        before_id,
        limit,
    )
    return [PastDecision(**row | {"evidence": unpacked(row["evidence"])}) for row in found]
