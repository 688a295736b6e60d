"""Write one audit entry."""

from collections.abc import Mapping
from datetime import datetime

from domain.base import Actor, packed, run


async def note(
    actor: Actor,
    action: str,
    subject: str,
    *,
    now: datetime,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Record that the actor did this to the subject, in the caller's transaction if there is one.

    Ids and codes only: no phone, name, address, token, code or key belongs into `detail`.
    """
    await run(
        "insert into audit_entry (at, actor, action, subject, detail) values ($1, $2, $3, $4, $5)",
        now,
        str(actor)[:80],
        action[:60],
        subject[:80],
        packed(dict(detail or {})),
    )
