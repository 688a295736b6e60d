"""Keep the hash of a code that is about to be sent."""

from datetime import datetime

from domain.base import run, value


async def asking_phone(code_id: int, *, wall: datetime) -> str | None:
    """Return the phone that waits for this code, its row locked; None: it has one, or too late."""
    found: str | None = await value(
        "select phone from sign_in_code where id = $1 and code_hash = '' and used_at is null"
        " and expires_at > $2 for update",
        code_id,
        wall,
    )
    return found


async def keep_code(code_id: int, code_hash: str) -> None:
    """Keep the hash, in the transaction that also queues the code's message."""
    await run("update sign_in_code set code_hash = $2 where id = $1", code_id, code_hash)
