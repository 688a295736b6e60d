"""People read as roles of PostgreSQL: nobody can read where those are missing."""

from domain.base import reading_as, value


async def wall_fault() -> str | None:
    """Return why people cannot read, and what mends it; None if they can."""
    try:
        async with reading_as("NOBODY"):
            await value("select count(*) from account")
    except Exception as failed:  # ruff: ignore[blind-except] -- whatever the driver says is repeated
        said = str(failed).partition("\n")[0]  # its hint is for programmers
        return (
            f"{said}: run feikong migrate, and let the database's user take on the roles of"
            " docs/operations.md"
        )
    return None
