"""What the API needs before it serves: roles that people read as, and keys that it can open."""

from auth import new_key, unsealed
from domain import identity, payment
from runtime import clock, database
from runtime.settings import Settings


async def demand_wall(given: Settings) -> None:
    """Refuse UnfitServer where people could not read, WrongSettings where none could sign in or
    pay.
    """
    assert given.database_url
    await database.open_database(given.database_url, name="api")
    try:
        fault = await database.wall_fault()
        if fault:
            raise database.UnfitServer(f"nobody can read: {fault}")
        for key in await identity.signing_keys(wall=clock.wall(), make=new_key):
            unsealed(key.pem)
        for secret in await payment.kept_secrets():
            unsealed(secret)
    finally:
        await database.close_database()
