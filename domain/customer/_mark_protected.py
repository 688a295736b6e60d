"""保电: an account that must not be cut off."""

from domain.base import run


async def mark_protected(account_id: int, *, why: str | None) -> None:
    """Mark the account protected for this reason, or not protected (None).

    The caller holds the account's lock and sends what follows from it to the meters.
    """
    await run(
        "update account set protected = $2::text is not null, protected_why = $2 where id = $1",
        account_id,
        why,
    )
