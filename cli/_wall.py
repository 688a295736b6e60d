"""People read as roles of PostgreSQL: nobody can read where those are missing."""

from runtime import database
from runtime.settings import Settings


async def demand_wall(given: Settings) -> None:
    """Refuse UnfitServer where people could not read."""
    assert given.database_url
    await database.open_database(given.database_url, name="api")
    try:
        fault = await database.wall_fault()
    finally:
        await database.close_database()
    if fault:
        raise database.UnfitServer(f"nobody can read: {fault}")
