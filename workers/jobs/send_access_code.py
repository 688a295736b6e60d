from collections.abc import Sequence

from domain import notification
from domain.outbox import Fact
from runtime import clock

from ._tools import Tools
from .send_code import made


async def send_access_code(_tools: Tools, facts: Sequence[Fact]) -> None:
    """Make the code by which somebody may watch an account; its phone on file gets it."""
    for fact in facts:
        await notification.send_access_code(
            fact.payload["code_id"], make=made, now=clock.now(), wall=clock.wall()
        )
