"""Let a customer watch an account."""

from domain.base import run


async def grant_access(person_id: int, account_id: int) -> None:
    """Let a customer watch the account; granting again changes nothing."""
    await run(
        "insert into account_access (person_id, account_id) values ($1, $2) on conflict do nothing",
        person_id,
        account_id,
    )
