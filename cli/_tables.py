"""What a worker and a head end need before they begin."""

from runtime import database
from runtime.settings import Settings


async def demand_tables(given: Settings) -> None:
    """Refuse UnfitServer where migrations are missing: nothing would ever be done."""
    assert given.database_url
    await database.open_database(given.database_url, name="tables")
    await database.close_database()
    if await database.pending(given.database_url):
        raise database.UnfitServer("migrations are missing: run feikong migrate")
