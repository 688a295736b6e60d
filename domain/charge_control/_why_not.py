"""Why not: what charge control would decide."""

from datetime import datetime

from ._decision import Decision, decide
from ._gather import gather


async def why_not(account_id: int, *, now: datetime) -> Decision:
    """Return what would be decided now, with every guard and its evidence; nothing is changed."""
    case = await gather(account_id, now=now)
    return decide(case.situation, case.policy, case.window, now=now)
