"""Questions about meters."""

from collections.abc import Collection

from domain.base import rows


async def meters_of(serials: Collection[str]) -> dict[str, int]:
    """Return the ids of those of these serial numbers that are installed."""
    found = await rows(
        "select serial, id from meter where serial = any($1) and removed_at is null",
        list(serials),
    )
    return {row["serial"]: row["id"] for row in found}


async def has_open_exception(account_id: int) -> bool:
    """Tell whether a reading of the account is held and not yet resolved."""
    return bool(
        await rows(
            "select 1 from reading_exception where account_id = $1 and resolved_at is null limit 1",
            account_id,
        )
    )
