from collections.abc import Sequence

from auth import code_hash, new_code
from domain import notification
from domain.outbox import Fact
from runtime import clock

from ._tools import Tools


async def send_code(_tools: Tools, facts: Sequence[Fact]) -> None:
    """Make the one-time code that somebody has asked for, and queue its message."""
    for fact in facts:
        await notification.send_code(
            fact.payload["code_id"], make=made, now=clock.now(), wall=clock.wall()
        )


def made(phone: str) -> tuple[str, str]:
    """Return a new code for a phone, and its hash."""
    code = new_code()
    return code, code_hash(code, phone)
